from zoo import blocks
from zoo.warnings_of_old import deprecated


@deprecated("1.0")
def old_block(channels):
    return blocks.Down(channels)
