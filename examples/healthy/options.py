"""What can be set on the command line."""

import argparse


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train a small GAN on synthetic images of discs")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--latent", type=int, default=64, help="size of the noise vector")
    parser.add_argument("--channels", type=int, default=32, help="width of both networks")
    parser.add_argument("--images", type=int, default=4096, help="size of the data set")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--real-label", type=float, default=0.9, help="one-sided label smoothing")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()
