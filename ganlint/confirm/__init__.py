"""Dynamic mode: one forward and backward pass of the user's networks, in a process of its own.

Only `worker` and what it imports may import torch; the parent process never does.
"""
