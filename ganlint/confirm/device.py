"""Where networks are run: the CPU, or a CUDA device that is opened before the process is contained.

Weights and inputs are drawn on the CPU and moved, so that both devices measure the same networks.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses

#: What a request asks for where it asks for whatever there is.
AUTO = "auto"


class NoDeviceError(Exception):
    """The device that was asked for cannot be used."""


def open_device(wanted: str, memory_mb: int) -> tuple[str, str]:
    """Return the device to run on, and what is wrong with the one that `auto` passes over.

    Raises NoDeviceError where a device was asked for by name and there is none, or it does not work. At most
    `memory_mb` MB of its memory may be used.
    """
    if wanted == "cpu" or (wanted == AUTO and not torch.cuda.is_available()):
        return "cpu", ""
    device = "cuda" if wanted == AUTO else wanted
    try:
        _warm_up(device, memory_mb)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        if wanted == AUTO:
            return "cpu", f"{device} does not work: {reason}"
        raise NoDeviceError(f"{device} cannot be used: {reason}") from error
    return device, ""


def _warm_up(device: str, memory_mb: int) -> None:
    """Run one small pass: what the device loads at its first use is not what a network costs, nor what it may open."""
    # Rounded products would differ from those of the CPU.
    torch.backends.cudnn.allow_tf32 = False
    image = torch.zeros(1, 1, 8, 8, device=device)
    weight = torch.zeros(1, 1, 3, 3, device=device, requires_grad=True)
    made = F.linear(F.conv2d(image, weight).flatten(1), torch.zeros(1, 36, device=device))
    torch.autograd.grad(made.sum(), weight)
    torch.cuda.synchronize(device)
    total = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, (memory_mb << 20) / total), device)


def list_device_files(device: str) -> list[str]:
    """Return the files that a process must be able to write to for a device: it opens further ones while it runs."""
    return [] if device == "cpu" else sorted(map(str, Path("/dev").glob("nvidia*")))


def use_device(device: str) -> AbstractContextManager[object]:
    """Return a context in which tensors that name no device are made on this one, as a forward pass makes them."""
    return contextlib.nullcontext() if device == "cpu" else torch.device(device)


def use_cpu(device: str) -> AbstractContextManager[object]:
    """Return a context in which tensors are made on the CPU again, inside that of another device."""
    return contextlib.nullcontext() if device == "cpu" else torch.device("cpu")


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that there is no memory left, on the device or beside it."""
    allocator = isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    return allocator or isinstance(error, (MemoryError, torch.cuda.OutOfMemoryError))


def peak_memory(device: str) -> int:
    """Return the most bytes of the device's memory that were in use at once, 0 on the CPU."""
    return 0 if device == "cpu" else torch.cuda.max_memory_allocated(device)
