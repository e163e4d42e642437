"""Mixed precision, several devices, averaged copies and what wraps networks for them."""
import copy

import torch
import torch.nn as nn
from accelerate import Accelerator
from apex import amp
from torch.cuda.amp import GradScaler, autocast
from torch.nn.parallel import DistributedDataParallel as DDP
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(100, 784), nn.BatchNorm1d(784), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Linear(784, 1)

    def forward(self, x):
        return self.main(x)


bce = nn.BCEWithLogitsLoss()


def make():
    G, D = Generator(), Discriminator()
    return G, D, torch.optim.Adam(G.parameters(), lr=2e-4), torch.optim.Adam(D.parameters(), lr=2e-4)


def d_loss(D, real, fake):
    out_real, out_fake = D(real), D(fake)
    return bce(out_real, torch.ones_like(out_real)) + bce(out_fake, torch.zeros_like(out_fake))


def g_loss(D, fake):
    out = D(fake)
    return bce(out, torch.ones_like(out))


def scaled(real, z):
    G, D, opt_g, opt_d = make()
    g_scaler, d_scaler = GradScaler(), torch.cuda.amp.GradScaler()
    for _ in range(100):
        with autocast():
            fake = G(z)
            loss = d_loss(D, real, fake.detach())
        opt_d.zero_grad()
        d_scaler.scale(loss).backward()  # fact: backward into D
        d_scaler.unscale_(opt_d)
        torch.nn.utils.clip_grad_norm_(D.parameters(), 1.0)
        d_scaler.step(opt_d)  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
        d_scaler.update()
        with torch.autocast("cuda"):
            loss = g_loss(D, fake)
        opt_g.zero_grad()
        g_scaler.scale(loss).backward()  # fact: backward into D, G
        g_scaler.step(opt_g)  # fact: update of G: bce_with_logits D(fake)->1; spills into D
        g_scaler.update()


def accelerated(loader, z):
    accelerator = Accelerator(gradient_accumulation_steps=1)
    G, D, opt_g, opt_d = make()
    G, D, opt_g, opt_d, loader = accelerator.prepare(G, D, opt_g, opt_d, loader)
    for real, _ in loader:
        real = real.view(real.size(0), -1)
        with accelerator.accumulate(D):
            opt_d.zero_grad()
            loss = d_loss(D, real, G(z).detach())
            accelerator.backward(loss)  # fact: backward into D
            opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
        with accelerator.accumulate(G):
            opt_g.zero_grad()
            accelerator.backward(g_loss(D, G(z)))  # fact: backward into D, G
            opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D
    accelerator.unwrap_model(G)(z)


def with_apex(real, z):
    G, D, opt_g, opt_d = make()
    [G, D], [opt_g, opt_d] = amp.initialize([G, D], [opt_g, opt_d], opt_level="O1", num_losses=2)
    for _ in range(100):
        opt_d.zero_grad()
        loss = d_loss(D, real, G(z).detach())
        with amp.scale_loss(loss, opt_d, loss_id=0) as scaled_loss:
            scaled_loss.backward()  # fact: backward into D
        opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
        opt_g.zero_grad()
        with amp.scale_loss(g_loss(D, G(z)), opt_g, loss_id=1) as scaled_loss:
            scaled_loss.backward()  # fact: backward into D, G
        opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D


def spread(real, z):
    G, D, opt_g, opt_d = make()
    G = nn.DataParallel(G)
    D = DDP(D.cuda(), device_ids=[0], broadcast_buffers=False)
    G = torch.compile(G)
    for _ in range(100):
        D.zero_grad()
        d_loss(D, real, G(z).detach()).backward()
        opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
        G.module.zero_grad()
        g_loss(D.module, G.module(z)).backward()
        opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D


def accumulate(model1, model2, decay=0.999):
    par1 = dict(model1.named_parameters())
    par2 = dict(model2.named_parameters())
    for k in par1.keys():
        par1[k].data.mul_(decay).add_(par2[k].data, alpha=1 - decay)  # fact: average of G into g_running


def update_average(model_tgt, model_src, beta):
    with torch.no_grad():
        param_dict_src = dict(model_src.named_parameters())
        for p_name, p_tgt in model_tgt.named_parameters():
            p_src = param_dict_src[p_name]
            p_tgt.copy_(beta * p_tgt + (1. - beta) * p_src)  # fact: average of G into g_copy with buffers


class EMA:
    def __init__(self, source, target, decay=0.9999):
        self.source, self.target, self.decay = source, target, decay
        self.source_dict = self.source.state_dict()
        self.target_dict = self.target.state_dict()
        with torch.no_grad():
            for key in self.source_dict:
                self.target_dict[key].data.copy_(self.source_dict[key].data)

    def update(self, itr=None):
        with torch.no_grad():
            for key in self.source_dict:
                self.target_dict[key].data.copy_(self.target_dict[key].data * self.decay + self.source_dict[key].data * (1 - self.decay))  # fact: average of G into g_shadow with buffers


def averaged(real, z):
    G, D, opt_g, opt_d = make()
    g_running = Generator()
    g_running.train(False)
    accumulate(g_running, G, 0)
    g_copy = copy.deepcopy(G).eval().requires_grad_(False)
    g_shadow = Generator()
    ema = EMA(G, g_shadow)
    swa = torch.optim.swa_utils.AveragedModel(G)
    for _ in range(100):
        opt_d.zero_grad()
        d_loss(D, real, G(z).detach()).backward()
        opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
        opt_g.zero_grad()
        g_loss(D, G(z)).backward()
        opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D
        accumulate(g_running, G)
        update_average(g_copy, G, 0.999)
        ema.update()
        swa.update_parameters(G)
        for p_ema, p in zip(g_copy.parameters(), G.parameters()):
            p_ema.copy_(p.lerp(p_ema, 0.99))
        for b_ema, b in zip(g_copy.buffers(), G.buffers()):
            b_ema.copy_(b)
    with torch.no_grad():
        reveal_type(g_running(z))  # revealed: tensor[None, 784] from noise via Generator detached
        reveal_type(swa(z))  # revealed: tensor[None, 784] from noise via Generator detached


loader = DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=64)
for images, _ in loader:
    images = images.view(images.size(0), -1)
    z = torch.randn(images.size(0), 100)
    scaled(images, z)
    with_apex(images, z)
    spread(images, z)
    averaged(images, z)
accelerated(loader, torch.randn(64, 100))
