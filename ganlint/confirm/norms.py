"""What every BatchNorm of a network does to the values and the gradient that pass it, module or function alike.

Gradients are read with hooks on tensors: `register_full_backward_hook` raises behind an in-place activation
(https://github.com/pytorch/pytorch/issues/61519). A BatchNorm's input is replaced by an alias of itself, so that the
gradient that flows past it through a skip connection is not counted as its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses
from torch import nn

from ganlint.confirm.binding import Place, find_caller, read_places

if TYPE_CHECKING:
    from torch.utils.hooks import RemovableHandle

NORM = nn.modules.batchnorm._BatchNorm  # noqa: SLF001 - the one class that all of them derive from
_DEAD_VARIANCE = 1e-10
#: Below it, the squares of a float32 vector's values may have no place in float32.
_SMALL_NORM = 1e-15


@dataclass(slots=True, kw_only=True)
class NormRecord:
    """What one call of a BatchNorm does to what passes it.

    `values` is the number of values per channel at the program's own batch size; `shrink` the median of sqrt(var / (var
    + eps)), which is 1 where eps does not matter; `dead` the share of channels whose variance is 0; `gamma` the mean
    size of its scales, of which the share `gamma_zero` is 0. `gradient_in` and `gradient_out` are the root mean squares
    of the gradient in front of it and behind it, 0 where none arrives; `gamma_gradient` and `beta_gradient` those of
    its scale and shift, None where it has none. `survive` is what the projection leaves of the gradient, 1 where it
    takes nothing (scale-free). `places` are the lines of the program that built it, or that call the function.
    """

    path: str
    kind: str
    values: int
    eps: float
    variance: float
    shrink: float
    dead: float
    gamma_zero: float
    gamma: float
    places: list[Place] = field(default_factory=list)
    gradient_in: float = 0.0
    gradient_out: float = 0.0
    gamma_gradient: float | None = None
    beta_gradient: float | None = None
    survive: float = math.nan


def rms(tensor: torch.Tensor) -> float:
    """Return the root mean square of a tensor, NaN where it is not finite."""
    return find_norm(tensor) / math.sqrt(tensor.numel()) if tensor.numel() else 0.0


def find_norm(tensor: torch.Tensor) -> float:
    """Return the Euclidean norm of a tensor; in double precision only where single cannot hold it, which is slow."""
    found = float(torch.linalg.vector_norm(tensor.detach()))
    if found < _SMALL_NORM or math.isinf(found):
        return float(torch.linalg.vector_norm(tensor.detach(), dtype=torch.float64))
    return found


class NormWatch:
    """Records every call of a BatchNorm of a network while it is open.

    `scale` is how many times the program's batch is larger than the one measured.
    """

    def __init__(self, module: nn.Module, *, scale: float = 1.0) -> None:
        self.records: list[NormRecord] = []
        self._scale = scale
        self._paths = {id(part): path for path, part in module.named_modules()}
        #: Whether the network runs, and whether one of its BatchNorm modules does.
        self._running = self._inside = False
        self._handles: list[RemovableHandle] = [
            module.register_forward_pre_hook(lambda _part, _args: self._set_running(value=True)),
            module.register_forward_hook(lambda _part, _args, _output: self._set_running(value=False)),
        ]
        for path, part in module.named_modules():
            if isinstance(part, NORM):
                self._handles.append(part.register_forward_pre_hook(self._watch_input(path)))
                self._handles.append(part.register_forward_hook(self._watch_output()))
        watch_functional()
        _open.append(self)

    def _set_running(self, *, value: bool) -> None:
        self._running = value

    def _watch_input(self, path: str) -> Callable[[nn.Module, tuple[Any, ...]], object]:
        def hook(part: nn.Module, args: tuple[Any, ...]) -> object:
            self._inside = True
            if not isinstance(args[0], torch.Tensor):
                return None
            gamma, beta = (part._parameters.get(name) for name in ("weight", "bias"))  # noqa: SLF001 - may be left out
            _, given = self._start(
                args[0], path=path, kind=type(part).__name__, places=read_places(part),
                eps=float(part.eps), gamma=gamma, beta=beta,  # type: ignore[arg-type]  # modules type attributes loosely
            )  # fmt: skip
            return (given, *args[1:])

        return hook

    def _watch_output(self) -> Callable[[nn.Module, tuple[Any, ...], object], None]:
        def hook(_part: nn.Module, _args: tuple[Any, ...], output: object) -> None:
            self._inside = False
            if self.records:
                self._end(self.records[-1], output)

        return hook

    def _start(
        self,
        given: torch.Tensor,
        *,
        gamma: torch.Tensor | None,
        beta: torch.Tensor | None,
        eps: float,
        path: str,
        kind: str,
        places: list[Place],
    ) -> tuple[NormRecord, torch.Tensor]:
        """Describe what goes into a BatchNorm; returns the record, and what is to go into it instead."""
        variance = given.detach().float().var([0, *range(2, given.dim())], unbiased=False)
        record = NormRecord(
            values=round(given.numel() // max(given.shape[1], 1) * self._scale),
            eps=eps,
            variance=float(variance.median()),
            shrink=float((variance / (variance + eps)).sqrt().median()),
            dead=float((variance < _DEAD_VARIANCE).float().mean()),
            gamma_zero=float((gamma.detach() == 0).float().mean()) if gamma is not None else 0.0,
            gamma=float(gamma.detach().abs().mean()) if gamma is not None else 1.0,
            path=path,
            kind=kind,
            places=places,
        )
        self.records.append(record)
        for name, parameter in (("gamma_gradient", gamma), ("beta_gradient", beta)):
            if parameter is not None and parameter.requires_grad:
                setattr(record, name, 0.0)
                self._hook(parameter, partial(_note_parameter, record, name))
        if not given.requires_grad:
            return record, given
        alias = given.view_as(given)
        scale = gamma.detach() if gamma is not None else None
        self._hook(alias, lambda gradient: _note_input(record, scale, variance, gradient))
        return record, alias

    def _end(self, record: NormRecord, output: object) -> None:
        if isinstance(output, torch.Tensor) and output.requires_grad:
            self._hook(output, lambda gradient: _note_output(record, gradient))

    def _hook(self, tensor: torch.Tensor, note: Callable[[torch.Tensor], None]) -> None:
        self._handles.append(tensor.register_hook(note))  # type: ignore[no-untyped-call]  # torch does not type it

    def watches_call(self) -> bool:
        """Return whether a functional batch_norm that is called now is this network's own."""
        return self._running and not self._inside

    def run_function(
        self, function: Callable[..., torch.Tensor], given: torch.Tensor, arguments: dict[str, Any]
    ) -> torch.Tensor:
        """Call a functional batch_norm and record what it does."""
        caller, places = find_caller()
        path = self._paths.get(id(caller), "")
        record, given = self._start(
            given, path=f"{path}.batch_norm".lstrip("."), kind="batch_norm", places=places, eps=float(arguments["eps"]),
            gamma=arguments["weight"], beta=arguments["bias"],
        )  # fmt: skip
        output = function(given, **arguments)
        self._end(record, output)
        return output

    def close(self) -> None:
        """Take the hooks off."""
        for handle in self._handles:
            handle.remove()
        _open.remove(self)
        _behind.clear()


