"""Adversarial losses that programs write themselves, most of them chosen by a name."""
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class GANLoss(nn.Module):
    def __init__(self, use_lsgan=True, target_real_label=1.0, target_fake_label=0.0, tensor=torch.FloatTensor):
        super().__init__()
        self.real_label = target_real_label
        self.fake_label = target_fake_label
        self.real_label_var = None
        self.fake_label_var = None
        self.Tensor = tensor
        if use_lsgan:
            self.loss = nn.MSELoss()
        else:
            self.loss = nn.BCELoss()

    def get_target_tensor(self, input, target_is_real):
        target_tensor = None
        if target_is_real:
            create_label = (self.real_label_var is None) or (self.real_label_var.numel() != input.numel())
            if create_label:
                real_tensor = self.Tensor(input.size()).fill_(self.real_label)
                self.real_label_var = torch.autograd.Variable(real_tensor, requires_grad=False)
            target_tensor = self.real_label_var
        else:
            create_label = (self.fake_label_var is None) or (self.fake_label_var.numel() != input.numel())
            if create_label:
                fake_tensor = self.Tensor(input.size()).fill_(self.fake_label)
                self.fake_label_var = torch.autograd.Variable(fake_tensor, requires_grad=False)
            target_tensor = self.fake_label_var
        return target_tensor

    def __call__(self, input, target_is_real):
        target_tensor = self.get_target_tensor(input, target_is_real)
        return self.loss(input, target_tensor)


class HingeLoss(nn.Module):
    def forward(self, logit, target_is_real, for_discriminator=True):
        if for_discriminator:
            if target_is_real:
                minval = torch.min(logit - 1, torch.zeros_like(logit))
                return -torch.mean(minval)
            minval = torch.min(-logit - 1, torch.zeros_like(logit))
            return -torch.mean(minval)
        return -torch.mean(logit)


def get_lsgan_losses_fn():
    mse = nn.MSELoss()

    def d_loss_fn(r_logit, f_logit):
        r_loss = mse(r_logit, torch.ones_like(r_logit))
        f_loss = mse(f_logit, torch.zeros_like(f_logit))
        return r_loss, f_loss

    def g_loss_fn(f_logit):
        return mse(f_logit, torch.ones_like(f_logit))

    return d_loss_fn, g_loss_fn


def get_hinge_losses_fn():
    def d_loss_fn(r_logit, f_logit):
        return torch.max(1 - r_logit, torch.zeros_like(r_logit)).mean(), F.relu(1 + f_logit).mean()

    def g_loss_fn(f_logit):
        return -f_logit.mean()

    return d_loss_fn, g_loss_fn


def get_losses_fn(mode):
    if mode == "lsgan":
        return get_lsgan_losses_fn()
    elif mode == "hinge":
        return get_hinge_losses_fn()


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(100, 784), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Linear(784, 1)

    def forward(self, x):
        return self.main(x)


G, D = Generator(), Discriminator()
opt_g = optim.Adam(G.parameters())
opt_d = optim.Adam(D.parameters())
loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=64)


def own_class(real, fake):
    gan_loss = GANLoss()
    opt_d.zero_grad()
    loss = (gan_loss(D(real), True) + gan_loss(D(fake.detach()), False)) * 0.5
    loss.backward()
    opt_d.step()  # fact: update of D: mse D(real)->1, mse D(fake)->0 cut
    opt_g.zero_grad()
    gan_loss(D(fake), True).backward()
    opt_g.step()  # fact: update of G: mse D(fake)->1; spills into D


def hinge_class(real, fake):
    gan_loss = HingeLoss()
    opt_d.zero_grad()
    loss = gan_loss(D(real), True) + gan_loss(D(fake.detach()), False)
    loss.backward()
    opt_d.step()  # fact: update of D: hinge D(real) up pushes up, hinge D(fake) up pushes down cut
    opt_g.zero_grad()
    gan_loss(D(fake), True, for_discriminator=False).backward()
    opt_g.step()  # fact: update of G: mean D(fake) up; spills into D


