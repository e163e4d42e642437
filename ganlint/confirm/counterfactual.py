"""The same networks, changed in one thing: the usual eps, no BatchNorm, another order, logits, or a batch of 64."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from ganlint.confirm.inputs import first_tensor
from ganlint.confirm.norms import NORM, USUAL_EPS, has_unusual_calls, use_usual_eps
from ganlint.confirm.swapping import has_swapped, run_within, swap_order

#: The attribute that marks the Sigmoid at a discriminator's end.
_FINAL = "_ganlint_final"


def set_usual_eps(module: nn.Module) -> int:
    """Give every BatchNorm eps=1e-5, module or function; returns how many that changed."""
    changed = 0
    for part in module.modules():
        if isinstance(part, NORM) and part.eps != USUAL_EPS:
            part.eps = USUAL_EPS
            changed += 1
    if has_unusual_calls():
        changed += 1
        run_within(module, use_usual_eps)
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


@torch.no_grad()
def mark_final_sigmoid(module: nn.Module, inputs: Sequence[torch.Tensor]) -> None:
    """Mark the Sigmoid whose output is the network's own, if there is one: `drop_final_sigmoid` looks for it."""
    outputs: list[tuple[nn.Module, torch.Tensor]] = []
    parts = [part for part in module.modules() if isinstance(part, nn.Sigmoid)]
    handles = [part.register_forward_hook(lambda part, _args, made: outputs.append((part, made))) for part in parts]
    try:
        final = first_tensor(module(*inputs)).flatten() if parts else None
    except Exception:  # noqa: BLE001 - the user's forward may raise anything
        final = None
    finally:
        for handle in handles:
            handle.remove()
    if final is not None and outputs and torch.equal(outputs[-1][1].flatten(), final):
        outputs[-1][0].__dict__[_FINAL] = True


def drop_final_sigmoid(module: nn.Module) -> int:
    """Put the identity in the place of the marked Sigmoid; returns how many places that were."""
    marked = [(parent, name) for parent in module.modules() for name, child in parent.named_children()
              if _FINAL in child.__dict__]  # fmt: skip
    for parent, name in marked:
        parent._modules[name] = nn.Identity()  # noqa: SLF001 - as above
    return len(marked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a pass is run with: the kind of the loss, the batch, and the program's own, which may be larger."""

    loss: str
    batch: int
    own_batch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to change, in copies of the networks (`edit`, that of `role` alone if given) or in the setting.

    `happened` tells of an edited copy that was run whether there was anything to change, where only a pass shows it.
    """

    name: str
    edit: Callable[[nn.Module], int] | None = None
    role: str | None = None
    loss: str | None = None
    batch: int | None = None
    happened: Callable[[nn.Module], bool] = lambda _twin: True

    def adapt(self, setting: Setting, pair: Sequence[nn.Module]) -> Setting | None:
        """Return what the changed pass is run with; None where the change has no meaning there."""
        if self.batch is not None:
            normalizes = any(isinstance(part, NORM) for module in pair for part in module.modules())
            larger = normalizes and setting.own_batch < self.batch
            return replace(setting, batch=self.batch, own_batch=self.batch) if larger else None
        if self.loss is not None:
            return replace(setting, loss=self.loss) if setting.loss in _PROBABILITIES else None
        return setting


#: Losses of probabilities, or of what should be logits.
_PROBABILITIES = ("bce", "bce_with_logits")
CHANGES = (
    Change(name="eps=1e-5", edit=set_usual_eps),
    Change(name="swapped", edit=swap_order, happened=has_swapped),
    Change(name="logits", edit=drop_final_sigmoid, role="discriminator", loss="bce_with_logits"),
    Change(name="without BatchNorm", edit=remove_norms),
    Change(name="batch 64", batch=64),
)


def change_copy(module: nn.Module, change: Change, role: str) -> nn.Module | None:
    """Return a changed copy, None where there is nothing to change or the network cannot be copied."""
    if change.edit is None or change.role not in (None, role):
        return None
    try:
        twin = copy.deepcopy(module)
    except Exception:  # noqa: BLE001 - the user's modules may hold what cannot be copied
        return None
    for part in twin.modules():
        if hasattr(part, "inplace"):
            # What stood behind a BatchNorm may now stand where its input is still needed.
            part.inplace = False  # type: ignore[assignment]  # a flag of the activations, which modules type as a module
    return twin if change.edit(twin) else None
