"""Inputs for a live network: of the shapes that the program gives, else of others that it takes."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from ganlint.confirm.building import NotBuiltError
from ganlint.confirm.candidates import Shapes, find_part, list_candidates
from ganlint.confirm.device import is_out_of_memory
from ganlint.confirm.request import NetworkRequest

#: The batch where the program tells none.
DEFAULT_BATCH = 8
#: Larger batches are measured at this size, that of the cases the thresholds were fixed with.
_LARGEST_BATCH = 16
#: Seconds that one forward pass may take before the pair is measured with smaller batches and images.
_COSTLY = 0.12
#: The least batch and side that the cost of a pass brings about.
_LEAST_BATCH, _LEAST_SIDE = 8, 16
#: Seconds after which a pass that is only tried is given up.
_DEADLINE = 0.5
_IMAGE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNetwork:
    """A network with inputs it takes; `guessed` names what the program does not say, `cost` a forward's seconds.

    `complaint` is what it raises for the shapes that the program gives, where it takes others only.
    """

    module: nn.Module
    shapes: Shapes
    guessed: tuple[str, ...]
    cost: float = 0.0
    complaint: str = ""

    @property
    def batch(self) -> int:
        """The number of samples that it is run with."""
        return self.shapes[0][0]

    @property
    def size(self) -> int:
        """The largest side of the images that go into it, 0 where none do."""
        return max((max(shape[2:]) for shape in self.shapes if len(shape) == _IMAGE), default=0)


def find_inputs(module: nn.Module, request: NetworkRequest, batch: int | None, device: str) -> LiveNetwork:
    """Return the network with shapes that it takes, and what of them is guessed; raises NotBuiltError."""
    failure, certain = "no input fits", False
    for shapes, guessed in list_candidates(module, request, min(batch or DEFAULT_BATCH, _LARGEST_BATCH)):
        live = LiveNetwork(module=module, shapes=shapes, guessed=guessed)
        try:
            live, _ = _time_pass(live, device)
        except _TooCostlyError as error:
            failure = str(error)
            costly = _accept_costly(live, device)
            if costly is None:
                raise NotBuiltError(error.code, failure) from None
            live = costly
        except Exception as error:  # noqa: BLE001 - the user's forward may raise anything
            if "more than 1 value per channel" in str(error) and not guessed and batch:
                # The shape is right and the batch too small: that is what the pass has to say.
                return live
            # What the program's own shapes raise says more than what a guess does.
            failure = failure if certain else f"{type(error).__name__}: {error}"
            certain = certain or not guessed
            continue
        said = failure.splitlines()[0][:200] if certain else ""
        return replace(live, guessed=(*guessed, *(() if batch else ("batch",))), complaint=said)
    raise NotBuiltError("not-run", failure.splitlines()[0][:200])


def lighten_networks(lives: Sequence[LiveNetwork], device: str) -> tuple[LiveNetwork, ...]:
    """Return a network, or a pair, with smaller batches and images as far as it takes them, until a pass is cheap.

    Of batches the norms' statistics are settled long before; of images a network that takes smaller ones works on each
    place alike. Where images were made smaller, `size` is among what is guessed.
    """
    found = tuple(lives)
    for change in (_reduce_batch, *[_halve_images] * 4, _reduce_further):
        if max(live.cost for live in found) <= _COSTLY:
            break
        found = _try_smaller([replace(live, shapes=change(live.shapes)) for live in found], device) or found
    return tuple(
        replace(live, guessed=(*live.guessed, "size")) if live.size != before.size else live
        for live, before in zip(found, lives, strict=True)
    )


def _reduce_batch(shapes: Shapes) -> Shapes:
    return tuple((min(shape[0], _LEAST_BATCH), *shape[1:]) for shape in shapes)


def _reduce_further(shapes: Shapes) -> Shapes:
    return tuple((min(shape[0], 2), *shape[1:]) for shape in shapes)


def _halve_images(shapes: Shapes) -> Shapes:
    return tuple(
        (*shape[:2], *(side // 2 if side > _LEAST_SIDE else side for side in shape[2:]))
        if len(shape) == _IMAGE else shape for shape in shapes
    )  # fmt: skip


def _try_smaller(lives: Sequence[LiveNetwork], device: str) -> tuple[LiveNetwork, ...] | None:
    """Return the networks with what passes cost, the second with images as the first makes them; None if one raises."""
    first, *others = lives
    try:
        first, made = _time_pass(first, device)
        return (first, *(_time_pass(_fit_images(live, tuple(made.shape)), device)[0] for live in others))
    except _TooCostlyError:
        # The next change goes on from here.
        return tuple(replace(live, cost=math.inf) for live in lives)
    except Exception:  # noqa: BLE001 - the user's forward may raise anything
        return None


def _fit_images(live: LiveNetwork, made: tuple[int, ...]) -> LiveNetwork:
    """Give all images that are as large as the first input the size of those that are made."""
    old = live.shapes[0][2:]
    shapes = tuple((*shape[:2], *made[2:]) if shape[2:] == old else shape for shape in live.shapes)
    return replace(live, shapes=shapes) if len(made) == len(live.shapes[0]) == _IMAGE else live


class _TooCostlyError(Exception):
    """A pass takes longer than one that is run many times may, or more memory than there is."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _time_pass(live: LiveNetwork, device: str) -> tuple[LiveNetwork, torch.Tensor]:
    """Run a network forward; returns it with what that costs, and its output."""
    started = time.process_time()

    def look_at_clock(_part: nn.Module, _args: object) -> None:
        if time.process_time() - started > _DEADLINE:
            raise _TooCostlyError("too-large", f"one pass forward takes more than {_DEADLINE:g} s")

    handles = [part.register_forward_pre_hook(look_at_clock) for part in live.module.modules()]
    try:
        with torch.no_grad():
            live.module.train()
            made = run_network(live.module, make_inputs(live.module, live.shapes, device))
    except Exception as error:
        if is_out_of_memory(error):
            raise _TooCostlyError("out-of-memory", "one pass forward takes more memory than there is") from None
        raise
    finally:
        for handle in handles:
            handle.remove()
    return replace(live, cost=time.process_time() - started), made


