from argparse import ArgumentParser


def get_parser():
    parser = ArgumentParser()
    parser.add_argument("--latent-dim", default=12, type=int)
    parser.add_argument("--slope", "-s", type=float, default=0.1)
    parser.add_argument("-b", "--batch_size", type=int, default=4)
    return parser
