"""The networks of one request, alive: built, run with several seeds, and run again with one thing changed.

Passes that can be left out (further seeds, counterfactuals) are not begun once a tenth of the request's time is used
up; what was left out is said.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

import torch
import torch.nn.functional as F  # noqa: N812 - the name that the documentation uses
from torch import nn

from ganlint.confirm.binding import bind_layers
from ganlint.confirm.building import (
    NotBuiltError,
    StandInDiscriminator,
    StandInGenerator,
    build_network,
    plant_seed,
)
from ganlint.confirm.candidates import Shapes
from ganlint.confirm.counterfactual import CHANGES, Setting, change_copy, mark_final_sigmoid
from ganlint.confirm.device import use_cpu, use_device
from ganlint.confirm.examine import examine_network, reduce_inputs
from ganlint.confirm.inputs import (
    LiveNetwork,
    draw_normal,
    find_inputs,
    lighten_networks,
    make_inputs,
    run_network,
)
from ganlint.confirm.judge import judge_pair
from ganlint.confirm.loading import ProgramFinder, take_defaults
from ganlint.confirm.measure import PairRecord, measure_pair
from ganlint.confirm.norms import watch_functional
from ganlint.confirm.request import ROLES, NetworkRequest, ProbeRequest
from ganlint.confirm.swapping import watch_activations
from ganlint.confirm.training import make_optimizer, take_steps

Say = Callable[..., None]
#: The part of a request's time after which no pass is begun that can be left out.
_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A network of the pair with what was asked for."""

    request: NetworkRequest
    live: LiveNetwork


