"""Parts that are built and not used, or used otherwise than meant: what each of them does to a network or a training.

python leftover_facts.py     about a minute on one thread
"""

from __future__ import annotations

import os
import time
import warnings

import torch
import torch.nn.functional as F  # noqa: N812  # as everybody calls it
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset

MODES = 8


def ring(n: int) -> torch.Tensor:
    """Samples of eight Gaussians on a circle of radius 2."""
    angle = torch.randint(0, MODES, (n,)) * (2 * torch.pi / MODES)
    return torch.stack([angle.cos(), angle.sin()], 1) * 2 + 0.05 * torch.randn(n, 2)


def show_functional_dropout() -> None:
    """F.dropout does not know the mode of the network around it."""

    class Net(nn.Module):
        def __init__(self, *, knows_mode: bool) -> None:
            super().__init__()
            self.knows_mode = knows_mode
            self.fc = nn.Linear(100, 1000)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return F.dropout(self.fc(x), 0.5, training=self.training) if self.knows_mode else F.dropout(self.fc(x), 0.5)

    torch.manual_seed(0)
    x = torch.randn(100, 100)
    for knows_mode in (False, True):
        net = Net(knows_mode=knows_mode).eval()
        with torch.no_grad():
            first, second = net(x), net(x)
        zeros = (first == 0).float().mean().item()
        changed = (first != second).float().mean().item()
        print(
            f"  eval(), training=self.training {knows_mode}: zeros {zeros:.1%}, differ in a second pass {changed:.1%}"
        )
    torch.manual_seed(0)
    d = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2))
    head = nn.Linear(64, 1)
    optimizer = torch.optim.Adam([*d.parameters(), *head.parameters()], 1e-3)
    for _ in range(500):
        real, fake = ring(64), torch.randn(64, 2)
        logits = [head(F.dropout(d(batch), 0.3)) for batch in (real, fake)]
        loss = F.softplus(-logits[0]).mean() + F.softplus(logits[1]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    x = ring(1)
    with torch.no_grad():
        scores = torch.stack([torch.sigmoid(head(F.dropout(d(x), 0.3))) for _ in range(1000)])
    print(f"  a discriminator's D(x) for one x with p=0.3 left on: {scores.min():.2f} to {scores.max():.2f}")


def show_cross_entropy_on_softmax() -> None:
    """The softmax inside cross entropy bounds what it gets from another softmax, and the gradient with it."""
    for wrong in (0.0, 2.0, 5.0, 10.0, 20.0):
        norms, losses = [], []
        for twice in (False, True):
            logits = torch.zeros(1, 10)
            logits[0, 1] = wrong
            logits.requires_grad_()
            loss = F.cross_entropy(logits.softmax(1) if twice else logits, torch.tensor([0]))
            loss.backward()
            norms.append(logits.grad.norm().item())
            losses.append(loss.item())
        print(
            f"  wrong by {wrong:4.0f}: logits {losses[0]:6.3f} |gradient| {norms[0]:.2e},"
            f" softmax {losses[1]:6.3f} |gradient| {norms[1]:.2e}"
        )
    best = F.cross_entropy(torch.eye(10)[:1], torch.tensor([0])).item()
    print(f"  loss of a perfect softmax over 10 classes: {best:.4f}")
    for twice in (False, True):
        losses, hits = [], []
        for seed in range(3):
            torch.manual_seed(seed)
            centres = torch.randn(10, 20) * 2
            net = nn.Sequential(nn.Linear(20, 64), nn.LeakyReLU(0.2), nn.Linear(64, 10))
            optimizer = torch.optim.Adam(net.parameters(), 2e-4, betas=(0.5, 0.999))
            for _ in range(500):
                labels = torch.randint(0, 10, (64,))
                logits = net(centres[labels] + torch.randn(64, 20))
                loss = F.cross_entropy(logits.softmax(1) if twice else logits, labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            labels = torch.randint(0, 10, (2000,))
            hits.append((net(centres[labels] + torch.randn(2000, 20)).argmax(1) == labels).float().mean().item())
            losses.append(loss.item())
        what = "softmax" if twice else "logits"
        right = f"right {min(hits):.1%} to {max(hits):.1%}"
        print(f"  500 steps on {what}: loss {min(losses):.3f} to {max(losses):.3f}, {right}")


def show_missing_activation() -> None:
    """Without what stands between them, several layers are one linear layer."""
    torch.manual_seed(0)
    decoder = nn.Sequential(
        nn.ConvTranspose2d(8, 16, 4, 2, 1), nn.BatchNorm2d(16), nn.ConvTranspose2d(16, 3, 4, 2, 1)
    ).eval()
    a, b = torch.randn(1, 8, 4, 4), torch.randn(1, 8, 4, 4)
    with torch.no_grad():
        rest = decoder(a + b) - decoder(a) - decoder(b) + decoder(torch.zeros_like(a))
        size = decoder(a).abs().mean()
    share = (rest.abs().mean() / size).item()
    print(f"  ConvTranspose, BatchNorm, ConvTranspose: f(a+b)-f(a)-f(b)+f(0) is {share:.1e} of f(a)")
    for act in (nn.LeakyReLU(0.2), nn.Identity()):
        hits = []
        for seed in range(3):
            torch.manual_seed(seed)
            net = nn.Sequential(nn.Linear(2, 64), act, nn.Linear(64, 64), act, nn.Linear(64, 1))
            optimizer = torch.optim.Adam(net.parameters(), 1e-3)
            for _ in range(800):
                real, fake = ring(64), 0.3 * torch.randn(64, 2)
                loss = F.softplus(-net(real)).mean() + F.softplus(net(fake)).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            real, fake = ring(2000), 0.3 * torch.randn(2000, 2)
            hits.append(((net(real) > 0).float().mean() + (net(fake) < 0).float().mean()).item() / 2)
        right = f"right {min(hits):.1%} to {max(hits):.1%}"
        print(f"  a discriminator of 3 Linear with {act}: loss {loss.item():.3f}, {right}")


def show_softmax_dim() -> None:
    """The dimension that softmax takes by itself."""
    for shape in ((4,), (5, 4), (5, 3, 4), (5, 3, 4, 4)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            y = nn.Softmax()(torch.randn(shape))
        dims = [i for i in range(len(shape)) if torch.allclose(y.sum(i), torch.ones(()))]
        print(f"  {len(shape)} dimensions: sums to 1 over dimension {dims}; {[str(item.message) for item in caught]}")


def show_restarted_loader() -> None:
    """What next(iter(loader)) sees and costs."""
    data = TensorDataset(torch.arange(1000))
    for shuffle in (False, True):
        loader = DataLoader(data, 50, shuffle=shuffle)
        torch.manual_seed(0)
        again = {int(i) for _ in range(20) for i in next(iter(loader))[0]}
        once = {int(i) for (batch,) in loader for i in batch}
        seen = f"restarted {len(again)} samples, one pass {len(once)}"
        print(f"  20 batches of 50 of 1000 samples, shuffle={shuffle}: {seen}")
    for workers in (0, 2):
        loader = DataLoader(data, 50, shuffle=True, num_workers=workers)
        start = time.perf_counter()
        for _ in range(20):
            next(iter(loader))
        again = (time.perf_counter() - start) / 20
        start = time.perf_counter()
        count = sum(1 for _ in loader)
        once = (time.perf_counter() - start) / count
        print(f"  num_workers={workers}: {again * 1000:.1f} ms a batch restarted, {once * 1000:.1f} ms in one pass")


def show_missing_attribute() -> None:
    """An attribute that nobody sets."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.act(self.fc(x))

    try:
        Net()(torch.randn(1, 2))
    except AttributeError as error:
        print(f"  AttributeError: {error}")


def show_unused_layer() -> None:
    """A layer with weights that forward does not use."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used = nn.Linear(2, 2)
            self.left = nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.used(x)

    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    before = net.left.weight.clone()
    for _ in range(3):
        optimizer.zero_grad()
        net(torch.randn(4, 2)).sum().backward()
        optimizer.step()
    print(f"  its gradient is {net.left.weight.grad}, moved by {(net.left.weight - before).abs().sum().item()}")
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29511")
    distributed.init_process_group("gloo", rank=0, world_size=1)
    parallel = DistributedDataParallel(net)
    try:
        for _ in range(2):
            parallel(torch.randn(4, 2)).sum().backward()
    except RuntimeError as error:
        print(f"  DistributedDataParallel, second step: RuntimeError: {str(error)[:70]}...")
    distributed.destroy_process_group()


def show_penalty_alone() -> None:
    """DRAGAN whose discriminator's loss is computed and not backpropagated: only the penalty is."""
    for whole in (True, False):
        for seed in range(3):
            torch.manual_seed(seed)
            g = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
            d = nn.Sequential(
                nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1)
            )
            opt_g = torch.optim.Adam(g.parameters(), 1e-3, betas=(0.5, 0.999))
            opt_d = torch.optim.Adam(d.parameters(), 1e-3, betas=(0.5, 0.999))
            for _ in range(1500):
                real, fake = ring(64) + 2, g(torch.randn(64, 8))
                loss_d = F.softplus(-d(real)).mean() + F.softplus(d(fake.detach())).mean()
                near = (real + 0.5 * real.std() * torch.rand_like(real)).requires_grad_()
                (slope,) = torch.autograd.grad(d(near).sum(), near, create_graph=True)
                penalty = 10 * ((slope.norm(2, dim=1) - 1) ** 2).mean()
                opt_d.zero_grad()
                (loss_d + penalty if whole else penalty).backward()
                opt_d.step()
                loss_g = F.softplus(-d(g(torch.randn(64, 8)))).mean()
                opt_g.zero_grad()
                loss_g.backward()
                opt_g.step()
            with torch.no_grad():
                distance = (g(torch.randn(4000, 8)).mean(0) - (ring(4000) + 2).mean(0)).norm().item()
            what = "loss and penalty" if whole else "penalty alone   "
            print(
                f"  {what} seed {seed}: D {loss_d.item():7.3f}, G {loss_g.item():7.3f}, penalty {penalty.item():.3f},"
                f" distance of the means {distance:.2f}"
            )


def show_overlapping_columns() -> None:
    """InfoGAN whose last layer has a column for the code and one for real or fake, or one column read for both."""
    for shared in (False, True):
        for seed in range(3):
            torch.manual_seed(seed)
            g = nn.Sequential(nn.Linear(9, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
            d = nn.Sequential(
                nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 2)
            )
            judge = 1 if shared else 0
            opt_g = torch.optim.Adam(g.parameters(), 1e-3, betas=(0.5, 0.999))
            opt_d = torch.optim.Adam(d.parameters(), 1e-3, betas=(0.5, 0.999))
            largest = 0.0
            for _ in range(1500):
                code = torch.rand(64, 1) * 2 - 1
                fake = g(torch.cat([torch.randn(64, 8), code], 1))
                real, judged = d(ring(64)), d(fake.detach())
                loss_d = F.softplus(-real[:, judge]).mean() + F.softplus(judged[:, judge]).mean()
                opt_d.zero_grad()
                (loss_d + F.mse_loss(judged[:, 1:], code)).backward()
                largest = max(largest, d[-1].weight.grad[0].abs().max().item())
                opt_d.step()
                judged = d(fake)
                loss_g = F.softplus(-judged[:, judge]).mean()
                opt_g.zero_grad()
                (loss_g + F.mse_loss(judged[:, 1:], code)).backward()
                opt_g.step()
            with torch.no_grad():
                code = torch.rand(4000, 1) * 2 - 1
                fake = g(torch.cat([torch.randn(4000, 8), code], 1))
                error = F.mse_loss(d(fake)[:, 1:], code).item()
            print(
                f"  {'column 1 read twice' if shared else 'a column for each  '} seed {seed}: error of the code {error:.3f},"
                f" D {loss_d.item():.3f}, G {loss_g.item():.3f}, largest gradient of column 0 {largest:.3f}"
            )


if __name__ == "__main__":
    torch.set_num_threads(1)
    for part in (
        show_functional_dropout,
        show_cross_entropy_on_softmax,
        show_missing_activation,
        show_softmax_dim,
        show_restarted_loader,
        show_missing_attribute,
        show_unused_layer,
        show_penalty_alone,
        show_overlapping_columns,
    ):
        print(f"== {part.__doc__}")
        part()
