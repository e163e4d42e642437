"""albumentations: transforms of arrays, called by keyword."""

import albumentations as A
import cv2
from albumentations.pytorch import ToTensorV2
from torch.utils.data import DataLoader, Dataset

half = A.Compose(
    [A.Resize(height=128, width=96), A.HorizontalFlip(p=0.5), A.Normalize((0.5,) * 3, (0.5,) * 3), ToTensorV2()],
    additional_targets={"image0": "image"},
)
photo = A.Compose([A.OneOf([A.Blur(), A.CLAHE()]), A.Normalize(), ToTensorV2()])
whole = A.Compose([A.RandomBrightnessContrast(), ToTensorV2()])
odd = A.Compose([A.Normalize((0.5,) * 3, (0.5,) * 3), A.Lambda(image=print), ToTensorV2()])


class Pictures(Dataset):
    def __init__(self, transform):
        self.transform = transform

    def __getitem__(self, index):
        changed = self.transform(image=cv2.imread("a.png"), image0=cv2.imread("b.png"))
        return changed["image"], changed["image0"]


def show(transform):
    for first, _ in DataLoader(Pictures(transform), batch_size=2):
        return first


reveal_type(show(half))  # revealed: tensor[None, 3, 128, 96] from loader range [-1, 1]
reveal_type(show(photo))  # revealed: tensor[None, 3, None, None] from loader range [-2.1179, 2.64]
reveal_type(show(whole))  # revealed: tensor[None, 3, None, None] from loader range [0, 255]
reveal_type(show(odd))  # revealed: tensor[None, None, None, None] from loader
