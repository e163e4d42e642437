"""A small training program to build and measure, healthy unless asked otherwise."""

from __future__ import annotations

HEAD = """
import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(16, 64), nn.BatchNorm1d(64{eps}), nn.ReLU(), nn.Linear(64, 64),
                                  nn.BatchNorm1d(64{eps}), nn.ReLU(), nn.Linear(64, 8), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential({judge})

    def forward(self, x):
        return self.main(x)
"""
LOOP = """

generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
criterion = nn.{loss}()
loader = torch.utils.data.DataLoader(torch.randn(640, 8), batch_size={batch}, shuffle=True, drop_last=True)
open("trained", "w").write("the loop must never run")
for real in loader:
    fake = generator(torch.randn({batch}, 16))
    opt_d.zero_grad()
    {label_loss}
    opt_d.step()
    opt_g.zero_grad()
    criterion(discriminator(fake), {ones}).backward()
    opt_g.step()
"""
JUDGE = "nn.Linear(8, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1)"


def write_program(folder, *, eps="", judge=JUDGE, loss="BCEWithLogitsLoss", batch=32):
    classes = loss == "CrossEntropyLoss"
    ones = f"torch.zeros({batch}, dtype=torch.long)" if classes else f"torch.ones({batch}, 1)"
    zeros = f"torch.zeros({batch}, dtype=torch.long)" if classes else f"torch.zeros({batch}, 1)"
    both = f"(criterion(discriminator(real), {ones}) + criterion(discriminator(fake.detach()), {zeros})).backward()"
    file = folder / "train.py"
    text = HEAD.format(eps=eps, judge=judge) + LOOP.format(loss=loss, batch=batch, label_loss=both, ones=ones)
    file.write_text(text, encoding="utf-8")
    return file
