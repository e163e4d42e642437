"""Networks and optimisers in dictionaries, made by factories that are chosen by name."""
import torch
import torch.nn.functional as F
from munch import Munch
from torch import nn
from torch.utils.data import DataLoader

from builders import build_model, build_optimizer
from images import Faces


class Solver(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.args = args
        self.nets, self.nets_ema = build_model(args)
        for name, module in self.nets.items():
            setattr(self, name, module)
        for name, module in self.nets_ema.items():
            setattr(self, name + "_ema", module)
        self.optims = Munch()
        for net in self.nets.keys():
            self.optims[net] = build_optimizer(self.nets[net], args.lr)

    def _reset_grad(self):
        for optim in self.optims.values():
            optim.zero_grad()

    def train(self, loader):
        nets, optims = self.nets, self.optims
        for i in range(self.args.total_iters):
            x_real = next(iter(loader))
            z = torch.randn(x_real.size(0), 16)
            d_loss = compute_d_loss(nets, x_real, z)
            self._reset_grad()
            d_loss.backward()  # fact: backward into discriminator
            optims.discriminator.step()  # fact: update of discriminator: bce_with_logits discriminator(real)->1, bce_with_logits discriminator(fake)->0 cut, penalty discriminator(real) down

            g_loss = compute_g_loss(nets, x_real, z)
            self._reset_grad()
            g_loss.backward()  # fact: backward into discriminator, generator, mapping_network
            optims.generator.step()  # fact: update of generator: bce_with_logits discriminator(fake)->1; spills into discriminator, mapping_network
            optims.mapping_network.step()  # fact: update of mapping_network: bce_with_logits discriminator(fake)->1; spills into discriminator, generator
            moving_average(nets.generator, self.nets_ema.generator, beta=0.999)


def compute_d_loss(nets, x_real, z):
    x_real.requires_grad_()
    out = nets.discriminator(x_real)  # pass: discriminator on real
    loss_real = adv_loss(out, 1)
    loss_reg = r1_reg(out, x_real)
    with torch.no_grad():
        s = nets.mapping_network(z)
        x_fake = nets.generator(x_real, s)
    out = nets.discriminator(x_fake)  # pass: discriminator on fake detached
    loss_fake = adv_loss(out, 0)
    return loss_real + loss_fake + loss_reg


def compute_g_loss(nets, x_real, z):
    s = nets.mapping_network(z)
    x_fake = nets.generator(x_real, s)
    out = nets.discriminator(x_fake)  # pass: discriminator on fake
    return adv_loss(out, 1)


def adv_loss(logits, target):
    assert target in [1, 0]
    targets = torch.full_like(logits, fill_value=target)
    loss = F.binary_cross_entropy_with_logits(logits, targets)
    return loss


def r1_reg(d_out, x_in):
    batch_size = x_in.size(0)
    grad_dout = torch.autograd.grad(outputs=d_out.sum(), inputs=x_in, create_graph=True, retain_graph=True, only_inputs=True)[0]  # fact: penalty on discriminator at real, used, create_graph
    grad_dout2 = grad_dout.pow(2)
    reg = 0.5 * grad_dout2.view(batch_size, -1).sum(1).mean(0)
    return reg


def moving_average(model, model_test, beta=0.999):
    for param, param_test in zip(model.parameters(), model_test.parameters()):
        param_test.data = torch.lerp(param.data, param_test.data, beta)  # fact: average of generator into generator_ema


def main():
    args = Munch(lr=1e-4, total_iters=1000, style_dim=64)
    loader = DataLoader(Faces(), batch_size=8)
    solver = Solver(args)
    solver.train(loader)


if __name__ == "__main__":
    main()
