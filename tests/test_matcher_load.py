from __future__ import annotations

import pytest
from matcher_facts import make_rule

from ganlint.errors import RuleError
from ganlint.facts.store import FACT_KINDS
from ganlint.matcher.load import find_rule_folders, load_folders, load_rule
from ganlint.matcher.vocabulary import FIELD_WORDS, FieldType, describe_field, list_fields

LAYER = {"layer": {"as": "bn", "kind": "batch_norm"}}
VALID = """\
summary: s
severity: warning
match:
  - layer: {as: bn, kind: batch_norm, args.eps: {min: 0.01}}
message: m
why: w
"""


def write_rule(root, text, rule_id="my-rule"):
    folder = root / "family" / rule_id
    folder.mkdir(parents=True)
    (folder / "rule.yaml").write_text(text, encoding="utf-8")
    return folder


def fail(folder):
    with pytest.raises(RuleError) as caught:
        load_rule(folder)
    return caught.value


def test_a_rule_takes_its_names_from_its_folders(tmp_path):
    folder = write_rule(tmp_path, VALID)
    (folder / "bad.py").write_text("x = 1\n", encoding="utf-8")
    loaded = load_rule(folder)
    assert (loaded.rule.id, loaded.rule.family) == ("my-rule", "family")
    assert loaded.texts.why == "w"
    assert loaded.texts.files == {"bad.py": "x = 1\n"}


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("args.eps", "args.epss", ":4: match[0].layer.args.epss", "did you mean `eps`?"),
        ("layer:", "layr:", ":4: match[0].layr", "did you mean `layer`?"),
        ("{min:", "{minn:", ":4: match[0].layer.args.eps.minn", "did you mean `min`?"),
        ("kind:", "kidn:", ":4: match[0].layer.kidn", "did you mean `kind`?"),
        ("batch_norm", "batchnorm", ":4: match[0].layer.kind", "did you mean `batch_norm`?"),
        ("0.01", "1e-2", ":4: match[0].layer.args.eps.min", "write 0.001 or 1.0e-3"),
        ("severity: warning", "severity: bad", ":2: severity", "should be 'error', 'warning' or 'info', not 'bad'"),
        ("message: m", "mesage: m", ":5: mesage", "did you mean `message`?"),
        ("message: m\n", "", ": ", "`message` is missing"),
        (
            "message: m",
            "message: m\noptions: {a: {defalt: 1, help: h}}",
            ":6: options.a.defalt",
            "did you mean `default`?",
        ),
        ("why: w", "why: w\nwhi: w", ":7: whi", "did you mean `why`?"),
        ("message: m", "message: '{b.args.eps}'", ":5: message", "no name `b`"),
        ("message: m", "message: 'a { b'", ":5: message", "lone `{`"),
        ("message: m", "message: m\nmessage: n", ":6", "comes twice"),
        ("  - layer", "  - [layer", ":5", "not YAML"),
    ],
)
def test_a_mistake_is_named_with_file_line_place_and_what_is_valid(tmp_path, old, new, place, said):
    assert old in VALID
    folder = write_rule(tmp_path, VALID.replace(old, new))
    error = fail(folder)
    assert str(error).startswith(f"{(folder / 'rule.yaml').as_posix()}{place}")
    assert said in str(error)


def test_a_file_that_is_no_rule_is_named(tmp_path):
    assert "a rule is a map" in str(fail(write_rule(tmp_path, "- 1\n")))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(RuleError, match=r"no `rule\.yaml` in this folder"):
        find_rule_folders(empty)
    write_rule(tmp_path, VALID, "other-rule")
    (empty / "bad.py").touch()
    assert len(find_rule_folders(tmp_path)) == 2
    (empty / "good.py").touch()
    with pytest.raises(RuleError, match=r"empty: a `bad\.py` and a `good\.py`, but no `rule\.yaml`"):
        find_rule_folders(tmp_path)
    with pytest.raises(RuleError, match="no such rules folder"):
        find_rule_folders(tmp_path / "missing")
    folder = write_rule(tmp_path, "", "latin")
    (folder / "rule.yaml").write_bytes(b"summary: \xe4\n")
    assert "cannot be read" in str(fail(folder))


def test_an_id_that_comes_twice_is_refused_and_a_folder_named_twice_is_not(tmp_path):
    write_rule(tmp_path / "one", VALID)
    write_rule(tmp_path / "two", VALID)
    assert [item.rule.id for item in load_folders([tmp_path / "one", tmp_path / "one"])] == ["my-rule"]
    with pytest.raises(RuleError, match="`my-rule` exists twice"):
        load_folders([tmp_path / "one", tmp_path / "two"])


