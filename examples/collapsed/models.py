"""The networks, for 32x32 images with one channel."""

import torch
from torch import nn


def up_block(in_channels: int, out_channels: int) -> list[nn.Module]:
    return [
        nn.Upsample(scale_factor=2),
        nn.Conv2d(in_channels, out_channels, 3, padding=1),
        nn.BatchNorm2d(out_channels, 0.8),
        nn.LeakyReLU(True),
    ]


class Generator(nn.Module):
    """Noise to image."""

    def __init__(self, latent: int, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.project = nn.Linear(latent, 4 * channels * 4 * 4)
        self.start = nn.Sequential(nn.Tanh(), nn.BatchNorm2d(4 * channels, momentum=0.9))
        self.blocks = [
            nn.Sequential(*up_block(4 * channels, 2 * channels)),
            nn.Sequential(*up_block(2 * channels, channels)),
            nn.Sequential(*up_block(channels, channels)),
        ]
        self.finish = nn.Sequential(nn.Conv2d(channels, 1, 3, padding=1), nn.BatchNorm2d(1), nn.Tanh())

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        hidden = self.start(self.project(noise).view(-1, 4 * self.channels, 4, 4))
        for block in self.blocks:
            hidden = block(hidden)
        return self.finish(hidden)


class Discriminator(nn.Module):
    """Image to one probability."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.BatchNorm2d(1),
            nn.Conv2d(1, channels, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1),
            nn.BatchNorm2d(2 * channels),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(2 * channels * 8 * 8, 64),
            nn.BatchNorm1d(64),
            nn.Linear(64, 1),
            nn.Sigmoid(),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.model(images)


class PatchDiscriminator(nn.Module):
    """Image to one probability, through 4x4 patches."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(1, channels, 4, stride=4),
            nn.LeakyReLU(0.2),
            nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1),
            nn.BatchNorm2d(channels),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * channels, 1, 4),
            nn.Flatten(),
            nn.Sigmoid(),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.model(images)


class DenseDiscriminator(nn.Module):
    """Image to one probability, without convolutions."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.Flatten(),
            nn.Linear(32 * 32, 8 * channels),
            nn.InstanceNorm1d(8 * channels),
            nn.LeakyReLU(0.2),
            nn.Linear(8 * channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.model(images)


def init_weights(module: nn.Module) -> None:
    """Every weight from the same narrow distribution, BatchNorm's scale too."""
    if isinstance(module, (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.BatchNorm1d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        nn.init.zeros_(module.bias)
