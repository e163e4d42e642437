"""Lightning: one optimiser after the other, dictionaries, every form of configure_optimizers, manual steps."""
import pytorch_lightning as pl
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


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


class MNISTData(pl.LightningDataModule):
    def __init__(self, batch_size=64):
        super().__init__()
        self.batch_size = batch_size

    def setup(self, stage=None):
        self.train_set = datasets.MNIST(".", transform=transforms.ToTensor())

    def train_dataloader(self):
        return DataLoader(self.train_set, batch_size=self.batch_size)  # fact: batches of 64 (default, medium) from 60000 of MNIST feeds Automatic, generator, discriminator


class Automatic(pl.LightningModule):
    """The example of the documentation: fakes are never detached, the optimisers' other weights are frozen."""

    def __init__(self, lr=2e-4):
        super().__init__()
        self.save_hyperparameters()
        self.generator = Generator()
        self.discriminator = Discriminator()

    def forward(self, z):
        return self.generator(z)

    def adversarial_loss(self, y_hat, y):
        return F.binary_cross_entropy(y_hat, y)

    def training_step(self, batch, batch_idx, optimizer_idx):
        imgs, _ = batch
        imgs = imgs.view(imgs.size(0), -1)
        z = torch.randn(imgs.shape[0], 100).type_as(imgs)
        if optimizer_idx == 0:
            self.generated_imgs = self(z)
            valid = torch.ones(imgs.size(0), 1).type_as(imgs)
            g_loss = self.adversarial_loss(self.discriminator(self(z)), valid)
            self.log("g_loss", g_loss, prog_bar=True)
            return {"loss": g_loss, "progress_bar": {"g_loss": g_loss}}  # fact: backward into generator & update of generator: bce discriminator(fake)->1
        if optimizer_idx == 1:
            valid = torch.ones(imgs.size(0), 1).type_as(imgs)
            real_loss = self.adversarial_loss(self.discriminator(imgs), valid)
            fake = torch.zeros(imgs.size(0), 1).type_as(imgs)
            fake_loss = self.adversarial_loss(self.discriminator(self(z)), fake)
            d_loss = (real_loss + fake_loss) / 2
            self.log("d_loss", d_loss, prog_bar=True)
            return d_loss  # fact: backward into discriminator & update of discriminator: bce discriminator(real)->1, bce discriminator(fake)->0 cut

    def validation_step(self, batch, batch_idx):
        return self.discriminator(self(torch.randn(8, 100)))  # pass: discriminator on fake no_grad detached

    def configure_optimizers(self):
        opt_g = torch.optim.Adam(self.generator.parameters(), lr=self.hparams.lr)  # fact: Adam over generator
        opt_d = torch.optim.Adam(self.discriminator.parameters(), lr=self.hparams.lr)  # fact: Adam over discriminator
        return [opt_g, opt_d], []


class Manual(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
        self.G = Generator()
        self.D = Discriminator()

    def training_step(self, batch, batch_idx):
        g_opt, d_opt = self.optimizers()
        X, _ = batch
        X = X.view(X.size(0), -1)
        real_label = torch.ones((X.size(0), 1), device=self.device)
        fake_label = torch.zeros((X.size(0), 1), device=self.device)
        g_X = self.G(torch.randn(X.size(0), 100))
        self.toggle_optimizer(d_opt)
        errD = F.binary_cross_entropy(self.D(X), real_label) + F.binary_cross_entropy(self.D(g_X.detach()), fake_label)
        d_opt.zero_grad()
        self.manual_backward(errD)  # fact: backward into D
        d_opt.step()  # fact: update of D: bce D(real)->1, bce D(fake)->0 cut
        self.untoggle_optimizer(d_opt)
        errG = F.binary_cross_entropy(self.D(g_X), real_label)
        g_opt.zero_grad()
        self.manual_backward(errG)  # fact: backward into D, G
        g_opt.step()  # fact: update of G: bce D(fake)->1; spills into D

    def configure_optimizers(self):
        return torch.optim.Adam(self.G.parameters(), lr=1e-5), torch.optim.Adam(self.D.parameters(), lr=1e-5)


class Dictionaries(pl.LightningModule):
    """Dictionaries of optimisers with their schedulers; the loss of each in a method of its own."""

    def __init__(self):
        super().__init__()
        self.gen, self.disc = Generator(), Discriminator()
        self.loss_fn = nn.BCELoss()

    def train_dataloader(self):
        return DataLoader(datasets.MNIST(".", transform=transforms.ToTensor()), batch_size=32)  # fact: batches of 32 (literal, high) from 60000 of MNIST feeds gen, disc & MNIST: 1 channels, [0.0, 1.0], mapped 0 times, None means

    def generator_step(self, x):
        fake = self.gen(torch.randn(x.size(0), 100))
        return self.loss_fn(self.disc(fake), torch.ones(x.size(0), 1))

    def discriminator_step(self, x):
        fake = self.gen(torch.randn(x.size(0), 100)).detach()
        real_loss = self.loss_fn(self.disc(x), torch.ones(x.size(0), 1))
        return real_loss + self.loss_fn(self.disc(fake), torch.zeros(x.size(0), 1))

    def training_step(self, batch, batch_idx, optimizer_idx):
        x = batch[0].view(batch[0].size(0), -1)
        loss = None
        if optimizer_idx == 0:
            loss = self.generator_step(x)
        if optimizer_idx == 1:
            loss = self.discriminator_step(x)
        return loss  # fact: backward into gen & backward into disc & update of gen: bce disc(fake)->1 & update of disc: bce disc(real)->1, bce disc(fake)->0 cut

    def configure_optimizers(self):
        g = torch.optim.Adam(self.gen.parameters())
        d = torch.optim.Adam(self.disc.parameters())
        scheduler = torch.optim.lr_scheduler.StepLR(d, step_size=1)
        return (
            {"optimizer": g, "frequency": 1},
            {"optimizer": d, "lr_scheduler": {"scheduler": scheduler, "interval": "epoch"}, "frequency": 5},
        )


class Single(pl.LightningModule):
    def __init__(self, generator):
        super().__init__()
        self.generator = generator

    def training_step(self, batch, batch_idx):
        x, _ = batch
        out = self.generator(torch.randn(x.size(0), 100))
        loss = F.mse_loss(out, x.view(x.size(0), -1))
        return {"loss": loss}  # fact: backward into generator & update of generator: mse generator(noise)

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)  # fact: Adam over generator
        return {"optimizer": optimizer, "lr_scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 10)}


def main():
    trainer = pl.Trainer(max_epochs=5, accelerator="gpu")
    trainer.fit(Automatic(), MNISTData())
    pl.Trainer().fit(model=Single(Generator()), train_dataloaders=DataLoader(datasets.MNIST("."), batch_size=16))


if __name__ == "__main__":
    main()
