"""Transforms and datasets of torchvision and albumentations: names, signatures and what a dataset holds.

    find_vision("torchvision.transforms.ToTensor")  -> Operation of kind `to_tensor`, None for a name not described
    find_contents("torchvision.datasets.MNIST")     -> what an image of it is

They stand apart from `registry`, whose names are torch's own. A functional transform (`functional.resize`) has the
parameters that follow the image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ganlint.torch_api.registry import Operation
from ganlint.torch_api.signature import parse_signature

#: Kinds: `keep` leaves channels, size and range alone; `resize`, `crop` and `pad` change the size only; `chain` runs
#: several in turn, `pick` some of them.
_TABLE = """
transforms.Compose [chain] transforms
transforms.RandomApply [pick] transforms, p=0.5
transforms.RandomChoice [pick] transforms, p=None
transforms.RandomOrder [pick] transforms
transforms.Lambda [lambda] lambd, *types
transforms.ToTensor [to_tensor]
transforms.PILToTensor transforms.ToImage [to_bytes]
transforms.ToPILImage [to_picture] mode=None
transforms.ConvertImageDtype [convert_dtype] dtype='torch.float32'
transforms.ToDtype [to_dtype] dtype, scale=False
transforms.Normalize [normalize] mean, std, inplace=False
transforms.Grayscale [grayscale] num_output_channels=1
transforms.RGB [rgb]
transforms.Resize transforms.Scale [resize] size, interpolation=None, max_size=None, antialias=True
transforms.CenterCrop transforms.RandomCrop transforms.RandomResizedCrop transforms.RandomSizedCrop [crop] size, *args
transforms.Pad [pad] padding, fill=0, padding_mode='constant'
transforms.RandomRotation transforms.RandomAffine transforms.RandomPerspective transforms.ElasticTransform
    [warp] first=None, *args, fill=0
transforms.RandomErasing [warp] p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0, inplace=False
transforms.RandomHorizontalFlip transforms.RandomVerticalFlip transforms.RandomGrayscale transforms.ColorJitter
    transforms.GaussianBlur transforms.RandomInvert transforms.RandomPosterize transforms.RandomSolarize
    transforms.RandomAdjustSharpness transforms.RandomAutocontrast transforms.RandomEqualize transforms.AutoAugment
    transforms.RandAugment transforms.TrivialAugmentWide transforms.AugMix transforms.Identity
    transforms.RandomPhotometricDistort transforms.JPEG [keep] *args
functional.to_tensor [to_tensor]
functional.pil_to_tensor functional.to_image [to_bytes]
functional.to_pil_image [to_picture] mode=None
functional.convert_image_dtype [convert_dtype] dtype='torch.float32'
functional.to_dtype [to_dtype] dtype='torch.float32', scale=False
functional.normalize [normalize] mean, std, inplace=False
functional.to_grayscale functional.rgb_to_grayscale [grayscale] num_output_channels=1
functional.resize [resize] size, interpolation=None, max_size=None, antialias=True
functional.center_crop [crop] output_size
functional.crop [cut] top, left, height, width
functional.resized_crop [resize_cut] top, left, height, width, size, interpolation=None, antialias=True
functional.pad [pad] padding, fill=0, padding_mode='constant'
functional.rotate functional.affine functional.perspective [warp] first=None, *args, fill=0
functional.hflip functional.vflip functional.adjust_brightness functional.adjust_contrast functional.adjust_saturation
    functional.adjust_hue functional.adjust_gamma functional.adjust_sharpness functional.autocontrast
    functional.equalize functional.invert functional.gaussian_blur [keep] *args