@pytest.mark.parametrize(
    ("match", "place", "said"),
    [
        ([{"layer": {"as": "x", "args": {"min": 1}}}], "match[0].layer.args.min", "needs a single value"),
        ([{"layer": {"as": "x", "network": 3}}], "match[0].layer.network", "compared with a `$name`"),
        ([{"layer": {"as": "x", "network.nam": "a"}}], "match[0].layer.network.nam", "did you mean `name`?"),
        ([{"layer": {"as": "x", "explicit": "eps"}}], "match[0].layer.explicit", "`{contains: ...}`"),
        ([{"layer": {"as": "x", "certain": "yes"}}], "match[0].layer.certain", "never equal to 'yes'"),
        ([{"layer": {"as": "x", "index": True}}], "match[0].layer.index", "never equal to True"),
        ([{"layer": {"as": "x", "path": None}}], "match[0].layer.path", "`{known: false}`"),
        ([{"network": {"as": "x", "role": "critic"}}], "match[0].network.role", "valid: discriminator, generator"),
        ([{"loader": {"as": "x", "feeds.role": "generator"}}], "match[0].loader.feeds.role", "bind one with"),
        ([{"loader": {"as": "x", "batch_size.valu": 1}}], "match[0].loader.batch_size.valu", "`value`"),
        ([{"op": {"as": "x", "input": 3}}], "match[0].op.input", "name a field of it"),
        ([{"op": {"as": "x", "kind": "conv", "args.momentum": 1}}], "match[0].op.args.momentum", "no conv argument"),
        ([{"loss": {"as": "x", "kind": "bce_logits"}}], "match[0].loss.kind", "bce_with_logits"),
        ([{"init": {"as": "x", "distribution": "gauss"}}], "match[0].init.distribution", "normal"),
        ([{"layer": {"as": "x", "network": "$net"}}], "match[0].layer.network", "no name `$net`"),
        ([{"layer": {"as": "x", "network": "$n"}}, {"network": {"as": "n"}}], "match[0].layer.network", "before it is"),
        ([{"loss": {"as": "l"}}, {"layer": {"as": "x", "network": "$l"}}], "match[1].layer.network", "a loss"),
        ([{"layer": {"as": "x"}}, {"layer": {"as": "x"}}], "match[1].layer.as", "bound already"),
        ([{"layer": {"as": "options"}}], "match[0].layer.as", "reserved"),
        ([{"layer": {"as": "a b"}}], "match[0].layer.as", "not a name"),
        ([{"layer": {"as": "x"}, "op": {"as": "y"}}], "match[0]", "one key, here are 2"),
        ([{"layer": {"as": "x", "type": {"regex": "("}}}], "match[0].layer.type.regex", "not a regular expression"),
        ([{"layer": {"as": "x", "args.eps": {"type": "number"}}}], "match[0].layer.args.eps.type", "no type `number`"),
        ([{"layer": {"as": "x", "args.eps": {"known": 1}}}], "match[0].layer.args.eps.known", "true or false"),
        ([{"layer": {"as": "x", "args.eps": "$options.a"}}], "match[0].layer.args.eps", "no option `a`"),
        ([{"layer": {"as": "x", "args.eps": "$options"}}], "match[0].layer.args.eps", "names no option"),
        ([{"layer": {"kind": "conv"}}], "match", "no pattern binds a fact"),
        ([{"layer": 3}], "match[0].layer", "expected a map"),
        ([3], "match[0]", "expected a map"),
        ([{"any": [LAYER, {"op": {"as": "y"}}]}], "match", "no pattern binds a fact"),
        ([{"any": LAYER}], "match[0].any", "expected a list"),
        ([{"path": {"steps": []}}], "match[0].path.steps", "at least one step"),
        ([{"path": {"stpes": []}}], "match[0].path.stpes", "did you mean `steps`?"),
        ([{"path": {"in": "net", "steps": [{"as": "x"}]}}], "match[0].path.in", "network pattern or a `$variable`"),
        ([LAYER, {"path": {"in": "$bn", "steps": [{"as": "x"}]}}], "match[1].path.in", "needs a network"),
        ([{"path": {"steps": [{"optional": {"as": "x"}}]}}], "match[0].path.steps[0].optional", "always match"),
        (
            [{"path": {"steps": [{"any_number_of": [{"kind": "conv"}], "as": "x"}]}}],
            "match[0].path.steps[0]",
            "stands alone",
        ),
        (
            [{"path": {"steps": [{"as": "x"}, {"any_number_of": [{"knd": 1}]}]}}],
            "match[0].path.steps[1].any_number_of[0].knd",
            "did you mean `kind`?",
        ),
    ],
)
def test_a_pattern_that_cannot_hold_is_refused(match, place, said):
    with pytest.raises(RuleError) as caught:
        make_rule(match)
    assert caught.value.where == f"rule.yaml: {place}"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("keys", "place", "said"),
    [
        ({"unless": [{"init": {"network": "$x"}}]}, "unless[0].init.network", "no name `$x`"),
        ({"unless": [{"init": {"as": "bn"}}]}, "unless[0].init.as", "bound already"),
        ({"unless": [{"init": {"as": "i"}}], "at": "i"}, "at", "no name `i`"),
        ({"at": "bn.kind"}, "at", "has no place"),
        ({"at": "bn.arg_places.epss"}, "at", "did you mean `eps`?"),
        ({"labels": [{"at": "x", "text": "t"}]}, "labels[0].at", "no name `x`"),
        ({"labels": [{"at": "bn", "text": "{bn.knd}"}]}, "labels[0].text", "did you mean `kind`?"),
        ({"labels": [{"at": "bn"}]}, "labels[0]", "`text` is missing"),
        ({"labels": [{"at": "bn", "text": "t", "txt": "u"}]}, "labels[0].txt", "did you mean `text`?"),
        ({"group": "bn.netwrk"}, "group", "did you mean `network`?"),
        ({"group_label": "{x}"}, "group_label", "no name `x`"),
        ({"grades": [{"when": {"bn.args.epss": 1}, "severity": "error"}]}, "grades[0].when.bn.args.epss", "`eps`"),
        ({"grades": [{"when": {"bn": 1}, "severity": "error"}]}, "grades[0].when.bn", "asks a field"),
        ({"grades": [{"when": {"bn.dim": 1}, "severity": "fatal"}]}, "grades[0].severity", "'warning'"),
        ({"grades": [{"when": {"bn.dim": 1}, "severity": "error", "message": "{y}"}]}, "grades[0].message", "name `y`"),
        ({"message": "{bn.args}"}, "message", "no value that a text can show"),
        ({"message": "{bn.type:long}"}, "message", "valid: short"),
        ({"message": "{options.a}"}, "message", "no option `a`"),
        ({"message": "{old}"}, "message", "no name `old`"),
        ({"options": {"a": {"default": 1, "help": "h"}}}, "options.a", "nothing uses"),
        ({"options": {"a": {"default": 1}}}, "options.a", "`help` is missing"),
        ({"options": {"a": {"default": 1, "help": "h", "typ": 1}}}, "options.a.typ", "valid: default, help"),
        ({"fix": {"title": "t", "safety": "maybe", "edits": []}}, "fix.safety", "'safe' or 'unsafe'"),
        (
            {"fix": {"title": "t", "safety": "safe", "edits": [{"replace": "bn"}]}},
            "fix.edits[0]",
            "either `replace` and `with`, or `remove`",
        ),
        (
            {"fix": {"title": "t", "safety": "safe", "edits": [{"replace": "bn", "with": "{x}"}]}},
            "fix.edits[0].with",
            "no name `x`",
        ),
        ({"fix": {"title": "t", "safety": "safe", "edits": [{"remove": "x"}]}}, "fix.edits[0].remove", "no name `x`"),
        ({"references": [{"title": "t", "url": "example.org"}]}, "references[0].url", "pattern"),
    ],
)
def test_what_follows_the_patterns_is_checked_as_well(keys, place, said):
    with pytest.raises(RuleError) as caught:
        make_rule([LAYER], **keys)
    assert caught.value.where == f"rule.yaml: {place}"
    assert said in str(caught.value)


