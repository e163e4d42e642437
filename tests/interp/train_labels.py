"""Labels made in all the ways people make them."""
import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torch.autograd import Variable
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

cuda = True if torch.cuda.is_available() else False
Tensor = torch.cuda.FloatTensor if cuda else torch.FloatTensor
real_label, fake_label = 1.0, 0.0
smooth = 0.9


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(100, 784), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(784, 1), nn.Sigmoid())

    def forward(self, x):
        return self.main(x)


def ones_target(size):
    data = Variable(torch.ones(size, 1))
    return data.cuda() if cuda else data


def zeros_target(size):
    data = Variable(torch.zeros(size, 1))
    return data.cuda() if cuda else data


netG, netD = Generator(), Discriminator()
criterion = nn.BCELoss()
optG = optim.Adam(netG.parameters(), lr=2e-4)
optD = optim.Adam(netD.parameters(), lr=2e-4)
loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=64)
label = torch.FloatTensor(64)


def reused(real):
    """One tensor that is filled anew for each purpose."""
    netD.zero_grad()
    label = torch.full((real.size(0),), real_label)
    errD_real = criterion(netD(real).view(-1), label)
    errD_real.backward()  # fact: backward into netD
    fake = netG(torch.randn(real.size(0), 100))
    label.fill_(fake_label)
    errD_fake = criterion(netD(fake.detach()).view(-1), label)
    errD_fake.backward()  # fact: backward into netD
    optD.step()  # fact: update of netD: bce netD(real)->1, bce netD(fake)->0 cut
    netG.zero_grad()
    label.fill_(real_label)
    errG = criterion(netD(fake).view(-1), label)
    errG.backward()
    optG.step()  # fact: update of netG: bce netD(fake)->1; spills into netD


def resized(real):
    """The oldest form: buffers that are resized, filled and wrapped."""
    netD.zero_grad()
    label.resize_(real.size(0)).fill_(real_label)
    labelv = Variable(label)
    errD_real = criterion(netD(real).squeeze(), labelv)
    errD_real.backward()
    fake = netG(Variable(torch.randn(real.size(0), 100)))
    labelv = Variable(label.fill_(fake_label))
    errD_fake = criterion(netD(fake.detach()).squeeze(), labelv)
    errD_fake.backward()
    optD.step()  # fact: update of netD: bce netD(real)->1, bce netD(fake)->0 cut
    netG.zero_grad()
    labelv = Variable(label.fill_(real_label))
    criterion(netD(fake).squeeze(), labelv).backward()
    optG.step()  # fact: update of netG: bce netD(fake)->1; spills into netD


def wrapped(imgs):
    """The form of PyTorch-GAN."""
    valid = Variable(Tensor(imgs.size(0), 1).fill_(1.0), requires_grad=False)
    fake = Variable(Tensor(imgs.size(0), 1).fill_(0.0), requires_grad=False)
    z = Variable(Tensor(np.random.normal(0, 1, (imgs.shape[0], 100))))
    optG.zero_grad()
    gen_imgs = netG(z)
    g_loss = criterion(netD(gen_imgs), valid)
    g_loss.backward()
    optG.step()  # fact: update of netG: bce netD(fake)->1; spills into netD
    optD.zero_grad()
    real_loss = criterion(netD(imgs), valid)
    fake_loss = criterion(netD(gen_imgs.detach()), fake)
    d_loss = (real_loss + fake_loss) / 2
    d_loss.backward()
    optD.step()  # fact: update of netD: bce netD(real)->1, bce netD(fake)->0 cut


def helped(real):
    n = real.size(0)
    optD.zero_grad()
    fake = netG(torch.randn(n, 100)).detach()
    loss = criterion(netD(real), ones_target(n)) + criterion(netD(fake), zeros_target(n))
    loss.backward()
    optD.step()  # fact: update of netD: bce netD(real)->1, bce netD(fake)->0 cut
    optG.zero_grad()
    criterion(netD(netG(torch.randn(n, 100))), ones_target(n)).backward()
    optG.step()  # fact: update of netG: bce netD(fake)->1; spills into netD


def like_the_output(real):
    fake = netG(torch.randn(real.size(0), 100))
    out_real, out_fake = netD(real), netD(fake.detach())
    optD.zero_grad()
    loss = criterion(out_real, torch.ones_like(out_real) * smooth) + criterion(out_fake, torch.zeros_like(out_fake))
    loss.backward()
    optD.step()  # fact: update of netD: bce netD(real)->0.9, bce netD(fake)->0 cut
    optG.zero_grad()
    out = netD(fake)
    loss = criterion(out, out.new_ones(out.size()))
    loss.backward()
    optG.step()  # fact: update of netG: bce netD(fake)->1; spills into netD


def soft(real):
    n = real.size(0)
    fake = netG(torch.randn(n, 100))
    optD.zero_grad()
    loss = criterion(netD(real), 0.7 + 0.5 * torch.rand(n, 1)) + criterion(netD(fake.detach()), torch.rand(n, 1) * 0.3)
    loss.backward()
    optD.step()  # fact: update of netD: bce netD(real)->0.7..1.2, bce netD(fake)->0..0.3 cut
    optG.zero_grad()
    loss = criterion(netD(fake), torch.empty(n, 1).uniform_(0.8, 1.2))
    loss.backward()
    optG.step()  # fact: update of netG: bce netD(fake)->0.8..1.2; spills into netD


def from_numpy(real):
    n = real.size(0)
    fake = netG(torch.from_numpy(np.random.randn(n, 100)).float())
    ones, zeros = np.ones((n, 1)), np.zeros((n, 1))
    optD.zero_grad()
    loss = criterion(netD(real), torch.from_numpy(ones).float())
    loss += criterion(netD(fake.detach()), torch.Tensor(zeros))
    loss.backward()
    optD.step()  # fact: update of netD: bce netD(real)->1, bce netD(fake)->0 cut
    optG.zero_grad()
    loss = criterion(netD(fake), torch.tensor(np.ones((n, 1)), dtype=torch.float32))
    loss.backward()
    optG.step()  # fact: update of netG: bce netD(fake)->1; spills into netD


for epoch in range(3):
    for i, (images, _) in enumerate(loader):
        images = images.view(images.size(0), -1)
        reused(images)
        resized(images)
        wrapped(Variable(images.type(Tensor)))
        helped(images)
        like_the_output(images)
        soft(images)
        from_numpy(images)