A.Compose A.Sequential [chain] transforms, *args
A.OneOf A.SomeOf A.OneOrOther [pick] transforms, *args
A.Normalize [array_normalize] mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), max_pixel_value=255.0
A.ToTensorV2 [array_to_tensor]
A.ToFloat [array_to_float] max_value=None
A.Resize A.CenterCrop A.RandomCrop [array_resize] height=None, width=None, *args
A.RandomResizedCrop A.PadIfNeeded A.SmallestMaxSize A.LongestMaxSize A.RandomScale A.Crop A.Rotate A.Affine
    A.ShiftScaleRotate A.SafeRotate A.RandomSizedCrop A.Transpose A.RandomRotate90 A.Perspective [array_warp] *args
A.HorizontalFlip A.VerticalFlip A.Flip A.NoOp A.ColorJitter A.RandomBrightnessContrast A.HueSaturationValue
    A.RGBShift A.ChannelShuffle A.CLAHE A.RandomGamma A.GaussianBlur A.GaussNoise A.Blur A.MotionBlur A.MedianBlur
    A.CoarseDropout A.ImageCompression A.Sharpen A.ElasticTransform A.GridDistortion A.OpticalDistortion
    A.BboxParams A.KeypointParams [keep] *args
datasets.MNIST datasets.FashionMNIST datasets.KMNIST datasets.CIFAR10 datasets.CIFAR100 datasets.USPS
    [dataset.vision] root=None, train=True, transform=None, target_transform=None, download=False
datasets.EMNIST [dataset.vision] root, split, train=True, transform=None, target_transform=None, download=False
datasets.QMNIST [dataset.vision] root, what=None, compat=True, train=True, transform=None, target_transform=None,
    download=False
datasets.Omniglot [dataset.vision] root, background=True, transform=None, target_transform=None, download=False
datasets.SVHN datasets.Flowers102 datasets.Food101 [dataset.vision] root, split='train', transform=None,
    target_transform=None, download=False
datasets.STL10 [dataset.vision] root, split='train', folds=None, transform=None, target_transform=None, download=False
datasets.CelebA [dataset.vision] root, split='train', target_type='attr', transform=None, target_transform=None,
    download=False
datasets.LSUN [dataset.vision] root, classes='train', transform=None, target_transform=None
datasets.ImageFolder [dataset.vision] root, transform=None, target_transform=None, loader=None, is_valid_file=None,
    allow_empty=False
datasets.DatasetFolder [dataset.vision] root, loader=None, extensions=None, transform=None, target_transform=None,
    is_valid_file=None, allow_empty=False
datasets.ImageNet [dataset.vision] root, split='train', transform=None, target_transform=None, loader=None
datasets.Caltech101 [dataset.vision] root, target_type='category', transform=None, target_transform=None,
    download=False
datasets.Caltech256 [dataset.vision] root, transform=None, target_transform=None, download=False
datasets.LFWPeople [dataset.vision] root, split='10fold', image_set='funneled', transform=None, target_transform=None,
    download=False
datasets.FakeData [dataset.vision] size=1000, image_size=(3, 224, 224), num_classes=10, transform=None,
    target_transform=None, random_offset=0
"""

_PREFIXES = {
    "transforms": "torchvision.transforms",
    "functional": "torchvision.transforms.functional",
    "datasets": "torchvision.datasets",
    "A": "albumentations",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a dataset holds; None where it depends on the files or is not known.

    `size` is height and width of an image before any transform. `lengths` is the number of samples by the value of the
    parameter `select`. `labelled` is true where a sample is an image and a whole number.
    `ordered_by_class` is true where the samples come class by class. `layout` is the form of the attribute `data`: the
    letters of its dimensions (`NHW`, `NHWC`, `NCHW`), empty where there is none.
    """

    channels: int | None = 3
    size: tuple[int | None, int | None] = (None, None)
    select: str = "train"
    lengths: Mapping[object, int] | None = None
    labelled: bool = True
    ordered_by_class: bool = False
    layout: str = ""


