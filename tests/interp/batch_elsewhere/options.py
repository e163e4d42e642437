import argparse

IMAGE_SIZE = 64


class BaseOptions:
    def initialize(self, parser):
        parser.add_argument("--batch_size", type=int, default=1)
        parser.add_argument("--crop", type=int, default=IMAGE_SIZE * 2)
        return parser

    def parse(self):
        parser = self.initialize(argparse.ArgumentParser())
        self.opt = parser.parse_args()
        return self.opt


class TrainOptions(BaseOptions):
    def initialize(self, parser):
        parser = BaseOptions.initialize(self, parser)
        parser.add_argument("--lr", type=float, default=0.0002)
        return parser
