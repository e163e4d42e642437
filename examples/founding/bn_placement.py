import torch
import torch.nn as nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(100, 256),
            nn.BatchNorm1d(256), # INCORRECT PLACEMENT: Before ReLU
            nn.ReLU(),
            nn.Linear(256, 784),
            nn.Tanh()
        )

# ... (Discriminator definition and training loop omitted for brevity) ...
