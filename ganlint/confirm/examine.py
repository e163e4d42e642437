"""What is true of one built network apart from gradients: its layers, its range, and what its output hangs on.

Every value is one number that a verdict compares with thresholds (`verdicts`); NaN where it could not be had.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from ganlint.confirm.binding import Place, read_places
from ganlint.confirm.building import plant_seed
from ganlint.confirm.inputs import draw_normal, first_tensor
from ganlint.confirm.norms import NORM, rms

_DROPOUT = nn.modules.dropout._DropoutNd  # noqa: SLF001 - the one class that all of them derive from
#: Inputs this many times as large as usual drive a network to the ends of its range.
_WIDE = 30.0
#: Passes that a norm's running statistics are averaged over.
_AVERAGED = 8
Inputs = list[torch.Tensor]


@dataclass(slots=True, kw_only=True)
class LayerRecord:
    """A layer of torch's that was built. `called` counts its calls in one pass; `settings` are its plain attributes.

    `input` is the shape of what it was last given; `bias_share` is its bias's gradient relative to its weight's, None
    where it has none of them. `variance_shift` is the ratio between a norm's running variance and that it meets in eval
    mode, or its inverse.
    """

    path: str
    type: str
    places: list[Place]
    called: int
    settings: dict[str, object]
    input: list[int] = field(default_factory=list)
    bias_share: float | None = None
    variance_shift: float | None = None


@dataclass(slots=True, kw_only=True)
class Examination:
    """One network in training mode. Effects are relative to the standard deviation of its output over the batch.

    `low` and `high` are its output's range, `wide_low` and `wide_high` those for inputs 30 times as large; `rows` is
    how far the sums over dimension 1 of any output are from 1; `eval_noise` how far two passes in eval mode differ.
    `batch_effect` is that of the other samples on the first one, `scale_effect` that of inputs three times as large,
    `concat_effect` that of real samples in the same batch. `leak` is the gradient of the first sample's output with
    respect to the others, relative to that with respect to itself. `variance_shift` is the largest ratio between a
    norm's running variance and the variance it meets in eval mode, or its inverse. `unregistered` are attributes with
    layers it does not know.
    """

    layers: list[LayerRecord] = field(default_factory=list)
    unregistered: list[str] = field(default_factory=list)
    low: float = math.nan
    high: float = math.nan
    wide_low: float = math.nan
    wide_high: float = math.nan
    rows: float = math.nan
    eval_noise: float = math.nan
    batch_effect: float = math.nan
    scale_effect: float = math.nan
    concat_effect: float = math.nan
    leak: float = math.nan


def examine_network(module: nn.Module, make_inputs: Callable[[], Inputs], wanted: Collection[str]) -> Examination:
    """Examine a network for some of `EXAMINATIONS`, in their order.

    `make_inputs` draws inputs, the first of which is what it judges or makes samples of.
    """
    module.train()
    found = Examination(unregistered=list(_list_unregistered(module)))
    for name, examine in EXAMINATIONS.items():
        # A network that cannot take one of these passes is examined by the others.
        with contextlib.suppress(Exception):
            if name in wanted:
                plant_seed(0)
                examine(found, module, make_inputs)
        module.train()
    return found


def list_layers(module: nn.Module) -> list[LayerRecord]:
    """Return torch's own layers of a network, in the order of construction."""
    return [
        LayerRecord(
            path=path, type=f"torch.nn.{type(part).__name__}", places=read_places(part), called=0,
            settings={name: value for name, value in vars(part).items() if _is_setting(name, value)},
        )
        for path, part in module.named_modules()
        if path and type(part).__module__.startswith("torch.nn.modules") and not list(part.children())
    ]  # fmt: skip


def _is_setting(name: str, value: object) -> bool:
    plain = isinstance(value, (bool, int, float, str)) or (
        isinstance(value, tuple) and all(isinstance(item, int) for item in value)
    )
    return plain and not name.startswith("_") and name != "training"


def _list_unregistered(module: nn.Module) -> Iterator[str]:
    known = {id(parameter) for parameter in module.parameters()}
    for path, part in module.named_modules():
        for name, value in vars(part).items():
            held = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
            kept = [item for item in held if isinstance(item, nn.Module)]
            if not name.startswith("_") and any(id(item) not in known for one in kept for item in one.parameters()):
                yield f"{path}.{name}".lstrip(".")


def _examine_layers(found: Examination, module: nn.Module, make_inputs: Callable[[], Inputs]) -> None:
    found.layers = list_layers(module)
    parts = dict(module.named_modules())
    counts: dict[int, int] = {}
    shapes: dict[int, list[int]] = {}

    def count(part: nn.Module, args: tuple[object, ...]) -> None:
        counts[id(part)] = counts.get(id(part), 0) + 1
        if args and isinstance(args[0], torch.Tensor):
            shapes[id(part)] = list(args[0].shape)

    handles = [part.register_forward_pre_hook(count) for part in module.modules()]
    try:
        module.zero_grad(set_to_none=True)
        output = first_tensor(module(*make_inputs()))
        (output * draw_normal(output.shape, output.device)).sum().backward()  # type: ignore[no-untyped-call]  # torch does not type it
    finally:
        for handle in handles:
            handle.remove()
        for layer in found.layers:
            layer.called = counts.get(id(parts[layer.path]), 0)
            layer.input = shapes.get(id(parts[layer.path]), [])
    for layer in found.layers:
        # They may be left out.
        weight, bias = (parts[layer.path]._parameters.get(name) for name in ("weight", "bias"))  # noqa: SLF001
        if weight is not None and bias is not None and weight.grad is not None and bias.grad is not None:
            size = rms(weight.grad)
            layer.bias_share = rms(bias.grad) / size if size > 0 else None


