from __future__ import annotations

import pytest
from matcher_facts import (
    make_chain,
    make_graph,
    make_init,
    make_known,
    make_layer,
    make_layers,
    make_loader,
    make_loss,
    make_loss_call,
    make_network,
    make_op,
    make_rule,
    marks,
    place,
    run,
)

from ganlint.facts.network import TensorShape
from ganlint.facts.store import Facts
from ganlint.finding import Confidence, Safety, Severity
from ganlint.matcher.match import compile_rules, match_rules


def holds(value, wanted):
    """Whether an argument with this value passes a pattern that wants this."""
    args = {} if value is MISSING else {"eps": value}
    return bool(run(make_layers(make_layer(10, args=args)), [{"layer": {"as": "x", "args.eps": wanted}}]))


MISSING = object()


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (1, True, False),
        (True, 1, False),
        (True, True, True),
        (None, None, True),
        (MISSING, None, False),
        ("a", "a", True),
        ("a", ["b", "a"], True),
        (2, [1, 3], False),
        ((1, 2), [[1, 2]], True),
        ((1, 2), [[1, 3]], False),
        ((True, 2), [[1, 2]], False),
        (0.01, {"min": 0.01}, True),
        (0.01, {"above": 0.01}, False),
        (0.01, {"max": 0.01}, True),
        (0.01, {"below": 0.01}, False),
        (0.5, {"min": 0, "max": 1}, True),
        (2, {"min": 0, "max": 1}, False),
        (True, {"min": 0}, False),
        ("9", {"min": 0}, False),
        (3, {"not": 3}, False),
        (4, {"not": 3}, True),
        (4, {"not": [3, 4]}, False),
        (4, {"not": {"min": 5}}, True),
        (MISSING, {"not": 3}, False),
        ("batch", {"regex": "^ba"}, True),
        ("batch", {"regex": "^a"}, False),
        (3, {"regex": "3"}, False),
        (3, {"known": True}, True),
        (3, {"known": False}, False),
        (None, {"known": True}, True),
        (MISSING, {"known": False}, True),
        (MISSING, {"known": True}, False),
        (True, {"type": "bool"}, True),
        (True, {"type": "int"}, False),
        (1, {"type": "int"}, True),
        (1.0, {"type": ["int", "float"]}, True),
        ("s", {"type": "str"}, True),
        (None, {"type": "none"}, True),
        ((1, 2), {"contains": 2}, True),
        ((1, 2), {"contains": 3}, False),
        ((1, 2), {"contains": {"min": 2}}, True),
        ("batch", {"contains": "at"}, True),
        (5, {"contains": 5}, False),
        ((1, 2), {"length": 2}, True),
        ((1, 2), {"length": {"above": 2}}, False),
        (7, {"length": 1}, False),
    ],
)
def test_operators(value, wanted, expected):
    assert holds(value, wanted) is expected


@pytest.mark.parametrize(
    "wanted", [3, [3, 4], {"min": 0}, {"not": 3}, {"not": {"not": 3}}, {"regex": "3"}, {"type": "int"}, {"length": 1}]
)
def test_a_comparison_with_something_unknown_never_holds(wanted):
    assert holds(MISSING, wanted) is False


def test_a_value_with_an_origin_compares_as_its_value_and_can_be_unwrapped():
    facts = Facts(entry="m.py", networks=(make_network(),), loaders=(make_loader(batch_size=make_known(16)),))
    for field in ("batch_size", "batch_size.value"):
        assert run(facts, [{"loader": {"as": "l", field: {"max": 16}}}])
        assert not run(facts, [{"loader": {"as": "l", field: {"max": 15}}}])
    assert run(facts, [{"loader": {"as": "l", "batch_size.origin": "constant"}}])
    assert run(facts, [{"loader": {"as": "l", "drop_last": {"known": False}}}])


