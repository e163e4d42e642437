"""The two networks, for 32x32 images with one channel."""

import torch
from torch import nn


def up_block(in_channels: int, out_channels: int) -> list[nn.Module]:
    return [
        nn.Upsample(scale_factor=2),
        nn.Conv2d(in_channels, out_channels, 3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(out_channels),
    ]


class Generator(nn.Module):
    """Noise to image."""

    def __init__(self, latent: int, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.project = nn.Linear(latent, 4 * channels * 4 * 4)
        self.model = nn.Sequential(
            nn.ReLU(),
            nn.BatchNorm2d(4 * channels),
            *up_block(4 * channels, 2 * channels),
            *up_block(2 * channels, channels),
            *up_block(channels, channels),
            nn.Conv2d(channels, 1, 3, padding=1),
            nn.Tanh(),
        )

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        hidden = self.project(noise).view(-1, 4 * self.channels, 4, 4)
        return self.model(hidden)


class Discriminator(nn.Module):
    """Image to one logit; spectral normalisation instead of BatchNorm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        width = 1
        for wider in (channels, 2 * channels, 4 * channels):
            conv = nn.Conv2d(width, wider, 4, stride=2, padding=1)
            layers += [nn.utils.parametrizations.spectral_norm(conv), nn.LeakyReLU(0.2)]
            width = wider
        layers += [nn.Flatten(), nn.Linear(width * 4 * 4, 1)]
        self.model = nn.Sequential(*layers)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.model(images)


def init_weights(module: nn.Module) -> None:
    """DCGAN's initialisation; BatchNorm's scale is drawn around 1."""
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