_MNIST_LENGTHS: Mapping[object, int] = {True: 60_000, False: 10_000}
_CIFAR = Contents(size=(32, 32), lengths={True: 50_000, False: 10_000}, layout="NHWC")
_DIGITS = Contents(channels=1, size=(28, 28), lengths=_MNIST_LENGTHS, layout="NHW")
_CONTENTS = {
    "MNIST": _DIGITS,
    "FashionMNIST": _DIGITS,
    "KMNIST": _DIGITS,
    "EMNIST": Contents(channels=1, size=(28, 28), layout="NHW"),
    "QMNIST": Contents(channels=1, size=(28, 28), layout="NHW"),
    "USPS": Contents(channels=1, size=(16, 16), lengths={True: 7_291, False: 2_007}, layout="NHW"),
    "Omniglot": Contents(channels=1, size=(105, 105)),
    "CIFAR10": _CIFAR,
    "CIFAR100": _CIFAR,
    "SVHN": Contents(
        size=(32, 32), select="split", lengths={"train": 73_257, "test": 26_032, "extra": 531_131}, layout="NCHW"
    ),
    "STL10": Contents(
        size=(96, 96),
        select="split",
        lengths={"train": 5_000, "test": 8_000, "unlabeled": 100_000, "train+unlabeled": 105_000},
        layout="NCHW",
    ),
    "CelebA": Contents(
        size=(218, 178),
        select="split",
        lengths={"train": 162_770, "valid": 19_867, "test": 19_962, "all": 202_599},
        labelled=False,
    ),
    "LSUN": Contents(),
    "Flowers102": Contents(select="split", lengths={"train": 1_020, "val": 1_020, "test": 6_149}),
    "Food101": Contents(select="split", lengths={"train": 75_750, "test": 25_250}),
    "ImageFolder": Contents(ordered_by_class=True),
    "DatasetFolder": Contents(channels=None, ordered_by_class=True),
    "ImageNet": Contents(
        ordered_by_class=True, select="split", lengths={"train": 1_281_167, "val": 50_000}
    ),
    "Caltech101": Contents(channels=None, ordered_by_class=True),
    "Caltech256": Contents(channels=None, ordered_by_class=True),
    "LFWPeople": Contents(size=(250, 250)),
    "FakeData": Contents(),
}  # fmt: skip


@cache
def find_vision(qualname: str) -> Operation | None:
    """The operation of a public name of torchvision or albumentations, None if it is not described."""
    public = _find_public_name(qualname)
    row = _index_rows().get(public)
    if row is None:
        return None
    tag, signature = row
    families = tuple(tag.split("."))
    return Operation(
        qualname=public,
        kind=families[-1],
        families=families,
        dim=None,
        params=parse_signature(signature),
        layer=None,
        is_module=False,
        is_method=False,
        in_place=False,
        shape=None,
    )


def find_contents(qualname: str) -> Contents | None:
    """What the images of a dataset of torchvision are, None if it is not described."""
    public = _find_public_name(qualname)
    return _CONTENTS.get(public.rpartition(".")[2]) if public.startswith("torchvision.datasets.") else None


def list_vision() -> tuple[str, ...]:
    """Every name `find_vision` knows."""
    return tuple(_index_rows())


def _find_public_name(qualname: str) -> str:
    """The documented name: `torchvision.transforms.v2.Resize` and `torchvision.datasets.mnist.MNIST` lead to it."""
    package, _, short = qualname.rpartition(".")
    for prefix in ("torchvision.transforms", "torchvision.datasets", "albumentations"):
        if package == prefix or package.startswith(f"{prefix}."):
            inner = ".functional" if "functional" in package.removeprefix(prefix) else ""
            return f"{prefix}{inner}.{short}"
    return qualname


@cache
def _index_rows() -> dict[str, tuple[str, str]]:
    rows: dict[str, tuple[str, str]] = {}
    for line in _TABLE.replace("\n    ", " ").splitlines():
        names, bracket, rest = line.partition(" [")
        if not bracket:
            continue
        tag, _, signature = rest.partition("]")
        for name in names.split():
            prefix, _, short = name.partition(".")
            rows[f"{_PREFIXES[prefix]}.{short}"] = (tag, signature.strip())
    return rows
