from .base import Scale
from .block import Block
from .deep import Deep