def test_an_option_must_fit_the_fields_it_is_compared_with():
    options = {"limit": {"default": "many", "help": "h"}}
    with pytest.raises(RuleError, match="never equal to 'many'"):
        make_rule([{"layer": {"as": "bn", "args.eps": {"min": "$options.limit"}}}], options=options)


def test_a_name_of_two_kinds_has_only_their_common_fields():
    either = {"any": [{"layer": {"as": "x"}}, {"op": {"as": "x"}}]}
    assert make_rule([either], at="x", message="{x.kind} {x.args.eps}")
    for match, at in (([either], "x.call"), ([either, {"op": {"as": "y", "layer": "$x"}}], "x")):
        with pytest.raises(RuleError, match="layer"):
            make_rule(match, at=at)


def test_names_of_all_branches_keep_their_torch_kinds():
    either = {"any": [{"layer": {"as": "x", "kind": "conv"}}, {"layer": {"as": "x", "kind": "linear"}}]}
    assert make_rule([either], message="{x.args.in_features} {x.args.in_channels}")
    with pytest.raises(RuleError, match="conv or linear argument `eps`"):
        make_rule([either], message="{x.args.eps}")


FIELDS = [(kind, field) for kind in FACT_KINDS for field in list_fields(kind)]


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=[".".join(item) for item in FIELDS])
def test_every_field_of_every_fact_is_understood(kind, field):
    found = describe_field(kind, field)
    assert found is not None
    if found.form in {"value", "list"}:
        assert found.of in {"str", "int", "bool", "float", "object"}
    if found.form in {"fact", "facts"}:
        assert found.of in FACT_KINDS


def test_words_belong_to_fields_that_exist():
    for owner, field in FIELD_WORDS:
        assert describe_field(owner, field) == FieldType("value", "str")
