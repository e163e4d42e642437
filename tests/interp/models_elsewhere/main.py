"""Networks and options in other files, the training here: one program."""

import torch
import models
from options import get_parser
from torch.utils.data import DataLoader


class Trainer:
    def __init__(self, opt, dataset):
        self.opt = opt
        self.netG, self.netD = models.Generator(opt), models.Judge(opt)
        self.loader = DataLoader(dataset, batch_size=self.opt.batch_size, shuffle=True)
        self.criterion = torch.nn.BCEWithLogitsLoss()

    def train(self):
        for real in self.loader:
            fake = self.netG(torch.randn(len(real), self.opt.latent_dim))
            score = self.netD(fake)
            reveal_type(score)  # revealed: tensor[None, 1] from noise via Generator, Judge
            self.criterion(score, torch.ones_like(score))  # fact: bce_with_logits: netD on fake against 1.0
            self.criterion(self.netD(real), torch.ones(4, 1))  # fact: bce_with_logits: netD on real against 1.0


def main():
    opt = get_parser().parse_args()
    trainer = Trainer(opt, load())
    reveal_type(trainer.netG)  # revealed: Generator: Linear BatchNorm1d Linear
    reveal_type(trainer.netG.model[0])  # revealed: Linear(12, 32)
    reveal_type(trainer.netD.model[1])  # revealed: LeakyReLU(negative_slope=0.1)
    reveal_type(trainer.loader)  # revealed: DataLoader(batch_size=4 (argparse), shuffle=True)
    trainer.train()


if __name__ == "__main__":
    main()
