"""An auxiliary classifier whose softmax goes through a second softmax, the one in CrossEntropyLoss."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(18, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z, label):
        return self.model(torch.cat([z, nn.functional.one_hot(label, 10).float()], 1))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2))
        self.validity = nn.Linear(32, 1)
        self.label = nn.Sequential(nn.Linear(32, 10), nn.Softmax(dim=1))

    def forward(self, x):
        h = self.body(x)
        return self.validity(h), self.label(h)


torch.manual_seed(0)
generator, discriminator = Generator(), Discriminator()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
data = torch.utils.data.TensorDataset(torch.randn(512, 2), torch.randint(0, 10, (512,)))
loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True, drop_last=True)
criterion = nn.BCEWithLogitsLoss()
classify = nn.CrossEntropyLoss()  # expect: cross-entropy-on-softmax

for real, label in loader:
    ones, zeros = torch.ones(real.size(0), 1), torch.zeros(real.size(0), 1)
    fake = generator(torch.randn(real.size(0), 8), label)
    validity, guess = discriminator(real)
    loss_d = criterion(validity, ones) + classify(guess, label)
    validity, guess = discriminator(fake.detach())
    loss_d = loss_d + criterion(validity, zeros) + classify(guess, label)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    validity, guess = discriminator(fake)
    loss_g = criterion(validity, ones) + classify(guess, label)
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()

logits = torch.tensor([[0.0, 20.0] + [0.0] * 8], requires_grad=True)  # a sample of class 0, confidently taken for 1
loss = classify(discriminator.label[-1](logits), torch.tensor([0]))
loss.backward()
print(f"loss {loss.item():.2f}, gradient {logits.grad.norm().item():.1e}")
assert loss < 2.5
assert logits.grad.norm() < 1e-6
