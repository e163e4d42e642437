"""ModuleList and ModuleDict, looped over in forward, with zip and skip connections."""

import torch
from torch import nn


class UNet(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.downs = nn.ModuleList([nn.Conv2d(4, 4, 3, padding=1) for _ in range(depth)])
        self.ups = nn.ModuleList()
        for _ in range(depth):
            self.ups.append(nn.ConvTranspose2d(8, 4, 3, padding=1))
        self.heads = nn.ModuleDict({"rgb": nn.Conv2d(4, 3, 1), "mask": nn.Conv2d(4, 1, 1)})

    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
        for up, skip in zip(self.ups, reversed(skips)):
            x = up(torch.cat([x, skip], dim=1))
        return self.heads["rgb"](x)


class Chain(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.ModuleList([nn.Linear(2, 3), nn.Linear(3, 4), nn.Linear(4, 5)])

    def forward(self, x):
        for i, layer in enumerate(self.fc):
            x = layer(x)
            if i < len(self.fc) - 1:
                x = torch.relu(x)
        return self.fc[0](x) if False else x


unet, chain = UNet(), Chain()
reveal_type(unet(torch.randn(1, 4, 8, 8)))  # revealed: tensor[1, 3, 8, 8] from noise via UNet
reveal_type(unet)  # revealed: UNet: Conv2d Conv2d ConvTranspose2d ConvTranspose2d Conv2d Conv2d
# revealed: UNet.forward: Conv2d Conv2d cat ConvTranspose2d cat[ConvTranspose2d, Conv2d] ConvTranspose2d Conv2d
reveal_type(unet.forward)
reveal_type(chain(torch.randn(6, 2)))  # revealed: tensor[6, 5] from noise via Chain
reveal_type(chain.forward)  # revealed: Chain.forward: Linear relu Linear relu Linear
