"""argparse in another file, behind a class with a base: the pix2pix way."""

import torch.utils.data
from options import TrainOptions

opt = TrainOptions().parse()
reveal_type(opt.batch_size)  # revealed: 1 (argparse)
reveal_type(opt.lr)  # revealed: 0.0002 (argparse)
reveal_type(opt.crop)  # revealed: 128 (argparse)
torch.utils.data.DataLoader(data, batch_size=opt.batch_size)  # fact: batches of 1 (argparse, medium)
