"""Batch sizes from argparse in the same file."""

import argparse

from torch.utils.data import DataLoader

parser = argparse.ArgumentParser(description="train")
group = parser.add_argument_group("data")
group.add_argument("--batchSize", type=int, default=64, help="input batch size")
parser.add_argument("--eval-batch", "-e", type=int, default="32", dest="eval_batch_size")
parser.add_argument("--workers", type=int, required=True)
parser.add_argument("--drop_last", action="store_true")
parser.set_defaults(gpus=2)
opt, rest = parser.parse_known_args()
opt.per_gpu = opt.batchSize // opt.gpus

# revealed: DataLoader(batch_size=64 (argparse), shuffle=True, drop_last=False (argparse))
reveal_type(DataLoader(dataset, opt.batchSize, True, drop_last=opt.drop_last))
DataLoader(dataset, batch_size=opt.eval_batch_size)  # fact: batches of 32 (argparse, medium)
reveal_type(opt.per_gpu)  # revealed: 32 (argparse)
reveal_type(vars(opt)["batchSize"])  # revealed: 64 (argparse)
reveal_type(opt.workers)  # revealed: unknown (option workers has no default)
options = {name.upper(): value for name, value in vars(opt).items()}
reveal_type(options["BATCHSIZE"])  # revealed: 64 (argparse)