def _accept_costly(live: LiveNetwork, device: str) -> LiveNetwork | None:
    """Return a network whose pass takes too long, if a smaller one shows that it takes inputs like these."""
    smaller = _reduce_further(live.shapes)
    while True:
        try:
            _time_pass(replace(live, shapes=smaller), device)
        except _TooCostlyError:
            smaller, larger = _halve_images(smaller), smaller
            if smaller == larger:
                return None
        except Exception:  # noqa: BLE001 - the user's forward may raise anything
            return None
        else:
            return replace(live, cost=math.inf)


def make_inputs(module: nn.Module, shapes: Sequence[tuple[int, ...]], device: str) -> list[torch.Tensor]:
    """Return random inputs of these shapes; whole numbers where an embedding would look them up."""
    embedding = find_part(module, nn.Embedding)
    inputs = []
    for shape in shapes:
        if embedding is not None and len(shape) == 1:
            inputs.append(torch.randint(0, embedding.num_embeddings, shape, device="cpu").to(device))
        else:
            inputs.append(draw_normal(shape, device))
    return inputs


def draw_normal(shape: Sequence[int], device: str | torch.device) -> torch.Tensor:
    """Return standard normal numbers, the same on every device: the CPU draws them."""
    return torch.randn(tuple(shape), device="cpu").to(device)


def run_network(module: nn.Module, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the first floating-point tensor of what a network gives; raises ValueError if there is none."""
    return first_tensor(module(*inputs))


def first_tensor(value: object) -> torch.Tensor:
    """Return the first floating-point tensor in a value."""
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return value
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    for part in parts:
        try:
            return first_tensor(part)
        except ValueError:
            continue
    raise ValueError("the network returns no floating-point tensor")