def test_an_argument_may_come_with_an_origin():
    known = make_known(0.8, mark=7, origin="default", confidence="medium")
    facts = make_layers(make_layer(10, args={"eps": known}), make_layer(11, args={"eps": 0.8}))
    found = run(facts, [{"layer": {"as": "bn", "args.eps": {"min": 0.5}}}], message="{bn.args.eps}")
    assert [(match.message, match.confidence) for match in found] == [
        ("0.8", Confidence.MEDIUM),
        ("0.8", Confidence.HIGH),
    ]
    assert found[0].labels == ((place(7), "eps 0.8 comes from this parameter default"),)


def test_names_unify_through_references():
    facts = Facts(
        entry="m.py",
        networks=(make_network(1, name="G", role="generator"), make_network(3, name="D")),
        layers=(make_layer(10, network=0), make_layer(11, network=1), make_layer(12, network=None)),
    )
    pattern = [{"network": {"as": "net", "role": "generator"}}, {"layer": {"as": "bn", "network": "$net"}}]
    assert marks(run(facts, pattern, at="bn")) == [10]
    assert marks(run(facts, [{"layer": {"as": "bn", "network.role": "discriminator"}}])) == [11]
    assert marks(run(facts, [{"layer": {"as": "bn", "network": {"known": False}}}])) == [12]


def test_a_field_with_several_references_matches_what_it_contains():
    facts = Facts(
        entry="m.py",
        networks=(make_network(1), make_network(3)),
        loaders=(make_loader(50, feeds=(1,)), make_loader(52, feeds=()), make_loader(54, feeds=(0, 1))),
    )
    second = [{"network": {"as": "net"}}, {"loader": {"as": "l", "feeds": "$net"}}]
    assert marks(run(facts, second, at="l")) == [50, 54]
    assert marks(run(facts, [{"loader": {"as": "l", "feeds": {"length": {"min": 2}}}}])) == [54]
    both = [{"network": {"as": "net", "name": {"regex": "."}}}, {"loader": {"as": "l", "feeds": {"not": "$net"}}}]
    assert marks(run(facts, both, at="l")) == [50, 52]


def test_values_unify_with_what_is_bound_even_in_the_same_pattern():
    narrow = make_op(101, "batch_norm", args={"num_features": 8}, input=TensorShape(channels=16))
    fitting = make_op(102, "batch_norm", args={"num_features": 16}, input=TensorShape(channels=16))
    unknown = make_op(103, "batch_norm", args={"num_features": 16})
    facts = Facts(entry="m.py", networks=(make_network(ops=(0, 1, 2)),), ops=(narrow, fitting, unknown))
    own = [{"op": {"as": "bn", "kind": "batch_norm", "args.num_features": {"not": "$bn.input.channels"}}}]
    assert marks(run(facts, own)) == [101]
    larger = [
        {"op": {"as": "a", "kind": "batch_norm"}},
        {"op": {"as": "b", "kind": "batch_norm", "args.num_features": {"above": "$a.args.num_features"}}},
    ]
    assert marks(run(facts, larger, at="b")) == [102, 103]


def test_loss_calls_follow_to_their_loss_and_judge():
    facts = Facts(
        entry="m.py",
        networks=(make_network(),),
        losses=(make_loss(60), make_loss(62, "mse")),
        loss_calls=(make_loss_call(61, loss=0), make_loss_call(63, loss=1)),
    )
    pattern = [{"loss_call": {"as": "c", "loss.kind": "bce", "judge.role": "discriminator", "target_value": 1}}]
    assert marks(run(facts, pattern)) == [61]
    joined = [{"loss": {"as": "loss", "kind": "mse"}}, {"loss_call": {"as": "c", "loss": "$loss"}}]
    assert marks(run(facts, joined, at="c")) == [63]


def test_any_binds_in_each_branch():
    facts = make_layers(make_layer(10, "linear"), make_layer(11, "conv"), make_layer(12, "activation"))
    either = [{"any": [{"layer": {"as": "x", "kind": "linear"}}, [{"layer": {"as": "x", "kind": "conv"}}]]}]
    assert marks(run(facts, either)) == [10, 11]


