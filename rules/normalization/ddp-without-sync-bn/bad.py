"""Two processes, each with its own BatchNorm statistics: they normalise with half of the batch."""

import tempfile
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(8, 32),
            nn.BatchNorm1d(32),  # expect: ddp-without-sync-bn
            nn.ReLU(),
            nn.Linear(32, 2),
        )

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.model(x)


def train(rank, processes, folder):
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=processes)
    torch.manual_seed(0)
    generator = DistributedDataParallel(Generator())
    discriminator = DistributedDataParallel(Discriminator())
    opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()
    torch.manual_seed(rank)
    loader = torch.utils.data.DataLoader(torch.randn(64, 2), batch_size=32, shuffle=True, drop_last=True)
    ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)
    for real in loader:
        fake = generator(torch.randn(real.size(0), 8))
        opt_d.zero_grad()
        criterion(discriminator(real), ones).backward()
        criterion(discriminator(fake.detach()), zeros).backward()
        opt_d.step()
        opt_g.zero_grad()
        criterion(discriminator(fake), ones).backward()
        opt_g.step()
    states = [None] * processes
    dist.all_gather_object(states, {name: value.sum().item() for name, value in generator.state_dict().items()})
    if rank == 0:
        different = sorted(name for name in states[0] if abs(states[0][name] - states[1][name]) > 1e-4)
        print(f"different in the two processes: {different}")
        assert different == ["module.model.1.running_mean", "module.model.1.running_var"]
    dist.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.start_processes(train, args=(2, Path(folder).as_posix()), nprocs=2, start_method="fork")
