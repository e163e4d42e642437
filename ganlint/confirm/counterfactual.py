"""The same network, changed in one thing: what the pass would be with the usual eps, without BatchNorm, or swapped."""

from __future__ import annotations

import copy
from collections.abc import Callable

from torch import nn

from ganlint.confirm.norms import NORM

_ACTIVATIONS = (nn.ReLU, nn.LeakyReLU, nn.ELU, nn.SELU, nn.GELU, nn.SiLU, nn.PReLU, nn.ReLU6, nn.Softplus)
_USUAL_EPS = 1e-5


def set_usual_eps(module: nn.Module) -> int:
    """Give every BatchNorm eps=1e-5; returns how many that changed."""
    changed = 0
    for part in module.modules():
        if isinstance(part, NORM) and part.eps != _USUAL_EPS:
            part.eps = _USUAL_EPS
            changed += 1
    return changed


def remove_norms(module: nn.Module) -> int:
    """Put the identity in the place of every BatchNorm; returns how many that were."""
    changed = 0
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, NORM):
                parent._modules[name] = nn.Identity()  # noqa: SLF001 - setattr refuses the names of a Sequential
                changed += 1
    return changed


def swap_order(module: nn.Module) -> int:
    """Swap every BatchNorm with the activation beside it in its Sequential; returns how many pairs that were."""
    changed = 0
    for parent in [part for part in module.modules() if isinstance(part, nn.Sequential)]:
        names, children = list(parent._modules), list(parent.children())  # noqa: SLF001 - as above
        index = 0
        while index < len(children) - 1:
            pair = children[index], children[index + 1]
            if any(isinstance(a, NORM) and isinstance(b, _ACTIVATIONS) for a, b in (pair, pair[::-1])):
                children[index], children[index + 1] = pair[::-1]
                changed += 1
                index += 2
            else:
                index += 1
        for name, child in zip(names, children, strict=True):
            parent._modules[name] = child  # noqa: SLF001 - as above
    return changed


CHANGES: dict[str, Callable[[nn.Module], int]] = {
    "eps=1e-5": set_usual_eps,
    "swapped": swap_order,
    "without BatchNorm": remove_norms,
}


def change_copy(module: nn.Module, change: Callable[[nn.Module], int]) -> nn.Module | None:
    """Return a changed copy, None where there is nothing to change or the network cannot be copied."""
    try:
        twin = copy.deepcopy(module)
    except Exception:  # noqa: BLE001 - the user's modules may hold what cannot be copied
        return None
    for part in twin.modules():
        if hasattr(part, "inplace"):
            # What stood behind a BatchNorm may now stand where its input is still needed.
            part.inplace = False  # type: ignore[assignment]  # a flag of the activations, which modules type as a module
    return twin if change(twin) else None