def test_any_may_bind_one_name_to_facts_of_different_kinds():
    facts = Facts(
        entry="m.py",
        networks=(make_network(layers=(0,), ops=(0,)),),
        layers=(make_layer(10, "dropout", args={"p": True}),),
        ops=(make_op(101, "dropout", args={"p": True}),),
    )
    pattern = [{"any": [{kind: {"as": "x", "kind": "dropout", "args.p": True}} for kind in ("layer", "op")]}]
    found = run(
        facts, pattern, message="{x.type} {x.args.p}", grades=[{"when": {"x.args.p": True}, "severity": "info"}]
    )
    assert marks(found) == [10, 101]
    assert {match.message for match in found} == {"torch.nn.dropout True"}
    assert {match.severity for match in found} == {Severity.INFO}


def test_unless_drops_a_match():
    facts = Facts(
        entry="m.py",
        networks=(make_network(1), make_network(3)),
        layers=(make_layer(10, network=0), make_layer(11, network=1)),
        inits=(make_init(network=0),),
    )
    pattern = [{"layer": {"as": "bn"}}]
    assert marks(run(facts, pattern, unless=[{"init": {"network": "$bn.network"}}])) == [11]
    strict = [[{"init": {"network": "$bn.network"}}, {"init": {"parameter": "bias"}}]]
    assert marks(run(facts, pattern, unless=strict)) == [10, 11]
    assert marks(
        run(facts, pattern, unless=[{"init": {"parameter": "bias"}}, {"init": {"network": "$bn.network"}}])
    ) == [11]


def test_what_is_uncertain_needs_to_be_asked_for_but_always_silences():
    facts = Facts(
        entry="m.py",
        networks=(make_network(),),
        layers=(make_layer(10, certain=False), make_layer(11)),
        inits=(make_init(certain=False),),
    )
    assert marks(run(facts, [{"layer": {"as": "x"}}])) == [11]
    assert marks(run(facts, [{"layer": {"as": "x", "certain": {"known": True}}}])) == [10, 11]
    assert marks(run(facts, [{"layer": {"as": "x", "certain": False}}])) == [10]
    assert marks(run(facts, [{"layer": {"as": "x"}}], unless=[{"init": {}}])) == []


def path(*steps, **keys):
    return [{"path": {"steps": list(steps)} | keys}]


BN = {"as": "bn", "kind": "batch_norm"}
ACTIVATION = {"families": {"contains": "activation"}}


def test_a_path_matches_consecutive_ops():
    facts = make_chain("conv", "batch_norm", "activation", "conv", "activation", "batch_norm")
    assert marks(run(facts, path(BN, ACTIVATION))) == [102]
    assert marks(run(facts, path(BN, {"kind": "output"}))) == [106]
    assert marks(run(facts, path({"kind": "input"}, BN))) == []


def test_a_gap_takes_zero_or_more_ops():
    gap = {"any_number_of": [{"kind": "dropout"}, {"kind": "flatten"}]}
    for between in ((), ("dropout",), ("dropout", "flatten", "dropout")):
        facts = make_chain("batch_norm", *between, "linear")
        assert marks(run(facts, path(BN, gap, {"kind": "linear"}))) == [101]
    facts = make_chain("batch_norm", "dropout", "activation", "linear")
    assert marks(run(facts, path(BN, gap, {"kind": "linear"}))) == []


def test_a_path_may_start_and_end_with_a_gap():
    facts = make_chain("dropout", "batch_norm", "dropout")
    gap = {"any_number_of": [{"kind": "dropout"}]}
    assert marks(run(facts, path(gap, BN, gap, {"kind": "output"}))) == [102]
    assert marks(run(facts, path({"kind": "input"}, gap, BN, gap))) == [102]


def test_an_optional_step_may_be_missing():
    steps = (BN, {"optional": {"kind": "dropout"}}, {"kind": "linear"})
    assert marks(run(make_chain("batch_norm", "linear"), path(*steps))) == [101]
    assert marks(run(make_chain("batch_norm", "dropout", "linear"), path(*steps))) == [101]
    assert marks(run(make_chain("batch_norm", "dropout", "dropout", "linear"), path(*steps))) == []


