from torch import nn

from blocks import WIDTH, Residual


class Generator(nn.Module):
    def __init__(self, latent):
        super().__init__()
        self.start = nn.Linear(latent, WIDTH)
        self.middle = Residual(WIDTH)
        self.end = nn.Linear(WIDTH, 2)

    def forward(self, z):
        return self.end(self.middle(self.start(z)))
