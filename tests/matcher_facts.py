"""Facts built by hand and rules built from data, for the tests of the matcher."""

from __future__ import annotations

import dataclasses

from ganlint.facts.network import Layer, Network, Op, TensorShape
from ganlint.facts.place import Known, Place
from ganlint.facts.store import Facts
from ganlint.facts.training import Init, Loader, Loss, LossCall
from ganlint.matcher.check import check_rule
from ganlint.matcher.match import match_rules
from ganlint.matcher.parse import parse_rule
from ganlint.matcher.schema import validate_spec

FAMILIES = {"tanh": ("activation", "tanh"), "sigmoid": ("activation", "sigmoid")}
NO_SHAPE = TensorShape()


def place(mark, path="m.py"):
    return Place(path, mark)


def make_network(mark=1, *, layers=(), ops=(), **changes):
    network = Network(
        place=place(mark),
        built=place(mark + 1),
        name="Net",
        variable="net",
        class_id="m.py::Net",
        role="discriminator",
        role_source="program",
        role_reason="its output enters the loss",
        critic=False,
        adversarial=True,
        assumed=False,
        reached=True,
        part_of_other=False,
        complete=True,
        layers=tuple(layers),
        ops=tuple(ops),
    )
    return dataclasses.replace(network, **changes)


def make_layer(mark, kind="batch_norm", *, network=0, args=None, **changes):
    layer = Layer(
        place=place(mark),
        network=network,
        path=f"model.{mark}",
        type=f"torch.nn.{kind}",
        kind=kind,
        dim=2,
        args=args or {},
        explicit=tuple(args or {}),
    )
    return dataclasses.replace(layer, **changes)


def make_op(mark, kind, *, network=0, inputs=(), outputs=(), args=None, **changes):
    op = Op(
        place=place(mark),
        call=place(mark + 1000),
        network=network,
        index=mark,
        kind=kind,
        families=FAMILIES.get(kind, (kind,)),
        type=f"torch.nn.{kind}",
        dim=None,
        args=args or {},
        explicit=(),
        layer=None,
        input=NO_SHAPE,
        output=NO_SHAPE,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
    )
    return dataclasses.replace(op, **changes)


def make_chain(*kinds, **network):
    """One network whose ops follow each other, between input and output; op number n has mark 100 + n."""
    names = ("input", *kinds, "output")
    edges = [(number, number + 1) for number in range(len(names) - 1)]
    return make_graph(names, edges, **network)


def make_graph(kinds, edges, **network):
    """One network with these ops and edges; op number n has mark 100 + n."""
    ops = [
        make_op(
            100 + number,
            kind,
            inputs=[source for source, target in edges if target == number],
            outputs=[target for source, target in edges if source == number],
        )
        for number, kind in enumerate(kinds)
    ]
    return Facts(entry="m.py", networks=(make_network(ops=range(len(ops)), **network),), ops=tuple(ops))


def make_layers(*layers, **network):
    net = make_network(layers=range(len(layers)), **network)
    return Facts(entry="m.py", networks=(net,), layers=tuple(layers))


def make_loader(mark=50, *, batch_size=None, feeds=(0,), **changes):
    loader = Loader(
        place=place(mark),
        batch_size=batch_size,
        drop_last=None,
        shuffle=None,
        has_sampler=None,
        feeds=tuple(feeds),
        training=True,
    )
    return dataclasses.replace(loader, **changes)


def make_loss(mark=60, kind="bce", **changes):
    loss = Loss(place=place(mark), type=f"torch.nn.{kind}", kind=kind, functional=False, args={}, explicit=())
    return dataclasses.replace(loss, **changes)


def make_loss_call(mark=61, *, loss=0, **changes):
    call = LossCall(
        place=place(mark),
        loss=loss,
        networks=(0,),
        judge=0,
        input_source="real",
        input_place=None,
        target_value=1.0,
        target_place=None,
    )
    return dataclasses.replace(call, **changes)


def make_init(mark=70, **changes):
    init = Init(
        place=place(mark),
        network=0,
        layer_type="torch.nn.BatchNorm2d",
        layer_kind="batch_norm",
        parameter="weight",
        distribution="normal",
        args={"mean": 0.0, "std": 0.02},
    )
    return dataclasses.replace(init, **changes)


def make_known(value, mark=9, origin="constant", confidence="high", path="m.py"):
    return Known(value=value, place=place(mark, path), origin=origin, confidence=confidence)


def make_rule(match, *, rule_id="test-rule", **keys):
    """A rule that passed every check, as if read from a file."""
    spec = {"summary": "s", "severity": "warning", "message": "m", "why": "w", "match": match} | keys
    validate_spec(spec, "rule.yaml")
    rule = parse_rule(spec, rule_id=rule_id, family="tests", where="rule.yaml")
    check_rule(rule)
    return rule


def run(facts, match, **keys):
    """The matches of one rule."""
    return match_rules([make_rule(match, **keys)], facts)


def marks(matches):
    return [match.place.mark for match in matches]