#: The watches that are open, and whether functional calls reach them.
_open: list[NormWatch] = []
#: The eps that torch takes where none is given, those of functional calls that differ, and whether these are overruled.
USUAL_EPS = 1e-5
_unusual: set[float] = set()
_usual: list[bool] = []
#: The gradient behind a norm, until the one in front of it has arrived.
_behind: dict[int, torch.Tensor] = {}


def has_unusual_calls() -> bool:
    """Tell whether a pass has called `torch.nn.functional.batch_norm` with another eps than the usual one."""
    return bool(_unusual)


@contextmanager
def use_usual_eps() -> Iterator[None]:
    """Let calls of `torch.nn.functional.batch_norm` have the usual eps while this lasts."""
    _usual.append(True)
    try:
        yield
    finally:
        _usual.pop()


def watch_functional() -> None:
    """From now on, let calls of `torch.nn.functional.batch_norm` outside a BatchNorm module be recorded.

    A program that binds the function to a name of its own does so while it is loaded: call this before.
    """
    original = F.batch_norm
    if hasattr(original, "watched"):
        return

    @wraps(original)
    def batch_norm(  # noqa: PLR0913, PLR0917 - the signature is torch's
        input: torch.Tensor,  # noqa: A002 - torch's name
        running_mean: torch.Tensor | None = None,
        running_var: torch.Tensor | None = None,
        weight: torch.Tensor | None = None,
        bias: torch.Tensor | None = None,
        training: bool = False,  # noqa: FBT001, FBT002 - torch's signature
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> torch.Tensor:
        arguments: dict[str, Any] = {
            "running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias,
            "training": training, "momentum": momentum, "eps": eps,
        }  # fmt: skip
        if training and eps != USUAL_EPS:
            _unusual.add(eps)
            if _usual:
                arguments["eps"] = USUAL_EPS
        watch = next((item for item in _open if item.watches_call()), None) if training else None
        return watch.run_function(original, input, arguments) if watch is not None else original(input, **arguments)

    batch_norm.watched = True  # type: ignore[attr-defined]  # so that it is not wrapped twice
    F.batch_norm = batch_norm


def _note_parameter(record: NormRecord, name: str, gradient: torch.Tensor) -> None:
    setattr(record, name, rms(gradient))


def _note_output(record: NormRecord, gradient: torch.Tensor) -> None:
    record.gradient_out = rms(gradient)
    _behind[id(record)] = gradient.detach()


def _note_input(record: NormRecord, gamma: torch.Tensor | None, variance: torch.Tensor, gradient: torch.Tensor) -> None:
    record.gradient_in = rms(gradient)
    behind = _behind.pop(id(record), None)
    if behind is None:
        return
    scale = (variance + record.eps).rsqrt() * (1 if gamma is None else gamma.float())
    # The norm of each channel, then of all of them scaled: no scaled copy of the gradient is needed.
    others = [0, *range(2, behind.dim())]
    channels = torch.linalg.vector_norm(behind, dim=others)
    if float(channels.max()) < _SMALL_NORM:
        channels = torch.linalg.vector_norm(behind, dim=others, dtype=torch.float64)
    passed = float((channels * scale.abs()).norm())
    record.survive = find_norm(gradient) / passed if passed > 0 else math.nan
