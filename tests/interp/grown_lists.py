"""Lists that grow in loops with a known number of rounds, then become a Sequential."""

from torch import nn


class Generator(nn.Module):
    def __init__(self, widths=(16, 32, 64), repeats=2):
        super().__init__()
        layers = []
        before = 8
        for number, width in enumerate(widths):
            layers.append(nn.Linear(before, width))
            if number > 0:
                layers.append(nn.BatchNorm1d(width))
            layers += [nn.ReLU(inplace=True)]
            before = width
        for _ in range(repeats):
            layers.extend([nn.Linear(before, before), nn.Dropout(0.5)])
        layers.insert(0, nn.Flatten())
        layers = layers + [nn.Linear(before, 2)]
        self.model = nn.Sequential(*layers)
        self.heads = nn.Sequential(*[nn.Linear(2, n) for n in range(1, 5) if n % 2])

    def forward(self, z):
        return self.heads(self.model(z))


net = Generator(widths=[16, 32])
# revealed: Sequential: Flatten Linear ReLU Linear BatchNorm1d ReLU Linear Dropout Linear Dropout Linear
reveal_type(net.model)
reveal_type(net.model[4])  # revealed: BatchNorm1d(32)
reveal_type(net.model[-1])  # revealed: Linear(32, 2)
reveal_type(net.heads[1])  # revealed: Linear(2, 3)
reveal_type(len(net.heads))  # revealed: 2
pairs = [(4, 8), (8, 16)]
reveal_type(nn.Sequential(*[nn.Conv2d(a, b, 3) for a, b in pairs])[1])  # revealed: Conv2d(8, 16, 3)
