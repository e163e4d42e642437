import functools

import torch
from torch import nn
from torch.nn import init


def get_norm_layer(norm_type="instance"):
    if norm_type == "batch":
        return functools.partial(nn.BatchNorm2d, affine=True)
    if norm_type == "instance":
        return functools.partial(nn.InstanceNorm2d, affine=False)
    raise NotImplementedError(norm_type)


def init_net(net, init_type="normal", gpu_ids=[]):
    if len(gpu_ids) > 0:
        net.to(gpu_ids[0])
        net = torch.nn.DataParallel(net, gpu_ids)

    def init_func(m):
        if hasattr(m, "weight") and m.__class__.__name__.find("Conv") != -1:
            init.normal_(m.weight.data, 0.0, 0.02)

    net.apply(init_func)
    return net


def define_G(input_nc, output_nc, ngf, netG, norm="batch"):
    norm_layer = get_norm_layer(norm)
    if netG == "plain":
        net = PlainGenerator(input_nc, output_nc, ngf, norm_layer)
    else:
        raise NotImplementedError(netG)
    return init_net(net)


def define_D(input_nc, ndf, netD, norm="batch"):
    norm_layer = get_norm_layer(norm)
    if netD == "basic":
        net = PatchDiscriminator(input_nc, ndf, norm_layer)
    elif netD == "pixel":
        net = PatchDiscriminator(input_nc, 2 * ndf, norm_layer)
    else:
        raise NotImplementedError(netD)
    return init_net(net)


class GANLoss(nn.Module):
    def __init__(self, gan_mode, target_real_label=1.0, target_fake_label=0.0):
        super().__init__()
        self.register_buffer("real_label", torch.tensor(target_real_label))
        self.register_buffer("fake_label", torch.tensor(target_fake_label))
        self.gan_mode = gan_mode
        if gan_mode == "lsgan":
            self.loss = nn.MSELoss()
        elif gan_mode == "vanilla":
            self.loss = nn.BCEWithLogitsLoss()
        elif gan_mode in ["wgangp"]:
            self.loss = None
        else:
            raise NotImplementedError(gan_mode)

    def get_target_tensor(self, prediction, target_is_real):
        if target_is_real:
            target_tensor = self.real_label
        else:
            target_tensor = self.fake_label
        return target_tensor.expand_as(prediction)

    def __call__(self, prediction, target_is_real):
        if self.gan_mode in ["lsgan", "vanilla"]:
            target_tensor = self.get_target_tensor(prediction, target_is_real)
            loss = self.loss(prediction, target_tensor)
        elif self.gan_mode == "wgangp":
            if target_is_real:
                loss = -prediction.mean()
            else:
                loss = prediction.mean()
        return loss


class PlainGenerator(nn.Module):
    def __init__(self, input_nc, output_nc, ngf, norm_layer):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(input_nc, ngf, 3, 1, 1), norm_layer(ngf), nn.ReLU(True), nn.Conv2d(ngf, output_nc, 3, 1, 1), nn.Tanh()
        )

    def forward(self, input):
        return self.model(input)


class PatchDiscriminator(nn.Module):
    def __init__(self, input_nc, ndf, norm_layer):
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(input_nc, ndf, 4, 2, 1), nn.LeakyReLU(0.2, True), nn.Conv2d(ndf, 2 * ndf, 4, 2, 1),
            norm_layer(2 * ndf), nn.LeakyReLU(0.2, True), nn.Conv2d(2 * ndf, 1, 4, 1, 1),
        )

    def forward(self, input):
        return self.model(input)
