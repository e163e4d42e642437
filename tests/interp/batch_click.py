"""Batch sizes from click options and absl flags."""

import click
from absl import app, flags
from torch.utils.data import DataLoader

FLAGS = flags.FLAGS
flags.DEFINE_integer("batch_size", 80, "images in a batch")
flags.DEFINE_float("lr", default=0.01, help="learning rate")


@click.command()
@click.option("--batch-size", "-b", default=28, type=int)
@click.option("--epochs", type=int, required=True)
@click.argument("folder")
def train(batch_size, epochs, folder):
    reveal_type(batch_size)  # revealed: 28 (config)
    reveal_type(epochs)  # revealed: unknown (option epochs has no default)
    DataLoader(load(folder), batch_size=batch_size)  # fact: batches of 28 (config, medium)


def main(argv):
    reveal_type(FLAGS.batch_size)  # revealed: 80 (config)
    reveal_type(FLAGS.lr)  # revealed: 0.01 (config)
    DataLoader(load(), batch_size=FLAGS.batch_size)  # fact: batches of 80 (config, medium)


if __name__ == "__main__":
    train()
    app.run(main)
