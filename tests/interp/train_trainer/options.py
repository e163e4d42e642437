import argparse


class TrainOptions:
    def initialize(self, parser):
        parser.add_argument("--input_nc", type=int, default=3)
        parser.add_argument("--output_nc", type=int, default=3)
        parser.add_argument("--ngf", type=int, default=64)
        parser.add_argument("--ndf", type=int, default=64)
        parser.add_argument("--netG", type=str, default="plain")
        parser.add_argument("--netD", type=str, default="basic")
        parser.add_argument("--gan_mode", type=str, default="lsgan")
        parser.add_argument("--direction", type=str, default="AtoB")
        parser.add_argument("--lr", type=float, default=0.0002)
        parser.add_argument("--beta1", type=float, default=0.5)
        parser.add_argument("--lambda_L1", type=float, default=100.0)
        parser.add_argument("--epochs", type=int, default=100)
        self.isTrain = True
        return parser

    def parse(self):
        parser = self.initialize(argparse.ArgumentParser())
        opt = parser.parse_args()
        opt.isTrain = self.isTrain
        return opt
