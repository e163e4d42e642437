from torch import nn

from zoo.warnings_of_old import deprecated


@deprecated("1.0")
class Unused(nn.Module):
    pass