def test_a_path_follows_every_branch_and_can_ask_for_a_single_one():
    #          +-> relu -+
    # input -> bn        +-> concat -> output
    #          +-> tanh -+
    kinds = ("input", "batch_norm", "activation", "tanh", "concat", "output")
    facts = make_graph(kinds, [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4), (4, 5)])
    activation = {"as": "act"} | ACTIVATION
    assert marks(run(facts, path(BN, activation), at="act")) == [102, 103]
    assert marks(run(facts, path(BN | {"outputs": {"length": 1}}, ACTIVATION))) == []
    assert marks(run(facts, path(ACTIVATION, {"as": "cat", "kind": "concat", "inputs": {"length": 2}}), at="cat")) == [
        104
    ]


def test_a_path_binds_its_network():
    facts = make_chain("conv", "batch_norm", role="generator")
    inside = {"as": "net", "role": "generator"}
    assert marks(run(facts, path(BN, **{"in": inside}), at="bn", message="{net.role}")) == [102]
    assert run(facts, path(BN, **{"in": inside}), message="{net.role}")[0].message == "generator"
    assert run(facts, path(BN, **{"in": {"role": "discriminator"}})) == []


def test_a_path_can_lie_in_a_network_that_is_bound():
    facts = make_chain("conv", "batch_norm")
    for name in ("$net", "$c.network"):
        patterns = [
            {"network": {"as": "net"}},
            {"op": {"as": "c", "kind": "conv", "network": "$net"}},
            {"path": {"in": name, "steps": [BN]}},
        ]
        assert marks(run(facts, patterns, at="bn")) == [102]


def test_a_step_may_compare_with_an_earlier_one():
    facts = make_graph(("linear", "batch_norm"), [(0, 1)])
    ops = (
        make_op(100, "linear", outputs=(1,), args={"out_features": 8}),
        make_op(101, "batch_norm", inputs=(0,), args={"num_features": 4}),
    )
    facts = Facts(entry="m.py", networks=facts.networks, ops=ops)
    step = BN | {"args.num_features": {"not": "$before.args.out_features"}}
    assert marks(run(facts, path({"as": "before", "kind": "linear"}, step), at="bn")) == [101]


def test_a_path_in_unless_sees_what_is_bound():
    facts = make_chain("batch_norm", "activation", "batch_norm", "conv")
    follows = {
        "path": {"in": "$bn.network", "steps": [{"kind": "batch_norm", "index": "$bn.index"}, {"kind": "activation"}]}
    }
    assert marks(run(facts, [{"op": BN}], unless=[follows])) == [103]


def test_many_ways_through_a_graph_cost_no_more_than_its_ops():
    # 60 diamonds one behind the other: 2 ** 60 ways.
    kinds, edges = ["input"], []
    for _ in range(60):
        start = len(kinds) - 1
        kinds += ["activation", "activation", "concat"]
        edges += [(start, start + 1), (start, start + 2), (start + 1, start + 3), (start + 2, start + 3)]
    kinds.append("output")
    edges.append((len(kinds) - 2, len(kinds) - 1))
    facts = make_graph(kinds, edges)
    gap = {"any_number_of": [{"kind": ["activation", "concat"]}]}
    steps = ({"as": "start", "kind": "input"}, gap, {"kind": "concat"}, gap, {"as": "end", "kind": "output"})
    assert marks(run(facts, path(*steps), at="end")) == [100 + len(kinds) - 1]


def test_a_cycle_of_ops_ends():
    facts = make_graph(("input", "activation", "activation"), [(0, 1), (1, 2), (2, 1)])
    gap = {"any_number_of": [{"kind": "activation"}]}
    assert marks(run(facts, path({"as": "i", "kind": "input"}, gap, {"kind": "output"}))) == []


def test_a_hopeless_product_of_patterns_is_cut_off():
    facts = make_layers(*(make_layer(10 + number) for number in range(80)))
    patterns = [{"layer": {"as": name}} for name in "abcde"]
    found = run(facts, patterns, unless=[{"layer": {"kind": "conv"}}])
    assert marks(found) == [10]


