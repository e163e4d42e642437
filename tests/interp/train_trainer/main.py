"""The trainer of pix2pix: a class in another file, whose step is spread over its methods."""
from model import Pix2PixModel
from options import TrainOptions
from pairs import make_loader


def create_model(opt):
    instance = Pix2PixModel(opt)
    return instance


if __name__ == "__main__":
    opt = TrainOptions().parse()
    dataset = make_loader(opt)
    model = create_model(opt)
    for epoch in range(1, opt.epochs + 1):
        for i, data in enumerate(dataset):
            model.set_input(data)
            model.optimize_parameters()
            reveal_type(model.fake_B)  # revealed: tensor[None, 3, 64, 64] from loader via PlainGenerator
