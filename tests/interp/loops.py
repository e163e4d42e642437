"""Loops with known, unknown and huge numbers of rounds."""

import settings
from torch import nn

count = 0
for i in range(3):
    for j in range(i, 4):
        if j == 3:
            break
        count += 1
else:
    count *= 10
reveal_type(count)  # revealed: 60 (constant)
reveal_type([n for n in range(20) if n % 7 == 0])  # revealed: list[0, 7, 14]
reveal_type({k: v for k, v in zip("ab", (1, 2))})  # revealed: dict['a': 1, 'b': 2]
reveal_type([a * b for a in (1, 2) for b in (3, 4)])  # revealed: list[3 (constant), 4 (constant), 6 (constant), 8 (constant)]


class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        layers = [nn.ReLU()]
        for i in range(depth):
            layers.append(nn.Linear(4, 4))
        self.net = nn.Sequential(*layers, nn.Tanh())


reveal_type(Net(settings.depth).net)  # revealed: Sequential: ReLU Linear? Tanh
unknown = []
for i in range(settings.depth):
    unknown.append(nn.Linear(4, 4))
reveal_type(unknown)  # todo-revealed: list[Linear(4, 4)?, ...]

steps = 0
for step in range(10**9):
    steps = steps + 1
    net = nn.Linear(2, 2)
reveal_type(net)  # revealed: Linear(2, 2)
reveal_type(range(10**9)[5])  # revealed: 5
size = 64
while True:
    size //= 2
    if size < 5:
        break
reveal_type(size)  # revealed: 4 (constant)
i = 0
while i < 3:
    i += 1
    if i == 2:
        continue
    last = i
reveal_type((i, last))  # revealed: tuple[3 (constant), 3 (constant)]
for x in reversed(list(enumerate("xy"))):
    pass
reveal_type(x)  # revealed: tuple[0, 'x']