class LiveProgram:
    """Builds the networks of a request and measures them; every answer is said at once."""

    def __init__(self, request: ProbeRequest, say: Say) -> None:
        self.request = request
        self.say = say
        self.finder = ProgramFinder(request.roots)
        self._started = time.process_time()
        sys.meta_path.insert(0, self.finder)
        take_defaults()
        bind_layers(self.finder.files)
        watch_functional()
        watch_activations()

    def run(self) -> None:
        """Build, then measure what could be built; raises what the passes raise."""
        with use_device(self.request.device):
            self._run_all()

    def _run_all(self) -> None:
        players: dict[str, Player] = {}
        for network in self.request.networks:
            live = self._build(network)
            if live is not None:
                players.setdefault(network.role or "generator", Player(request=network, live=live))
        if players:
            self._measure(players)

    def _build(self, network: NetworkRequest) -> LiveNetwork | None:
        plant_seed(0)
        try:
            module, guessed = self._construct(network)
            live = find_inputs(module, network, self.request.batch_size, self.request.device)
        except NotBuiltError as error:
            self._say_built(network, code=error.code, message=str(error))
            return None
        live = replace(live, guessed=(*live.guessed, *guessed))
        self._say_built(network, guessed=live.guessed, message=live.complaint)
        return live

    def _construct(self, network: NetworkRequest) -> tuple[nn.Module, tuple[str, ...]]:
        """Build a network on the CPU, whose random numbers its weights are on every device, and move it."""
        with use_cpu(self.request.device):
            module, guessed = build_network(network, self.finder)
        return module.to(self.request.device), guessed

    def _say_built(
        self, network: NetworkRequest, *, code: str = "", message: str = "", guessed: tuple[str, ...] = ()
    ) -> None:
        self.say(
            stage="built", name=network.name, role=network.role, ok=not code, code=code, message=message,
            guessed=guessed,
        )  # fmt: skip

    def _measure(self, players: dict[str, Player]) -> None:
        players = self._lighten(players)
        left = list(self._measure_all(players))
        if left:
            self.say(stage="left_out", passes=left)

    def _lighten(self, players: dict[str, Player]) -> dict[str, Player]:
        roles = [role for role in ROLES if role in players]
        lives = [players[role].live for role in roles]
        lighter = lighten_networks(lives, self.request.device)
        size, smaller = (max(live.size for live in group) for group in (lives, lighter))
        if size != smaller:
            self.say(stage="reduced", size=[size, smaller])
        return {role: replace(players[role], live=live) for role, live in zip(roles, lighter, strict=True)}

    def _measure_all(self, players: dict[str, Player]) -> Iterator[str]:
        """Measure the first seed, what would change it, then the other seeds; yields what there was no time for."""
        setting = self._find_setting(players)
        pair = self._make_pair(players, 0)
        first = self._run_seed(players, pair, 0, setting)
        if not first.raised:
            yield from self._measure_changes(players, pair, first, setting)
        if self.request.examine:
            self._examine(players)
        for seed in range(1, self.request.seeds):
            if not self._has_time():
                yield f"seed {seed}"
                continue
            self._run_seed(players, self._make_pair(players, seed), seed, setting)
        if self.request.steps and not first.raised:
            self._measure_after_steps(players, setting)

    def _examine(self, players: dict[str, Player]) -> None:
        device = self.request.device
        for role, player in players.items():
            plant_seed(0)
            module = self._make(players, role)
            shapes = player.live.shapes

            def draw(module: nn.Module = module, shapes: Shapes = shapes, role: str = role) -> list[torch.Tensor]:
                inputs = reduce_inputs(make_inputs(module, shapes, device))
                return [make_sample(inputs[0]), *inputs[1:]] if role == "discriminator" else inputs

            self.say(
                stage="examined", name=player.request.name, role=player.request.role,
                record=asdict(examine_network(module, draw, self.request.examine)),
            )  # fmt: skip

    def _find_setting(self, players: dict[str, Player]) -> Setting:
        loss = (self.request.loss if len(players) == len(ROLES) else None) or "bce_with_logits"
        batch = next(iter(players.values())).live.batch
        return Setting(loss=loss, batch=batch, own_batch=max(self.request.batch_size or batch, batch))

    def _has_time(self) -> bool:
        return time.process_time() - self._started < self.request.seconds * _SHARE

    def _make_pair(self, players: dict[str, Player], seed: int) -> tuple[nn.Module, nn.Module]:
        plant_seed(seed)
        return self._make(players, "generator"), self._make(players, "discriminator")

    def _make(self, players: dict[str, Player], role: str) -> nn.Module:
        """Return a new network of a role, or what stands in for it where the program has none."""
        device = self.request.device
        if role in players:
            return self._construct(players[role].request)[0]
        (other,) = players.values()
        if role == "generator":
            return StandInGenerator(other.live.shapes[0]).to(device)
        made = run_network(other.live.module, make_inputs(other.live.module, other.live.shapes, device))
        return StandInDiscriminator(tuple(made.shape)).to(device)

    def _measure_after_steps(self, players: dict[str, Player], setting: Setting) -> None:
        """Train the first pair for some steps, and run one more pass."""
        pair = self._make_pair(players, 0)
        for module in pair:
            module.train()
        made = [
            make_optimizer(module, self.request.optimizers.get(role)) for module, role in zip(pair, ROLES, strict=True)
        ]
        make_noise, make_real = self._prepare_inputs(players, pair, setting)
        take_steps(pair, [optimizer for optimizer, _ in made], make_noise, make_real, setting.loss, self.request.steps)
        record = self._run(players, pair, self.request.steps, setting)
        self.say(
            stage="after_steps", steps=self.request.steps, record=asdict(record),
            symptoms=[asdict(item) for item in judge_pair(record)], guessed=not all(own for _, own in made),
        )  # fmt: skip

    def _run(
        self, players: dict[str, Player], pair: tuple[nn.Module, nn.Module], seed: int, setting: Setting
    ) -> PairRecord:
        """Run one pass; inputs are drawn anew from the seed."""
        plant_seed(seed)
        make_noise, make_real = self._prepare_inputs(players, pair, setting)
        scale = setting.own_batch / setting.batch
        return measure_pair(pair[0], pair[1], make_noise, make_real, setting.loss, scale=scale)

    def _prepare_inputs(
        self, players: dict[str, Player], pair: tuple[nn.Module, nn.Module], setting: Setting
    ) -> tuple[Callable[[], list[torch.Tensor]], Callable[[torch.Tensor], list[torch.Tensor]]]:
        """Return what draws noise, and what draws the discriminator's inputs for fakes that it is given."""
        device = self.request.device
        judge = players.get("discriminator")
        given = players["generator"].live.shapes if "generator" in players else judge.live.shapes[:1] if judge else ()
        noise = [(setting.batch, *shape[1:]) for shape in given]
        conditions = [(setting.batch, *shape[1:]) for shape in (judge.live.shapes[1:] if judge else ())]

        def make_real(fake: torch.Tensor) -> list[torch.Tensor]:
            return [make_sample(fake), *make_inputs(pair[1], conditions, device)]

        return lambda: make_inputs(pair[0], noise, device), make_real

    def _run_seed(
        self, players: dict[str, Player], pair: tuple[nn.Module, nn.Module], seed: int, setting: Setting
    ) -> PairRecord:
        record = self._run(players, pair, seed, setting)
        symptoms = [asdict(item) for item in judge_pair(record)]
        self.say(stage="pair", seed=seed, record=asdict(record), symptoms=symptoms)
        return record

    def _measure_changes(
        self, players: dict[str, Player], pair: tuple[nn.Module, nn.Module], first: PairRecord, setting: Setting
    ) -> Iterator[str]:
        before = first_gradients(first)
        if "discriminator" in players:
            shapes = players["discriminator"].live.shapes
            mark_final_sigmoid(pair[1], make_inputs(pair[1], shapes, self.request.device))
        for change in CHANGES:
            if not self._has_time():
                yield change.name
                continue
            changed = change.adapt(setting, pair)
            twins = [change_copy(module, change, role) for module, role in zip(pair, ROLES, strict=True)]
            if changed is None or (change.edit is not None and not any(twins)):
                continue
            after = self._run(players, (twins[0] or pair[0], twins[1] or pair[1]), 0, changed)
            if change.edit is not None and not any(change.happened(twin) for twin in twins if twin is not None):
                continue
            self.say(
                stage="counterfactual", change=change.name, before=before, after=first_gradients(after),
                blind=[first.blind, after.blind], raised=after.raised,
                gradients={"generator": after.generator.gradients, "discriminator": after.discriminator.gradients},
            )  # fmt: skip


def make_sample(fake: torch.Tensor) -> torch.Tensor:
    """Return smooth samples of the fakes' shape between -1 and 1: neither noise nor constant."""
    if fake.dim() == 4:  # noqa: PLR2004 - images
        count, channels, height, width = fake.shape
        low = draw_normal((count, channels, max(2, height // 8), max(2, width // 8)), fake.device)
        return torch.tanh(1.5 * F.interpolate(low, size=(height, width), mode="bilinear", align_corners=False))
    return torch.tanh(draw_normal(fake.shape, fake.device))


def first_gradients(record: PairRecord) -> dict[str, float | None]:
    """Return the gradient of each network's first weight matrix."""
    return {role: getattr(record, role).first_gradient for role in ROLES}
