"""Functions that make tensors: noise, constants, data, and memory nobody filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganlint.torch_api.shape import ShapeFunction

TABLE = """
torch.randn [creation.noise] *size, generator=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False
torch.rand [creation.noise] *size, generator=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False
torch.randn_like torch.rand_like [creation.noise] input, *, generator=None, dtype=None, layout=None, device=None,
    requires_grad=False, memory_format=None
torch.normal [creation.noise] mean, std=1.0, size=None, *, generator=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False, out=None
torch.bernoulli [creation.noise] input, p=None, *, generator=None, out=None
torch.randint [creation.noise.random_integer] low, high=None, size=None, *, generator=None, dtype=None, layout=None,
    device=None, pin_memory=False, requires_grad=False
torch.randint_like [creation.noise.random_integer] input, low, high=None, *, dtype=None, layout=None, device=None,
    requires_grad=False, memory_format=None
torch.randperm [creation.random_permutation] n, *, generator=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False
torch.multinomial [creation.noise.random_integer] input, num_samples, replacement=False, *, generator=None, out=None
torch.ones torch.zeros [creation.constant] *size, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False
torch.full [creation.constant] size, fill_value, *, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False
torch.ones_like torch.zeros_like [creation.constant] input, *, dtype=None, layout=None, device=None,
    requires_grad=False, memory_format=None
torch.full_like [creation.constant] input, fill_value, *, dtype=None, layout=None, device=None, requires_grad=False,
    memory_format=None
Tensor.new_ones Tensor.new_zeros [creation.constant] input, *size, dtype=None, device=None, requires_grad=False,
    layout=None, pin_memory=False
Tensor.new_full [creation.constant] input, size, fill_value, *, dtype=None, device=None, requires_grad=False,
    layout=None, pin_memory=False
Tensor.new_tensor [creation.tensor] input, data, *, dtype=None, device=None, requires_grad=False, layout=None,
    pin_memory=False
Tensor.new [creation.uninitialised] input, *size
Tensor.new_empty [creation.uninitialised] input, *size, dtype=None, device=None, requires_grad=False, layout=None,
    pin_memory=False
torch.empty [creation.uninitialised] *size, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False, memory_format=None
torch.empty_like [creation.uninitialised] input, *, dtype=None, layout=None, device=None, requires_grad=False,
    memory_format=None
torch.Tensor torch.FloatTensor torch.DoubleTensor torch.HalfTensor torch.LongTensor torch.IntTensor torch.ByteTensor
    torch.BoolTensor torch.cuda.FloatTensor torch.cuda.DoubleTensor torch.cuda.HalfTensor torch.cuda.LongTensor
    torch.cuda.IntTensor torch.cuda.ByteTensor torch.cuda.BoolTensor [creation.uninitialised] *data
torch.tensor [creation.tensor] data, *, dtype=None, device=None, requires_grad=False, pin_memory=False
torch.as_tensor torch.asarray [creation.tensor] data, dtype=None, device=None
torch.from_numpy [creation.tensor] ndarray
torch.eye [creation.eye] n, m=None, *, out=None, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False
torch.arange [creation.range] start=0, end=None, step=1, *, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False
torch.linspace [creation.range] start, end, steps, *, out=None, dtype=None, layout=None, device=None,
    pin_memory=False, requires_grad=False
"""

SHAPES: dict[str, ShapeFunction] = {}