def test_the_place_falls_back_to_the_fact():
    written = make_layer(10, args={"eps": 0.8}, arg_places={"eps": place(5)})
    facts = make_layers(written, make_layer(20, args={"eps": 0.8}))
    assert marks(run(facts, [{"layer": {"as": "bn"}}], at="bn.arg_places.eps")) == [5, 20]
    assert marks(run(facts, [{"layer": {"as": "bn"}}], at="bn.network.built")) == [2]


def test_labels_show_further_places_once():
    layer = make_layer(10, args={"eps": 0.8}, arg_places={"eps": place(5)})
    labels = [
        {"at": "bn.arg_places.eps", "text": "eps={bn.args.eps}"},
        {"at": "bn.network", "text": "in {bn.network}"},
        {"at": "bn.arg_places.momentum", "text": "never"},
        {"at": "bn", "text": "the primary place needs no label"},
        {"at": "bn.network.place", "text": "the same place again"},
    ]
    (found,) = run(make_layers(layer), [{"layer": {"as": "bn", "kind": "batch_norm"}}], labels=labels)
    assert found.labels == ((place(5), "eps=0.8"), (place(1), "in Net"))


def test_a_group_is_one_finding_with_labels():
    facts = make_layers(make_layer(10), make_layer(11), make_layer(12))
    pattern = [{"layer": {"as": "bn"}}]
    (found,) = run(facts, pattern, group="bn.network", group_label="and {bn.path}", message="{count} of them")
    assert found.place == place(10)
    assert found.message == "3 of them"
    assert found.labels == ((place(11), "and model.11"), (place(12), "and model.12"))


def test_the_worst_of_a_group_is_the_primary_one():
    facts = make_layers(make_layer(10, args={"eps": 0.1}), make_layer(11, args={"eps": 0.9}))
    grades = [{"when": {"bn.args.eps": {"min": 0.5}}, "severity": "error", "message": "bad"}]
    (found,) = run(facts, [{"layer": {"as": "bn"}}], group="bn.network", grades=grades)
    assert (found.place, found.severity, found.message) == (place(11), Severity.ERROR, "bad")
    assert found.labels == ((place(10), "also here"),)


def test_one_place_is_reported_once_with_the_worst():
    facts = make_layers(make_layer(10, args={"eps": 0.1}), make_layer(10, args={"eps": 0.9}))
    grades = [{"when": {"bn.args.eps": {"min": 0.5}}, "severity": "error"}]
    (found,) = run(facts, [{"layer": {"as": "bn"}}], grades=grades)
    assert found.severity is Severity.ERROR


def test_two_networks_of_one_class_give_one_finding():
    facts = Facts(
        entry="m.py",
        networks=(make_network(), make_network()),
        layers=(
            make_layer(10, network=0),
            make_layer(11, network=0),
            make_layer(10, network=1),
            make_layer(11, network=1),
        ),
    )
    (found,) = run(facts, [{"layer": {"as": "bn"}}], group="bn.network")
    assert found.labels == ((place(11), "also here"),)


def test_grades_take_the_first_that_holds_and_keep_the_message():
    grades = [
        {"when": {"bn.args.eps": {"min": 1}}, "severity": "error", "message": "huge {bn.args.eps}"},
        {"when": {"bn.args.eps": {"max": "$options.small"}, "bn.kind": "batch_norm"}, "severity": "info"},
    ]
    keys = {"grades": grades, "options": {"small": {"default": 0.1, "help": "h"}}}
    facts = make_layers(*(make_layer(10 + n, args={"eps": eps}) for n, eps in enumerate((2, 0.05, 0.5))))
    found = run(facts, [{"layer": {"as": "bn"}}], **keys)
    assert [(match.severity.value, match.message) for match in found] == [
        ("error", "huge 2"),
        ("info", "m"),
        ("warning", "m"),
    ]


