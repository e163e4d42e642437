"""ganlint reads PyTorch source, understands the GAN training in it, and reports what makes it collapse."""

__version__ = "0.1.0"
