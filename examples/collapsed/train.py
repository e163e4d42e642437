"""Train the GAN and print both losses."""

import torch
import torch.nn.functional as F
from torch import nn

from data import make_loader
from models import DenseDiscriminator, Discriminator, Generator, PatchDiscriminator, init_weights
from options import parse_options

DISCRIMINATORS = {"plain": Discriminator, "patch": PatchDiscriminator, "dense": DenseDiscriminator}


def smoothed_loss(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return F.binary_cross_entropy(output, target, label_smoothing=0.1)


def main() -> None:
    options = parse_options()
    torch.manual_seed(options.seed)
    loader = make_loader(options.images, options.batch_size)
    generator = Generator(options.latent, options.channels).apply(init_weights)
    discriminator = DISCRIMINATORS[options.discriminator](options.channels).apply(init_weights)
    criterion = nn.BCELoss()
    criterion_real = smoothed_loss if options.smooth else criterion
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=options.lr, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=options.lr, betas=(0.5, 0.999))

    for epoch in range(options.epochs):
        for step, real in enumerate(loader):
            noise = torch.randn(real.size(0), options.latent)
            fake = generator(noise)

            optimizer_d.zero_grad()
            real_output = discriminator(real)
            fake_output = discriminator(fake.detach())
            loss_real = criterion_real(real_output, torch.ones_like(real_output))
            loss_fake = criterion(fake_output, torch.zeros_like(fake_output))
            loss_d = loss_real + loss_fake
            loss_d.backward()
            optimizer_d.step()

            optimizer_g.zero_grad()
            output = discriminator(fake)
            loss_g = criterion(output, torch.ones_like(output))
            loss_g.backward()
            optimizer_g.step()

            if step % 20 == 0:
                print(f"epoch {epoch} step {step:3}  discriminator {loss_d.item():.3f}  generator {loss_g.item():.3f}")


if __name__ == "__main__":
    main()