def test_options_come_from_the_project_before_the_default():
    facts = make_layers(make_layer(10, args={"eps": 0.05}))
    options = {"min_eps": {"default": 0.01, "help": "h"}, "kinds": {"default": ["batch_norm"], "help": "h"}}
    rule = make_rule(
        [{"layer": {"as": "bn", "kind": "$options.kinds", "args.eps": {"min": "$options.min_eps"}}}],
        options=options,
        message="at least {options.min_eps}",
    )
    assert [match.message for match in match_rules([rule], facts)] == ["at least 0.01"]
    assert match_rules([rule], facts, options={"test-rule": {"min_eps": 0.1}}) == []
    assert match_rules([rule], facts, options={"test-rule": {"kinds": ["conv"]}}) == []
    assert match_rules([rule], facts, options={"other-rule": {"min_eps": 0.1}})


def rate(facts, match, **keys):
    (found,) = run(facts, match, **keys)
    return found.confidence


BATCH = [{"loader": {"as": "l", "batch_size": {"min": 1}}}]


@pytest.mark.parametrize(("level", "expected"), [("high", "high"), ("medium", "medium"), ("low", "low")])
def test_confidence_is_that_of_the_values(level, expected):
    loader = make_loader(batch_size=make_known(4, confidence=level))
    facts = Facts(entry="m.py", networks=(make_network(),), loaders=(loader,))
    assert rate(facts, BATCH) is Confidence(expected)


def test_values_that_were_not_asked_do_not_count():
    loader = make_loader(batch_size=make_known(4, confidence="low"), shuffle=make_known(False, confidence="high"))
    facts = Facts(entry="m.py", networks=(make_network(),), loaders=(loader,))
    assert rate(facts, [{"loader": {"as": "l", "shuffle": False}}]) is Confidence.HIGH
    graded = {"grades": [{"when": {"l.batch_size": 4}, "severity": "error"}]}
    assert rate(facts, [{"loader": {"as": "l", "shuffle": False}}], **graded) is Confidence.LOW
    assert rate(facts, [{"loader": {"as": "l"}}], at="l.batch_size") is Confidence.LOW


def test_a_role_by_name_is_less_sure_only_where_the_role_matters():
    facts = make_layers(make_layer(10), role_source="name", role_reason="its name is Net")
    assert rate(facts, [{"layer": {"as": "bn"}}]) is Confidence.HIGH
    (found,) = run(facts, [{"layer": {"as": "bn", "network.role": "discriminator"}}])
    assert found.confidence is Confidence.MEDIUM
    assert found.notes == ("Net is taken for the discriminator: its name is Net",)
    labels = [{"at": "bn.network", "text": "it judges, as {bn.network.role_reason}"}]
    (found,) = run(facts, [{"layer": {"as": "bn", "network.role": "discriminator"}}], labels=labels)
    assert [text for _, text in found.labels] == ["it judges, as its name is Net"]
    assert found.notes == ()
    chain = make_chain("batch_norm", role_source="name")
    assert rate(chain, path(BN, **{"in": {"role": "discriminator"}})) is Confidence.MEDIUM


def test_networks_ganlint_built_itself_are_named():
    facts = make_layers(make_layer(10), assumed=True)
    (found,) = run(facts, [{"layer": {"as": "bn"}}])
    assert found.confidence is Confidence.MEDIUM
    assert found.assumed_classes == ("m.py::Net",)
    assert "parameter defaults" in found.notes[0]
    assert run(make_layers(make_layer(10)), [{"layer": {"as": "bn"}}])[0].assumed_classes == ()


def test_a_certain_network_is_preferred_to_an_assumed_one():
    networks = (make_network(1, assumed=True, class_id="m.py::A"), make_network(3, class_id="m.py::B"))
    facts = Facts(entry="m.py", networks=networks, loaders=(make_loader(feeds=(0, 1)),))
    pattern = [{"network": {"as": "net"}}, {"loader": {"as": "l", "feeds": "$net"}}]
    (found,) = run(facts, pattern, at="l")
    assert found.assumed_classes == ()
    assert found.confidence is Confidence.HIGH


