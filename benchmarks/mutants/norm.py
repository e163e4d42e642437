"""Defects of normalisation."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from benchmarks.mutants.layers import (
    ACTIVATIONS,
    NORMS,
    WEIGHTED,
    Layer,
    add_argument,
    insert_behind,
    insert_in_front,
    is_decided,
    is_first_chain,
    list_chains,
    list_layers,
    rename,
)
from benchmarks.mutants.operators import operator
from benchmarks.mutants.programs import Program
from benchmarks.mutants.roles import D, G
from benchmarks.mutants.tree import Code, Mutant

OTHER_DIM = {"BatchNorm1d": "BatchNorm2d", "BatchNorm2d": "BatchNorm1d", "BatchNorm3d": "BatchNorm2d"}


@operator("bn-eps", "bn-suspicious-eps")
def set_eps(program: Program) -> Iterator[Mutant]:
    """`BatchNorm2d(n)` becomes `BatchNorm2d(n, 0.8)`"""
    for code, definition, layer in _list_norms(program):
        if len(layer.call.args) == 1 and not layer.call.keywords:
            yield code.mutate([add_argument(code, layer.call, "0.8")], definition)


@operator("bn-momentum", "bn-suspicious-momentum")
def set_momentum(program: Program) -> Iterator[Mutant]:
    """`BatchNorm2d(n)` becomes `BatchNorm2d(n, momentum=0.9)`"""
    for code, definition, layer in _list_norms(program):
        if not layer.call.keywords:
            yield code.mutate([add_argument(code, layer.call, "momentum=0.9")], definition)


@operator("bn-dimension", "bn-shape-mismatch")
def change_dimension(program: Program) -> Iterator[Mutant]:
    """The BatchNorm directly behind a convolution or Linear gets another dimension"""
    for code, definition, _, layer in _list_norms_behind_weights(program):
        yield code.mutate([rename(code, layer, OTHER_DIM[layer.kind])], definition)


@operator("bn-channels", "bn-shape-mismatch")
def change_channels(program: Program) -> Iterator[Mutant]:
    """The BatchNorm directly behind a convolution or Linear is given twice the channels"""
    for code, definition, source, layer in _list_norms_behind_weights(program):
        size = layer.get_size(code, 0, "num_features")
        if size == source.read_out(code) and layer.call.args:
            yield code.mutate([code.replace(layer.call.args[0], f"2 * ({size})")], definition)


@operator("bn-before-tanh", "bn-before-tanh-output")
def normalize_before_tanh(program: Program) -> Iterator[Mutant]:
    """A BatchNorm is put between the generator's last layer and its Tanh"""
    for code, definition, source, tanh in _list_outputs(program):
        norm = f"{source.prefix}BatchNorm{source.dim}({source.read_out(code)})"
        yield code.mutate([insert_in_front(code, tanh, norm)], definition)


@operator("bn-after-tanh", "bn-after-tanh")
def normalize_after_tanh(program: Program) -> Iterator[Mutant]:
    """A BatchNorm is put behind the generator's Tanh"""
    for code, definition, source, tanh in _list_outputs(program):
        norm = f"{source.prefix}BatchNorm{source.dim}({source.read_out(code)})"
        yield code.mutate([insert_behind(code, tanh, norm)], definition)


@operator("bn-on-d-input", "bn-on-discriminator-input")
def normalize_input(program: Program) -> Iterator[Mutant]:
    """A BatchNorm becomes the discriminator's first layer"""
    for code, definition, layer in _list_inputs(program):
        norm = f"{layer.prefix}BatchNorm{layer.dim}({layer.read_in(code)})"
        yield code.mutate([insert_in_front(code, layer, norm)], definition)


@operator("bn-in-first-d-block", "bn-on-discriminator-input")
def normalize_first_block(program: Program) -> Iterator[Mutant]:
    """A BatchNorm is put between the discriminator's first layer and its activation"""
    for code, definition, layer in _list_inputs(program):
        norm = f"{layer.prefix}BatchNorm{layer.dim}({layer.read_out(code)})"
        yield code.mutate([insert_behind(code, layer, norm)], definition)


@operator("bn-before-logit", "bn-pins-discriminator-mean")
def normalize_before_logit(program: Program) -> Iterator[Mutant]:
    """A BatchNorm is put in front of the Linear that makes the discriminator's one logit"""
    for code, definition, layer in list_logits(program):
        if layer.kind == "Linear":
            norm = f"{layer.prefix}BatchNorm1d({layer.read_in(code)})"
            yield code.mutate([insert_in_front(code, layer, norm)], definition)


@operator("bn-last-in-d", "bn-pins-discriminator-mean")
def normalize_logit(program: Program) -> Iterator[Mutant]:
    """A BatchNorm is put behind the layer that makes the discriminator's one logit"""
    for code, definition, layer in list_logits(program):
        yield code.mutate([insert_behind(code, layer, f"{layer.prefix}BatchNorm{layer.dim}(1)")], definition)


