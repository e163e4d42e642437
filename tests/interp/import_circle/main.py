"""Modules that import each other in a circle, entered at a place where a base class is not there yet."""

from parts.block import Block

from parts import Deep

reveal_type(Block(3))  # revealed: Block: Conv2d
reveal_type(Deep(3))  # revealed: Deep: Conv2d BatchNorm2d