def from_a_factory(real, fake, mode):
    d_loss_fn, g_loss_fn = get_losses_fn(mode)
    r_loss, f_loss = d_loss_fn(D(real), D(fake.detach()))
    D.zero_grad()
    (r_loss + f_loss).backward()
    opt_d.step()  # fact: update of D: mse D(real)->1, mse D(fake)->0 cut & update of D: hinge D(real) down pushes up, hinge D(fake) down pushes down cut
    g_loss = g_loss_fn(D(fake))
    G.zero_grad()
    g_loss.backward()
    opt_g.step()  # fact: update of G: mse D(fake)->1; spills into D & update of G: mean D(fake) up; spills into D


def least_squares(real, fake):
    opt_d.zero_grad()
    loss = 0.5 * (torch.mean((D(real) - 1) ** 2) + torch.mean(D(fake.detach()) ** 2))
    loss.backward()
    opt_d.step()  # fact: update of D: square D(real)->1, square D(fake)->0 cut
    opt_g.zero_grad()
    loss = 0.5 * torch.mean((D(fake) - 1) ** 2)
    loss.backward()
    opt_g.step()  # fact: update of G: square D(fake)->1; spills into D


def logistic(real, fake):
    opt_d.zero_grad()
    loss = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()
    loss.backward()
    opt_d.step()  # fact: update of D: softplus D(real) down pushes up, softplus D(fake) down pushes down cut
    opt_g.zero_grad()
    loss = F.softplus(-D(fake)).mean()
    loss.backward()
    opt_g.step()  # fact: update of G: softplus D(fake) down pushes up; spills into D


def logarithms(real, fake):
    opt_d.zero_grad()
    p_real, p_fake = torch.sigmoid(D(real)), torch.sigmoid(D(fake.detach()))
    loss = -torch.mean(torch.log(p_real + 1e-8) + torch.log(1 - p_fake + 1e-8))
    loss.backward()
    opt_d.step()  # fact: update of D: log D(real) up, log D(fake) up complement cut
    opt_g.zero_grad()
    loss = -torch.mean(torch.log(torch.sigmoid(D(fake)) + 1e-8))
    loss.backward()
    opt_g.step()  # fact: update of G: log D(fake) up; spills into D


def relativistic(real, fake):
    bce = nn.BCEWithLogitsLoss()
    opt_d.zero_grad()
    r, f = D(real), D(fake.detach())
    loss = (bce(r - f.mean(), torch.ones_like(r)) + bce(f - r.mean(), torch.zeros_like(f))) / 2
    loss.backward()
    opt_d.step()  # fact: update of D: bce_with_logits D(real)->1 relative, bce_with_logits D(fake)->1 relative cut, bce_with_logits D(fake)->0 relative cut, bce_with_logits D(real)->0 relative
    opt_g.zero_grad()
    r, f = D(real).detach(), D(fake)
    loss = bce(f - r.mean(), torch.ones_like(f))
    loss.backward()
    opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1 relative; spills into D


def classes(real, fake):
    """Labels as class numbers: no constant 0 or 1 of a sigmoid, yet real and fake."""
    head = F.log_softmax(D(real), 1)
    opt_d.zero_grad()
    loss = F.nll_loss(head, torch.ones(real.size(0), dtype=torch.long))
    loss.backward()
    opt_d.step()  # fact: update of D: nll D(real)->1


for images, _ in loader:
    images = images.view(images.size(0), -1)
    z = torch.randn(images.size(0), 100)
    own_class(images, G(z))
    hinge_class(images, G(z))
    from_a_factory(images, G(z), "lsgan")
    from_a_factory(images, G(z), "hinge")
    least_squares(images, G(z))
    logistic(images, G(z))
    logarithms(images, G(z))
    relativistic(images, G(z))
    classes(images, G(z))
