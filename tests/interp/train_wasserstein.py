"""Wasserstein: signs handed to backward, clipping, penalties in functions, critic loops."""
import torch
import torch.autograd as autograd
import torch.nn as nn
import torch.optim as optim
from torch.autograd import Variable, grad
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

LAMBDA, CRITIC_ITERS = 10, 5


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(100, 784), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 1))

    def forward(self, x):
        return self.main(x)


netG, netD = Generator(), Critic()
opt_g = optim.Adam(netG.parameters(), lr=1e-4, betas=(0.5, 0.9))
opt_d = optim.Adam(netD.parameters(), lr=1e-4, betas=(0.5, 0.9))
loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=64)
one = torch.FloatTensor([1])
mone = one * -1


def calc_gradient_penalty(netD, real_data, fake_data):
    alpha = torch.rand(real_data.size(0), 1)
    alpha = alpha.expand(real_data.size())
    interpolates = alpha * real_data + ((1 - alpha) * fake_data)
    interpolates = Variable(interpolates, requires_grad=True)
    disc_interpolates = netD(interpolates)  # pass: netD on interpolated detached
    gradients = autograd.grad(outputs=disc_interpolates, inputs=interpolates, grad_outputs=torch.ones(disc_interpolates.size()), create_graph=True, retain_graph=True, only_inputs=True)[0]  # fact: penalty on netD at interpolated, used, create_graph, norm over sample
    gradient_penalty = ((gradients.norm(2, dim=1) - 1) ** 2).mean() * LAMBDA
    return gradient_penalty


def gradient_penalty(f, real, fake=None):
    """Around the data where no fake is given (DRAGAN), between both where one is."""
    def interpolate(a, b=None):
        if b is None:
            beta = torch.rand_like(a)
            b = a + 0.5 * a.var().sqrt() * beta
        shape = [a.size(0)] + [1] * (a.dim() - 1)
        alpha = torch.rand(shape)
        return a + alpha * (b - a)

    x = interpolate(real, fake).detach()
    x.requires_grad = True
    pred = f(x)
    g = grad(pred, x, grad_outputs=torch.ones_like(pred), create_graph=True)[0].view(x.size(0), -1)  # fact: penalty on netD at interpolated, used, create_graph, norm over sample & penalty on netD at real, used, create_graph, norm over sample
    return ((g.norm(p=2, dim=1) - 1) ** 2).mean()


def signs(data_iter):
    """The program of martinarjovsky: frozen parameters, clamped weights, backward(one)."""
    i, gen_iterations = 0, 0
    while i < len(loader):
        for p in netD.parameters():
            p.requires_grad = True
        j = 0
        while j < CRITIC_ITERS and i < len(loader):
            j += 1
            for p in netD.parameters():
                p.data.clamp_(-0.01, 0.01)  # fact: weights of netD in -0.01..0.01 after_step
            data = next(data_iter)
            i += 1
            real = data[0].view(data[0].size(0), -1)
            netD.zero_grad()
            errD_real = netD(Variable(real)).mean(0).view(1)
            errD_real.backward(one)  # fact: backward into netD
            noise = torch.FloatTensor(64, 100).normal_(0, 1)
            with torch.no_grad():
                noisev = Variable(noise)
            fake = Variable(netG(noisev).data)
            errD_fake = netD(fake).mean(0).view(1)
            errD_fake.backward(mone)  # fact: backward into netD
            opt_d.step()  # fact: update of netD: mean netD(real) down, mean netD(fake) up cut
        for p in netD.parameters():
            p.requires_grad = False
        netG.zero_grad()
        noise = torch.FloatTensor(64, 100).normal_(0, 1)
        errG = netD(netG(Variable(noise))).mean(0).view(1)
        errG.backward(one)  # fact: backward into netG
        opt_g.step()  # fact: update of netG: mean netD(fake) down
        gen_iterations += 1


def infinite():
    while True:
        for images, _ in loader:
            yield images.view(images.size(0), -1)


def penalised():
    """The program of caogang: an endless generator of batches and a loop of critic steps."""
    data = infinite()
    for iteration in range(200000):
        for p in netD.parameters():
            p.requires_grad = True
        for iter_d in range(CRITIC_ITERS):
            real_data_v = Variable(next(data))
            netD.zero_grad()
            D_real = netD(real_data_v)
            D_real = D_real.mean()
            D_real.backward(mone)
            noisev = Variable(torch.randn(64, 100), volatile=True)
            fake = Variable(netG(noisev).data)
            D_fake = netD(fake).mean()
            D_fake.backward(one)
            gp = calc_gradient_penalty(netD, real_data_v.data, fake.data)
            gp.backward()  # fact: backward into netD
            opt_d.step()  # fact: update of netD: mean netD(real) up, mean netD(fake) down cut, penalty netD(interpolated) down
        for p in netD.parameters():
            p.requires_grad = False
        netG.zero_grad()
        G = netD(netG(Variable(torch.randn(64, 100)))).mean()
        G.backward(mone)
        opt_g.step()  # fact: update of netG: mean netD(fake) up


def every_nth():
    """The form of PyTorch-GAN: the generator steps every n-th batch."""
    n_critic = 5
    for i, (imgs, _) in enumerate(loader):
        real_imgs = imgs.view(imgs.size(0), -1)
        opt_d.zero_grad()
        z = torch.randn(imgs.shape[0], 100)
        fake_imgs = netG(z).detach()
        loss_D = -torch.mean(netD(real_imgs)) + torch.mean(netD(fake_imgs)) + 10 * gradient_penalty(netD, real_imgs, fake_imgs)
        loss_D.backward()
        opt_d.step()  # fact: update of netD: mean netD(real) up, mean netD(fake) down cut, penalty netD(interpolated) down
        if i % n_critic == 0:
            opt_g.zero_grad()
            gen_imgs = netG(z)
            loss_G = -torch.mean(netD(gen_imgs))
            loss_G.backward()
            opt_g.step()  # fact: update of netG: mean netD(fake) up; spills into netD


def around_the_data():
    bce = nn.BCEWithLogitsLoss()
    for imgs, _ in loader:
        real = imgs.view(imgs.size(0), -1)
        fake = netG(torch.randn(real.size(0), 100)).detach()
        r, f = netD(real), netD(fake)
        loss = bce(r, torch.ones_like(r)) + bce(f, torch.zeros_like(f)) + gradient_penalty(netD, real)
        opt_d.zero_grad()
        loss.backward()
        opt_d.step()  # fact: update of netD: bce_with_logits netD(real)->1, bce_with_logits netD(fake)->0 cut, penalty netD(real) down


def at_the_data(imgs):
    real = imgs.view(imgs.size(0), -1)
    real.requires_grad_(True)
    logits = netD(real)
    grad_real, = autograd.grad(outputs=logits.sum(), inputs=real, create_graph=True)  # fact: penalty on netD at real, used, create_graph
    r1 = grad_real.pow(2).reshape(grad_real.shape[0], -1).sum(1).mean()
    opt_d.zero_grad()
    (5 * r1 + 0 * logits[0]).backward()
    opt_d.step()  # fact: update of netD: penalty netD(real) down


signs(iter(loader))
penalised()
netD.requires_grad_(True)
every_nth()
around_the_data()
for images, _ in loader:
    at_the_data(images)
