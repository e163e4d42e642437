"""Several generators and discriminators: cycles, scales, lists of outputs, dictionaries of losses."""
import itertools

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class Pairs(Dataset):
    def __len__(self):
        return 10

    def __getitem__(self, index):
        return {"A": torch.rand(3, 64, 64), "B": torch.rand(3, 64, 64)}


class GeneratorResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(3, 3, 3, 1, 1), nn.Tanh())

    def forward(self, x):
        return self.conv(x)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 4, 2, 1)

    def forward(self, x):
        return self.conv(x)


class ScaleD(nn.Module):
    """One scale: its output and the features on the way."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(3, 8, 3, 1, 1), nn.Conv2d(8, 8, 3, 1, 1)])
        self.post = nn.Conv2d(8, 1, 3, 1, 1)

    def forward(self, x):
        fmap = []
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.1)
            fmap.append(x)
        x = self.post(x)
        fmap.append(x)
        return torch.flatten(x, 1, -1), fmap


class MultiScaleDiscriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.discriminators = nn.ModuleList([ScaleD(), ScaleD(), ScaleD()])

    def forward(self, y, y_hat):
        y_d_rs, y_d_gs, fmap_rs, fmap_gs = [], [], [], []
        for d in self.discriminators:
            y_d_r, fmap_r = d(y)
            y_d_g, fmap_g = d(y_hat)
            y_d_rs.append(y_d_r)
            fmap_rs.append(fmap_r)
            y_d_gs.append(y_d_g)
            fmap_gs.append(fmap_g)
        return y_d_rs, y_d_gs, fmap_rs, fmap_gs


class MultiD(nn.Module):
    """pix2pixHD: a list of outputs."""

    def __init__(self, num_D=3):
        super().__init__()
        for i in range(num_D):
            setattr(self, "layer" + str(i), Discriminator())
        self.num_D = num_D
        self.downsample = nn.AvgPool2d(3, stride=2)

    def forward(self, input):
        result = []
        for i in range(self.num_D):
            result.append(getattr(self, "layer" + str(i))(input))
            if i != self.num_D - 1:
                input = self.downsample(input)
        return result


class ReplayBuffer:
    def __init__(self, max_size=50):
        self.max_size = max_size
        self.data = []

    def push_and_pop(self, data):
        to_return = []
        for element in data.data:
            element = torch.unsqueeze(element, 0)
            if len(self.data) < self.max_size:
                self.data.append(element)
                to_return.append(element)
            else:
                if torch.rand(1) > 0.5:
                    to_return.append(self.data[0].clone())
                else:
                    to_return.append(element)
        return torch.cat(to_return)


def feature_loss(fmap_r, fmap_g):
    loss = 0
    for dr, dg in zip(fmap_r, fmap_g):
        for rl, gl in zip(dr, dg):
            loss += torch.mean(torch.abs(rl - gl))
    return loss * 2


def discriminator_loss(disc_real_outputs, disc_generated_outputs):
    loss = 0
    r_losses = []
    for dr, dg in zip(disc_real_outputs, disc_generated_outputs):
        r_loss = torch.mean((1 - dr) ** 2)
        g_loss = torch.mean(dg ** 2)
        loss += r_loss + g_loss
        r_losses.append(r_loss.item())
    return loss, r_losses


def generator_loss(disc_outputs):
    loss = 0
    gen_losses = []
    for dg in disc_outputs:
        l = torch.mean((1 - dg) ** 2)
        gen_losses.append(l)
        loss += l
    return loss, gen_losses


loader = DataLoader(Pairs(), batch_size=4)


def cycle():
    G_AB, G_BA, D_A, D_B = GeneratorResNet(), GeneratorResNet(), Discriminator(), Discriminator()
    criterion_GAN, criterion_cycle, criterion_identity = nn.MSELoss(), nn.L1Loss(), nn.L1Loss()
    optimizer_G = torch.optim.Adam(itertools.chain(G_AB.parameters(), G_BA.parameters()), lr=2e-4)  # fact: Adam over G_AB, G_BA
    optimizer_D_A = torch.optim.Adam(D_A.parameters(), lr=2e-4)
    optimizer_D_B = torch.optim.Adam(D_B.parameters(), lr=2e-4)
    fake_A_buffer, fake_B_buffer = ReplayBuffer(), ReplayBuffer()
    for batch in loader:
        real_A, real_B = batch["A"], batch["B"]
        valid, fake = torch.ones(real_A.size(0), 1, 32, 32), torch.zeros(real_A.size(0), 1, 32, 32)
        optimizer_G.zero_grad()
        loss_identity = (criterion_identity(G_BA(real_A), real_A) + criterion_identity(G_AB(real_B), real_B)) / 2
        fake_B = G_AB(real_A)
        loss_GAN_AB = criterion_GAN(D_B(fake_B), valid)
        fake_A = G_BA(real_B)
        loss_GAN_BA = criterion_GAN(D_A(fake_A), valid)
        loss_GAN = (loss_GAN_AB + loss_GAN_BA) / 2
        loss_cycle = criterion_cycle(G_BA(fake_B), real_A) + criterion_cycle(G_AB(fake_A), real_B)
        loss_G = loss_GAN + 10 * loss_cycle + 5 * loss_identity
        loss_G.backward()  # fact: backward into G_AB, G_BA, D_A, D_B
        optimizer_G.step()  # fact: update of G_AB, G_BA: mse D_B(fake)->1, mse D_A(fake)->1, l1 G_BA(fake)->0..1, l1 G_AB(fake)->0..1, l1 G_BA(real)->0..1, l1 G_AB(real)->0..1; spills into D_A, D_B
        optimizer_D_A.zero_grad()
        loss_real = criterion_GAN(D_A(real_A), valid)
        fake_A_ = fake_A_buffer.push_and_pop(fake_A)
        loss_fake = criterion_GAN(D_A(fake_A_.detach()), fake)
        loss_D_A = (loss_real + loss_fake) / 2
        loss_D_A.backward()  # fact: backward into D_A
        optimizer_D_A.step()  # fact: update of D_A: mse D_A(real)->1, mse D_A(fake)->0 cut
        optimizer_D_B.zero_grad()
        loss_D_B = (criterion_GAN(D_B(real_B), valid) + criterion_GAN(D_B(fake_B_buffer.push_and_pop(fake_B).detach()), fake)) / 2
        loss_D_B.backward()
        optimizer_D_B.step()  # fact: update of D_B: mse D_B(real)->1, mse D_B(fake)->0 cut


def matching():
    """The step of HiFi-GAN."""
    generator, msd = GeneratorResNet(), MultiScaleDiscriminator()
    optim_g = torch.optim.AdamW(generator.parameters(), 2e-4)
    optim_d = torch.optim.AdamW(itertools.chain(msd.parameters()), 2e-4)  # fact: AdamW over msd
    for batch in loader:
        x, y = batch["A"], batch["B"]
        y_g_hat = generator(x)
        optim_d.zero_grad()
        y_ds_hat_r, y_ds_hat_g, _, _ = msd(y, y_g_hat.detach())  # pass: msd on real & msd on fake detached
        loss_disc_s, losses_disc_s_r = discriminator_loss(y_ds_hat_r, y_ds_hat_g)
        loss_disc_s.backward()  # fact: backward into msd
        optim_d.step()  # fact: update of msd: square msd(real)->1, square msd(fake)->0 cut
        optim_g.zero_grad()
        loss_mel = F.l1_loss(y, y_g_hat) * 45
        y_ds_hat_r, y_ds_hat_g, fmap_s_r, fmap_s_g = msd(y, y_g_hat)  # pass: msd on real & msd on fake
        loss_fm_s = feature_loss(fmap_s_r, fmap_s_g)
        loss_gen_s, losses_gen_s = generator_loss(y_ds_hat_g)
        loss_gen_all = loss_gen_s + loss_fm_s + loss_mel
        loss_gen_all.backward()  # fact: backward into generator, msd
        optim_g.step()  # fact: update of generator: square msd(fake)->1, other msd(real) down relative, other msd(fake) down relative; spills into msd


def scales():
    """Lists of outputs, sums of comprehensions, dictionaries and stacks of losses."""
    G, D = GeneratorResNet(), MultiD()
    bce = nn.BCEWithLogitsLoss()
    opt_g, opt_d = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
    for batch in loader:
        real, fake = batch["A"], G(batch["B"])
        opt_d.zero_grad()
        loss = 0
        for out in D(real):
            loss += bce(out, torch.ones_like(out))
        loss = loss + sum([bce(out, torch.zeros_like(out)) for out in D(fake.detach())])
        loss.backward()
        opt_d.step()  # fact: update of D: bce_with_logits D(real)->1, bce_with_logits D(fake)->0 cut
        opt_g.zero_grad()
        losses = {"adv": sum(bce(out, torch.ones_like(out)) for out in D(fake)), "l1": F.l1_loss(fake, real)}
        losses = {k: v.mean() for k, v in losses.items()}
        total = sum(losses.values()).mean()
        total.backward()
        opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1, l1 G(real)->0..1; spills into D
        opt_g.zero_grad()
        stacked = [bce(out, torch.ones_like(out)) for out in D(G(batch["B"]))]
        torch.stack(stacked).sum().backward()
        opt_g.step()  # fact: update of G: bce_with_logits D(fake)->1; spills into D


def ensembles():
    """Lists of networks and of their optimisers, run in parallel."""
    G = GeneratorResNet()
    Ds = [Discriminator() for _ in range(3)]
    opts = [torch.optim.Adam(d.parameters()) for d in Ds]  # fact: Adam over d
    opt_g = torch.optim.Adam(G.parameters())
    for batch in loader:
        real, fake = batch["A"], G(batch["B"])
        for d, opt in zip(Ds, opts):
            opt.zero_grad()
            out_real, out_fake = d(real), d(fake.detach())
            loss = F.relu(1 - out_real).mean() + F.relu(1 + out_fake).mean()
            loss.backward()
            opt.step()  # fact: update of d: hinge d(real) down pushes up, hinge d(fake) down pushes down cut
        opt_g.zero_grad()
        loss = 0
        for i in range(len(Ds)):
            loss = loss - Ds[i](fake).mean()
        (loss / len(Ds)).backward()
        opt_g.step()  # fact: update of G: mean d(fake) up; spills into d, d, d


cycle()
matching()
scales()
ensembles()
