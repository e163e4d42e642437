"""Train the GAN and print both losses."""

import torch
from torch import nn

from data import make_loader
from models import Discriminator, Generator, init_weights
from options import parse_options


def main() -> None:
    options = parse_options()
    torch.manual_seed(options.seed)
    loader = make_loader(options.images, options.batch_size)
    generator = Generator(options.latent, options.channels).apply(init_weights)
    discriminator = Discriminator(options.channels).apply(init_weights)
    criterion = nn.BCEWithLogitsLoss()
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=options.lr, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=options.lr, betas=(0.5, 0.999))

    for epoch in range(options.epochs):
        for step, real in enumerate(loader):
            noise = torch.randn(real.size(0), options.latent)
            fake = generator(noise)

            optimizer_d.zero_grad()
            real_logits = discriminator(real)
            fake_logits = discriminator(fake.detach())
            loss_real = criterion(real_logits, torch.full_like(real_logits, options.real_label))
            loss_fake = criterion(fake_logits, torch.zeros_like(fake_logits))
            loss_d = loss_real + loss_fake
            loss_d.backward()
            optimizer_d.step()

            optimizer_g.zero_grad()
            logits = discriminator(fake)
            loss_g = criterion(logits, torch.ones_like(logits))
            loss_g.backward()
            optimizer_g.step()

            if step % 20 == 0:
                print(f"epoch {epoch} step {step:3}  discriminator {loss_d.item():.3f}  generator {loss_g.item():.3f}")


if __name__ == "__main__":
    main()
