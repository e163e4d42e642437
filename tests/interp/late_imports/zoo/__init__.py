from zoo import (
    archs,
    blocks,
    enrolled_by_alias,
    enrolled_by_hand_over,
    enrolled_by_lambda,
    enrolled_by_method,
    enrolled_by_partial,
    enrolled_under,
)
from zoo.critics import Critic
from zoo.old import old_block as old
from zoo.unused import Unused