def test_a_value_says_where_it_comes_from():
    known = make_known(16, mark=7, origin="argparse", confidence="medium", path="options.py")
    facts = Facts(entry="m.py", networks=(make_network(),), loaders=(make_loader(50, batch_size=known),))
    (at_loader,) = run(facts, BATCH)
    assert at_loader.labels == ((place(7, "options.py"), "batch size 16 comes from this argparse default"),)
    assert at_loader.notes == ()
    (at_value,) = run(facts, BATCH, at="l.batch_size")
    assert at_value.place == place(7, "options.py")
    assert at_value.labels == ()
    assert at_value.notes == ("batch size 16 comes from this argparse default",)


def test_a_literal_needs_no_origin_and_a_labelled_place_no_second_label():
    literal = Facts(entry="m.py", loaders=(make_loader(batch_size=make_known(4, origin="literal")),))
    assert run(literal, BATCH)[0].labels == ()
    constant = Facts(entry="m.py", loaders=(make_loader(batch_size=make_known(4, mark=7)),))
    (found,) = run(constant, BATCH, labels=[{"at": "l.batch_size", "text": "here"}])
    assert found.labels == ((place(7), "here"),)


def test_texts_show_values_and_names():
    layer = make_layer(10, args={"eps": 1e-5, "momentum": None}, type="torch.nn.BatchNorm2d")
    loader = make_loader(batch_size=make_known(16))
    facts = Facts(entry="m.py", networks=(make_network(),), layers=(layer,), loaders=(loader,))
    text = "{bn.type:short} {bn.args.eps} {bn.args.momentum} {bn.args.affine} {bn.network} {bn.explicit} {{}}"
    text += " {l.batch_size} {l.feeds}"
    pattern = [{"layer": {"as": "bn", "kind": "batch_norm"}}, {"loader": {"as": "l"}}]
    (found,) = run(facts, pattern, message=text, help="{bn}")
    assert found.message == "BatchNorm2d 1e-05 None unknown Net (eps, momentum) {} 16 Net"
    assert found.help == "BatchNorm2d"


def test_the_finding_names_its_network():
    facts = make_layers(make_layer(10), name="Critic")
    assert run(facts, [{"layer": {"as": "bn"}}])[0].network == "Critic"
    lonely = Facts(entry="m.py", layers=(make_layer(10, network=None),))
    assert run(lonely, [{"layer": {"as": "bn"}}])[0].network is None


def test_a_fix_has_edits_at_places():
    layer = make_layer(10, args={"eps": 0.8}, arg_places={"eps": place(5), "affine": place(6)})
    edits = [{"replace": "bn.arg_places.eps", "with": "momentum={old}"}, {"remove": "bn.arg_places.affine"}]
    keys = {"fix": {"title": "Set {bn.args.eps}", "safety": "unsafe", "edits": edits}}
    (found,) = run(make_layers(layer), [{"layer": {"as": "bn", "kind": "batch_norm"}}], **keys)
    assert found.fix is not None
    assert (found.fix.title, found.fix.safety) == ("Set 0.8", Safety.UNSAFE)
    assert [(edit.place, edit.parts, edit.removes_argument) for edit in found.fix.edits] == [
        (place(5), ("momentum=", ""), False),
        (place(6), ("",), True),
    ]


def test_a_fix_whose_place_is_unknown_is_left_out():
    keys = {"fix": {"title": "t", "safety": "safe", "edits": [{"replace": "bn.arg_places.eps", "with": "x"}]}}
    (found,) = run(make_layers(make_layer(10)), [{"layer": {"as": "bn", "kind": "batch_norm"}}], **keys)
    assert found.fix is None


def test_rules_are_compiled_once_and_answer_in_order():
    first = make_rule([{"layer": {"as": "x", "kind": "conv"}}], rule_id="b-rule")
    second = make_rule([{"layer": {"as": "x"}}], rule_id="a-rule")
    compiled = compile_rules([first, second])
    facts = make_layers(make_layer(11, "conv"), make_layer(10, "linear"))
    expected = [(10, "a-rule"), (11, "a-rule"), (11, "b-rule")]
    for _ in range(2):
        assert [(match.place.mark, match.rule) for match in compiled.match(facts)] == expected
    assert compiled.match(Facts(entry="m.py")) == []