@operator("instance-norm-behind-linear", "instance-norm-degenerate")
def use_instance_norm(program: Program) -> Iterator[Mutant]:
    """The BatchNorm1d behind a Linear becomes an InstanceNorm1d"""
    for code, definition, source, layer in _list_norms_behind_weights(program):
        if source.kind == "Linear":
            yield code.mutate([rename(code, layer, "InstanceNorm1d")], definition)


@operator("bn-in-penalised-critic", "bn-in-gradient-penalty-critic")
def normalize_critic(program: Program) -> Iterator[Mutant]:
    """A BatchNorm is put into a critic whose gradient is penalised"""
    if not re.search(r"create_graph\s*=\s*True", program.text):
        return
    for code, definition in program.list_classes(D):
        for chain in list_chains(definition):
            inner = [(layer, after) for layer, after in itertools.pairwise(chain) if layer and after]
            for layer, after in inner[1:]:
                # The first pair is left out: there another rule has more to say.
                if layer.kind in WEIGHTED and after.kind in ACTIVATIONS and layer.read_out(code):
                    norm = f"{layer.prefix}BatchNorm{layer.dim}({layer.read_out(code)})"
                    yield code.mutate([insert_behind(code, layer, norm)], definition)


@operator("dropout-before-bn", "dropout-before-bn")
def drop_before_norm(program: Program) -> Iterator[Mutant]:
    """A Dropout is put in front of a BatchNorm of a generator that is put into eval mode"""
    if not re.search(r"(?:[gG]|gen|generator|net_?G|G_net|generator_net|model)\.eval\(\)", program.text):
        return
    for code, definition in program.list_classes(G):
        for layer in _list_built(code, definition):
            # In a chain only: an attribute of its own would have to be called.
            if any(layer.call is item.call for chain in list_chains(definition) for item in chain if item):
                yield code.mutate([insert_in_front(code, layer, f"{layer.prefix}Dropout(0.5)")], definition)


def list_logits(program: Program) -> Iterator[tuple[Code, ast.ClassDef, Layer]]:
    """The last weighted layer of a discriminator, where it makes one unit."""
    for code, definition in program.list_classes(D):
        for chain in list_chains(definition):
            kept = [layer for layer in chain[-3:] if layer is None or layer.kind not in {"Sigmoid", "Flatten"}]
            last = kept[-1] if kept else None
            if last is None or last.kind not in WEIGHTED or not is_decided(code, last.call):
                continue
            if last.read_out(code) == "1" and last.prefix:
                yield code, definition, last


def _list_built(code: Code, definition: ast.ClassDef) -> Iterator[Layer]:
    for layer in list_layers(code, definition, NORMS):
        if is_decided(code, layer.call) and layer.prefix:
            yield layer


def _list_norms(program: Program) -> Iterator[tuple[Code, ast.ClassDef, Layer]]:
    for code, definition in program.list_classes():
        for layer in _list_built(code, definition):
            yield code, definition, layer


def _list_norms_behind_weights(program: Program) -> Iterator[tuple[Code, ast.ClassDef, Layer, Layer]]:
    for code, definition in program.list_classes():
        for chain in list_chains(definition):
            for source, layer in itertools.pairwise(chain):
                if source is None or layer is None or source.kind not in WEIGHTED or layer.kind not in NORMS:
                    continue
                if layer.prefix and source.dim == layer.dim and is_decided(code, layer.call):
                    yield code, definition, source, layer


def _list_outputs(program: Program) -> Iterator[tuple[Code, ast.ClassDef, Layer, Layer]]:
    """A generator's only Tanh behind a weighted layer."""
    for code, definition in program.list_classes(G):
        if len(list(list_layers(code, definition, {"Tanh"}))) != 1:
            continue
        for chain in list_chains(definition):
            source, tanh = chain[-2:] if len(chain) > 1 else (None, None)
            if source is None or tanh is None or source.kind not in WEIGHTED:
                continue
            if tanh.kind == "Tanh" and is_decided(code, tanh.call) and source.read_out(code) and source.prefix:
                yield code, definition, source, tanh


def _list_inputs(program: Program) -> Iterator[tuple[Code, ast.ClassDef, Layer]]:
    """A discriminator's first weighted layer, with an activation behind it."""
    for code, definition in program.list_classes(D):
        for chain in list_chains(definition):
            layer, after = chain[:2] if len(chain) > 1 else (None, None)
            if layer is None or after is None or not is_first_chain(code, definition, chain):
                continue
            is_pair = layer.kind in WEIGHTED and after.kind in ACTIVATIONS and is_decided(code, layer.call)
            if is_pair and layer.prefix and layer.read_in(code) and layer.read_out(code):
                yield code, definition, layer
