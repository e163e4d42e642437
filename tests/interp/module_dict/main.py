"""A network that is looked up in the module that defines it."""

import models

name = "net"
reveal_type(models.__dict__[name](3))  # revealed: Linear(3, 4)
reveal_type(vars(models)[name](3))  # revealed: Linear(3, 4)
