"""Facts for people: the networks with their layers, and the training program around them."""

from __future__ import annotations

from collections.abc import Mapping

from ganlint.report.color import paint
from ganlint.report.run import FactsRun
from ganlint.sheet import FileSheet, LayerSheet, NetworkSheet, ValueSheet


def render(run: FactsRun, *, color: bool = False) -> str:
    """Return the facts of a run; files without any are left out."""
    blocks = [block for sheet in run.sheets if (block := _render_file(sheet, color=color))]
    text = "\n".join("\n".join(block) + "\n" for block in blocks)
    problems = [f"{item.path}:{item.line}:{item.column}: problem: {item.message}" for item in run.problems]
    if problems:
        text += ("\n" if text else "") + "\n".join(problems) + "\n"
    return text or "No facts.\n"


def _render_file(sheet: FileSheet, *, color: bool) -> list[str]:
    lines: list[str] = []
    for network in sheet.networks:
        lines += _render_network(network, sheet.path, color=color)
    for loader in sheet.loaders:
        size = _spell_value(loader.batch_size, sheet.path)
        feeds = f" feeds {', '.join(loader.feeds)}" if loader.feeds else ""
        rest = "".join(
            f", {name}={value.value!r}"
            for name, value in (("shuffle", loader.shuffle), ("drop_last", loader.drop_last))
            if value.confidence is not None
        )
        lines.append(f"  loader (line {loader.span.line}): batch_size={size}{rest}{feeds}")
    for loss in sheet.losses:
        lines.append(f"  loss {_shorten(loss.type)}({_spell_args(loss.args)}) (line {loss.span.line})")
    for optimizer in sheet.optimizers:
        holds = f" of {', '.join(optimizer.networks)}" if optimizer.networks else ""
        settings = "".join(
            f", {name}={_spell_value(value, sheet.path)}"
            for name, value in (("lr", optimizer.lr), ("betas", optimizer.betas))
            if value.confidence is not None
        )
        lines.append(f"  optimizer {_shorten(optimizer.type)} (line {optimizer.span.line}){holds}{settings}")
    for update in sheet.updates:
        reaches = ", ".join(update.gradient_reaches) or "no network"
        lines.append(
            f"  update (line {update.span.line}): {_shorten(update.optimizer)} of line {update.optimizer_line} steps "
            f"{', '.join(update.networks) or 'an unknown network'}; the gradient reaches {reaches}"
        )
        for target in update.targets:
            value = "an unknown target" if target.value is None else f"target {target.value:g}"
            lines.append(
                f"      line {target.line}: {target.judge or 'a network'} on {target.input or 'unknown'} input, {value}"
            )
    return [paint(sheet.path, "bold", color=color), *lines] if lines else []


def _render_network(network: NetworkSheet, path: str, *, color: bool) -> list[str]:
    role = "critic" if network.critic else network.role or "no role known"
    reason = f": {network.role_reason}" if network.role_reason else ""
    remarks = [
        words
        for holds, words in (
            (network.assumed, "constructed with its defaults: no program does"),
            (network.part_of_other, "part of another network"),
            (network.by_default, "what its defaults make"),
            (not network.complete, "its forward pass was not followed to the end"),
        )
        if holds
    ]
    lines = [f"  {paint(network.name, 'info', color=color)} (line {network.span.line}), {role}{reason}"]
    lines += [f"    ({remark})" for remark in remarks]
    width = max((len(layer.path) for layer in network.layers), default=0)
    lines += [_render_layer(layer, width, path) for layer in network.layers]
    if network.flow:
        lines.append(f"    flow: {_spell_flow(network.flow)}")
    return lines


def _render_layer(layer: LayerSheet, width: int, path: str) -> str:
    place = f"line {layer.line}" if layer.file == path else f"{layer.file}:{layer.line}"
    remarks = "".join(
        f", {words}"
        for holds, words in (
            (not layer.certain, "perhaps"),
            (not layer.registered, "not registered"),
            (layer.shared, "shared"),
        )
        if holds
    )
    return f"    {layer.path:<{width}}  {_shorten(layer.type)}({_spell_args(layer.args)})  ({place}{remarks})"


def _spell_flow(flow: tuple[tuple[str, str], ...]) -> str:
    """Write edges as chains where they are chains: `a -> b -> c, b -> d`."""
    chains: list[list[str]] = []
    for start, end in flow:
        if chains and chains[-1][-1] == start:
            chains[-1].append(end)
        else:
            chains.append([start, end])
    return ", ".join(" -> ".join(_shorten(name) for name in chain) for chain in chains)


def _spell_value(value: ValueSheet, path: str) -> str:
    if value.confidence is None:
        return "unknown"
    place = f"line {value.line}" if value.path == path else f"{value.path}:{value.line}"
    return f"{value.value!r} ({value.origin}, {place})"


def _spell_args(args: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in args.items())


def _shorten(name: str) -> str:
    """Write `torch.nn.Linear` as `Linear`; attribute paths of layers stay whole."""
    return name.rpartition(".")[2] if name.startswith("torch.") else name