@torch.no_grad()
def _examine_range(found: Examination, module: nn.Module, make_inputs: Callable[[], Inputs]) -> None:
    made = module(*make_inputs())
    output = first_tensor(made)
    found.low, found.high = float(output.min()), float(output.max())
    parts = made if isinstance(made, (tuple, list)) else [made]
    rows = [item for item in parts if isinstance(item, torch.Tensor) and item.dim() > 1 and item.shape[1] > 1]
    found.rows = min(
        (float((item.sum(1) - 1).abs().max()) for item in rows if float(item.min()) >= 0), default=math.inf
    )
    wide = first_tensor(module(*(_WIDE * item if item.is_floating_point() else item for item in make_inputs())))
    found.wide_low, found.wide_high = float(wide.min()), float(wide.max())


@torch.no_grad()
def _examine_eval(found: Examination, module: nn.Module, make_inputs: Callable[[], Inputs]) -> None:
    module.eval()
    inputs = make_inputs()
    first, second = first_tensor(module(*inputs)), first_tensor(module(*inputs))
    found.eval_noise = _compare(first, second, first)


@torch.no_grad()
def _examine_others(found: Examination, module: nn.Module, make_inputs: Callable[[], Inputs]) -> None:
    _silence_dropout(module)
    inputs, others = make_inputs(), make_inputs()
    mixed = [torch.cat([item[:1], other[1:]]) for item, other in zip(inputs, others, strict=True)]
    first, second = first_tensor(module(*inputs)), first_tensor(module(*mixed))
    found.batch_effect = _compare(first[:1], second[:1], first)


@torch.no_grad()
def _examine_scale(found: Examination, module: nn.Module, make_inputs: Callable[[], Inputs]) -> None:
    _silence_dropout(module)
    first, *rest = make_inputs()
    plain, scaled = first_tensor(module(first, *rest)), first_tensor(module(3 * first, *rest))
    found.scale_effect = _compare(plain, scaled, plain)


@torch.no_grad()
def _examine_concat(found: Examination, module: nn.Module, make_inputs: Callable[[], Inputs]) -> None:
    """Compare what the network says of fakes alone with what it says of the same behind real samples."""
    _silence_dropout(module)
    real, *rest = make_inputs()
    fake = 0.5 * draw_normal(real.shape, real.device) + 0.5
    alone = first_tensor(module(fake, *rest))
    both = first_tensor(module(torch.cat([real, fake]), *(torch.cat([item, item]) for item in rest)))
    found.concat_effect = _compare(alone, both[len(real) :], alone)


def _examine_leak(found: Examination, module: nn.Module, make_inputs: Callable[[], Inputs]) -> None:
    _silence_dropout(module)
    first, *rest = make_inputs()
    first.requires_grad_()
    (gradient,) = torch.autograd.grad(first_tensor(module(first, *rest))[0].sum(), first)
    own = float(gradient[0].abs().max())
    found.leak = float(gradient[1:].abs().max()) / own if own > 0 else math.nan


@torch.no_grad()
def _examine_variance(found: Examination, module: nn.Module, make_inputs: Callable[[], Inputs]) -> None:
    """Compare each norm's statistics, averaged over passes with dropout, with what it meets when there is none."""
    norms = {path: part for path, part in module.named_modules() if isinstance(part, NORM) and part.track_running_stats}
    for part in norms.values():
        part.reset_running_stats()
        part.momentum = None
    for _ in range(_AVERAGED):
        module(*make_inputs())
    met: dict[int, list[torch.Tensor]] = {}

    def note(part: nn.Module, args: tuple[Any, ...]) -> None:
        met.setdefault(id(part), []).append(args[0].var([0, *range(2, args[0].dim())]))

    handles = [part.register_forward_pre_hook(note) for part in norms.values()]
    module.eval()
    try:
        for _ in range(_AVERAGED):
            module(*make_inputs())
    finally:
        for handle in handles:
            handle.remove()
    for layer in found.layers:
        norm = norms.get(layer.path)
        if norm is not None and norm.running_var is not None and id(norm) in met:
            kept, meets = float(norm.running_var.mean()), float(torch.stack(met[id(norm)]).mean())
            layer.variance_shift = max(kept / meets, meets / kept) if kept > 0 and meets > 0 else None


#: What can be asked of a network; `variance` adds to what `layers` finds.
EXAMINATIONS: dict[str, Callable[[Examination, nn.Module, Callable[[], Inputs]], None]] = {
    "layers": _examine_layers,
    "range": _examine_range,
    "eval": _examine_eval,
    "others": _examine_others,
    "scale": _examine_scale,
    "concat": _examine_concat,
    "leak": _examine_leak,
    "variance": _examine_variance,
}


def _silence_dropout(module: nn.Module) -> None:
    for part in module.modules():
        if isinstance(part, _DROPOUT):
            part.eval()


def _compare(first: torch.Tensor, second: torch.Tensor, all_of_them: torch.Tensor) -> float:
    spread = float(all_of_them.std())
    return float((first - second).abs().mean()) / spread if spread > 0 else math.nan


def reduce_inputs(inputs: Sequence[torch.Tensor]) -> Inputs:
    """Return at most eight samples: an examination takes about twenty passes."""
    return [item[:8] for item in inputs]
