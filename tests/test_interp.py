"""Every program in tests/interp says in comments what the interpreter must know.

`# revealed: TEXT` stands behind a `reveal_type(...)` call (or alone on the line above) and is its value in words,
`# fact: TEXT` behind the line a fact is placed at, `# pass: TEXT` where a network is called. Where one line gives
several, they are joined by ` & `. An update names its terms: the kind of the loss, the judge and what it judges, then
`->` and the target, or whether the term is pushed up or down; `cut` where no gradient flows back to what is judged.
`# todo-revealed:` and `# todo-fact:` say what is right but not known yet; such a line must fail.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from textwrap import dedent

import pytest

from ganlint import pool
from ganlint.config import Config
from ganlint.facts.place import Place
from ganlint.interp.program import Interpreter
from ganlint.pipeline import lint_paths
from ganlint.source import parse_source, read_source

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "tests" / "interp"
ENTRIES = [*sorted(PROGRAMS.glob("*.py")), *sorted(PROGRAMS.glob("*/main.py"))]
PLACE = re.compile(r"Place\(path='([^']*)', mark=(\d+)\)")
MARKER = re.compile(r"# (todo-)?(revealed|fact|pass): (.*)")


def name_entry(file):
    return file.stem if file.parent == PROGRAMS else file.parent.name


def interpret(file, interpreter=None):
    interpreter = interpreter or Interpreter((file.parent,))
    reveals = []
    result = interpreter.interpret_entry(read_source(file, display=file.as_posix()), reveals=reveals)
    return interpreter, result, reveals


def read_markers(file):
    """Return {(path, line, kind): (text, todo)} for the entry and the files beside it."""
    markers = {}
    for path in [file] if file.parent == PROGRAMS else sorted(file.parent.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = MARKER.search(line)
            if found is not None:
                todo, kind, text = found.groups()
                above = line.lstrip().startswith("#")
                markers[path.as_posix(), number + above, kind] = (text, todo is not None)
    return markers


def collect_known(interpreter, facts, reveals):
    """Return {(path, line, kind): text} for what was revealed and for the facts that can be asserted."""
    told = [("revealed", place, text) for place, text in reveals]
    told += [("fact", place, text) for place, text in (*describe_facts(facts), *describe_steps(facts))]
    told += [("pass", place, text) for place, text in describe_passes(facts)]
    spans = interpreter.locate({place for _, place, _ in told})
    lines = defaultdict(list)
    for kind, place, text in told:
        lines[spans[place].path, spans[place].line, kind].append(text)
    return {key: " & ".join(dict.fromkeys(texts)) for key, texts in lines.items()}


def spell(assertions, file):
    return [
        f"{Path(path).relative_to(file.parent)}:{line}: {kind}: {text}"
        for (path, line, kind), text in sorted(assertions.items())
    ]


def describe_facts(facts):
    def name(number):
        return facts.networks[number].variable or facts.networks[number].name

    for network in facts.networks:
        role = f"{network.role} by {network.role_source}" if network.role else "no role"
        yield network.place, f"{network.name}: {role}"
    for loader in facts.loaders:
        size = loader.batch_size
        known = f"{size.value} ({size.origin}, {size.confidence})" if size else "unknown"
        feeds = f" feeds {', '.join(map(name, loader.feeds))}" if loader.feeds else ""
        data = ""
        if loader.dataset is not None:
            length = "" if loader.length is None else f"{loader.length} of "
            data = f" from {length}{facts.datasets[loader.dataset].type.rpartition('.')[2]}"
        yield loader.place, f"batches of {known}{data}{feeds}"
    for dataset in facts.datasets:
        marks = [name for name in ("ordered_by_class", "iterable") if getattr(dataset, name)]
        count, means = dataset.normalize_count, dataset.normalize_channels
        marks += [] if dataset.certain else ["uncertain"]
        words = [f"[{dataset.low}, {dataset.high}]", f"mapped {count} times", f"{means} means", *marks]
        yield dataset.place, f"{dataset.type.rpartition('.')[2]}: {dataset.channels} channels, {', '.join(words)}"
    for call in facts.loss_calls:
        source = call.input_source or "something"
        judge = "nobody" if call.judge is None else name(call.judge)
        yield call.place, f"{facts.losses[call.loss].kind}: {judge} on {source} against {call.target_value}"
    for init in facts.inits:
        args = ", ".join(f"{key}={value}" for key, value in init.args.items() if key != "tensor" and value is not None)
        yield init.place, f"{init.layer_kind}.{init.parameter} {init.distribution}({args})"
    for hidden in facts.unregistered:
        yield hidden.place, f"{hidden.count} unregistered in {hidden.attribute}"


def describe_steps(facts):
    def names(numbers):
        return ", ".join(facts.networks[number].variable or facts.networks[number].name for number in numbers) or "none"

    for optimizer in facts.optimizers:
        flags = [] if optimizer.complete else ["others"]
        flags += [] if optimizer.stepped else ["never stepped"]
        held = "".join(f", {flag}" for flag in flags)
        yield optimizer.place, f"{optimizer.type.rpartition('.')[2]} over {names(optimizer.networks)}{held}"
    for backward in facts.backwards:
        flags = [flag for flag in ("stale", "freed", "silent") if getattr(backward, flag)]
        flags += [f"cut by {backward.cut_by}"] if backward.cut_by else []
        flags += [] if backward.complete else ["incomplete"]
        yield backward.place, "; ".join([f"backward into {names(backward.reaches)}", *flags])
    for update in facts.updates:
        terms = dict.fromkeys(describe_term(facts.terms[number], names) for number in update.terms)
        parts = [f"update of {names(update.networks)}: {', '.join(terms) or 'nothing'}"]
        if update.spills_into:
            parts.append(f"spills into {names(update.spills_into)}")
        parts += [flag for flag in ("accumulated", "foreign", "discarded") if getattr(update, flag)]
        parts += [] if update.arrives else ["never arrives"]
        parts += [] if update.complete else ["incomplete"]
        parts += [] if update.clear_place else ["never cleared"]
        yield update.place, "; ".join(parts)
    for penalty in facts.penalties:
        flags = [flag for flag in ("cut", "used") if getattr(penalty, flag)]
        flags += ["create_graph"] if penalty.create_graph else []
        flags += [f"norm over {penalty.norm}"] if penalty.norm else []
        yield penalty.place, ", ".join([f"penalty on {names([penalty.network])} at {penalty.at}", *flags])
    for clip in facts.clippings:
        yield clip.place, f"{clip.of} of {names([clip.network])} in {clip.low}..{clip.high} {clip.when}"
    for copy in facts.weight_copies:
        what = "average" if copy.average else "copy"
        buffers = " with buffers" if copy.buffers else ""
        yield copy.place, f"{what} of {names([copy.source])} into {names([copy.target])}{buffers}"


def describe_term(term, names):
    judge = "nobody" if term.judge is None else names([term.judge])
    text = f"{term.kind} {judge}({term.source})"
    if term.target_value is not None:
        text += f"->{term.target_value:g}"
    elif term.target_low is not None:
        text += f"->{term.target_low:g}..{term.target_high:g}"
    elif term.loss_call is None:
        text += {"minimised": " down", "maximised": " up"}.get(term.direction, " either way")
    flags = [f"pushes {term.pushes}"] if term.kind in ("hinge", "softplus") and term.pushes else []
    flags += [flag for flag in ("relative", "complement") if getattr(term, flag)]
    flags += ["cut"] if term.source in ("fake", "mixed") and not term.reaches_maker else []
    flags += [] if term.certain else ["maybe"]
    return " ".join([text, *flags])


def describe_passes(facts):
    for forward in facts.forwards:
        network = facts.networks[forward.network]
        flags = ["no_grad"] if forward.no_grad else []
        flags += ["detached"] if forward.detached and forward.source in ("fake", "mixed", "interpolated") else []
        flags += [forward.mode] if forward.mode != "train" else []
        name = network.variable or network.name
        yield forward.place, " ".join([f"{name} on {forward.source}", *map(str, flags)])


@pytest.mark.parametrize("file", ENTRIES, ids=name_entry)
def test_programs(file):
    interpreter, result, reveals = interpret(file)
    known = collect_known(interpreter, result.facts, reveals)
    markers = read_markers(file)
    assert markers
    assert result.problems == ()
    expected = {key: text for key, (text, todo) in markers.items() if not todo}
    todos = {key: text for key, (text, todo) in markers.items() if todo}
    found = {key: text for key, text in known.items() if key in expected or (key[2] == "revealed" and key not in todos)}
    assert spell(found, file) == spell(expected, file)
    done = {key: text for key, text in todos.items() if known.get(key) == text}
    assert not done, "known now: drop the todo-"


@pytest.mark.parametrize("file", ENTRIES, ids=name_entry)
def test_a_second_run_gives_the_same_facts(file):
    interpreter, *first = interpret(file)
    _, *again = interpret(file, interpreter)
    other, *fresh = interpret(file)
    assert settle(interpreter, first) == settle(interpreter, again) == settle(other, fresh)


def settle(interpreter, results):
    """Return results as text, with lines and columns for the marks, which are numbered as they are asked for."""
    text = repr(results)
    places = {Place(path, int(mark)) for path, mark in PLACE.findall(text)}
    spans = interpreter.locate(places)
    return PLACE.sub(lambda found: repr(spans[Place(found[1], int(found[2]))]), text)


def test_an_import_is_read_when_it_is_used_or_changes_others():
    main = PROGRAMS / "late_imports" / "main.py"
    interpreter, _, _ = interpret(main)
    unread = {
        file.stem for file in (main.parent / "zoo").glob("*.py") if interpreter.find_source(file.as_posix()) is None
    }
    assert unread == {"unused"}


def test_facts_do_not_depend_on_the_hash_seed():
    command = [sys.executable, "-m", "ganlint", "facts", "tests/interp", "examples", "--format", "json", "--jobs", "1"]
    outputs = {
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
    assert b"Generator" in outputs.pop()


def test_findings_do_not_depend_on_the_number_of_jobs(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(pool, "_MIN_BYTES_FORK", 0)
    monkeypatch.setattr(pool, "_MIN_BYTES_SPAWN", 0)
    alone, together = (lint_paths(["examples"], Config(root=ROOT, jobs=jobs)) for jobs in (1, 2))
    assert alone.findings
    assert alone == together


HOSTILE = {
    "loops in loops": """\
        from torch import nn
        layers = []
        for a in range(500):
            for b in range(500):
                for c in range(500):
                    layers.append(nn.Linear(a, b))
        """,
    "functions that call each other twice": """\
        from torch import nn
        def build_odd(n):
            return nn.Sequential(build_even(n - 1), nn.ReLU(), build_even(n - 1)) if n else nn.Linear(1, 1)
        def build_even(n):
            return nn.Sequential(build_odd(n - 1), nn.Tanh(), build_odd(n - 1)) if n else nn.Linear(1, 1)
        net = build_even(40)
        """,
    "branches nobody can decide": """\
        from torch import nn
        from settings import flags
        def build(n):
            layers = []
            for i in range(200):
                if flags[i]:
                    layers.append(nn.Linear(i, i))
                else:
                    for j in range(200):
                        layers += [k * k for k in range(200)]
            return layers
        net = nn.Sequential(*build(3))
        """,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_step_budget_ends_every_program(text):
    start = time.process_time()
    result = Interpreter(()).interpret_entry(parse_source(dedent(text).encode(), path="hostile.py"))
    assert time.process_time() - start < 5
    assert any("steps" in problem.message for problem in result.problems)
    assert result.facts.entry == "hostile.py"


def test_an_operation_with_its_own_gradient_is_no_network(tmp_path):
    file = tmp_path / "main.py"
    text = """
        import torch
        from torch import nn
        from torch.autograd import Function


        class Scale(Function):
            @staticmethod
            def forward(ctx, x):
                return x * 2

            @staticmethod
            def backward(ctx, gradient):
                return gradient * 2


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(4, 4)

            def forward(self, x):
                return Scale.apply(self.first(x))
    """
    file.write_text(dedent(text), encoding="utf-8")
    _, result, _ = interpret(file)
    assert [network.name for network in result.facts.networks] == ["Net"]
