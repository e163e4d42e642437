from __future__ import annotations

import json
import time
from pathlib import Path

import libcst as cst
import pytest

import ganlint
from ganlint import nesting, positions, statement_lines
from ganlint.errors import SourceError
from ganlint.source import parse_source, read_source
from ganlint.span import Span

PACKAGE = Path(ganlint.__file__).parent


def walk(node):
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(current.children)


def find(module, kind, index=0):
    nodes = [node for node in walk(module) if isinstance(node, kind)]
    return nodes[index]


def locate_one(source, node):
    mark = source.mark(node)
    return source.locate([mark])[mark]


def fail(data, **options):
    with pytest.raises(SourceError) as caught:
        parse_source(data, path="broken.py", **options)
    return caught.value


@pytest.mark.parametrize("name", ["source.py", "pipeline.py", "cli.py", "report/snippet.py", "facts/network.py"])
def test_recorder_equals_position_provider(name):
    module = read_source(PACKAGE / name).module
    nodes = list(walk(module))
    slow = positions.provide_positions(module, nodes)
    assert len(slow) > 500
    assert positions.record_positions(module, nodes) == {node: slow[node] for node in nodes}


def test_recorder_of_few_nodes_equals_recorder_of_all():
    module = read_source(PACKAGE / "source.py").module
    nodes = list(walk(module))
    everything = positions.record_positions(module, nodes)
    for node in nodes[::7]:
        assert positions.record_positions(module, [node])[node] == everything[node]


@pytest.mark.parametrize("name", ["source.py", "statement_lines.py", "notebook.py"])
def test_positions_by_statement_equal_those_of_the_whole_module(name):
    source = read_source(PACKAGE / name)
    nodes = list(walk(source.module))
    whole = positions.record_positions(source.module, nodes)
    assert positions.record_positions(source.module, nodes, source.text) == whole
    for node in nodes[::23]:
        assert positions.record_positions(source.module, [node], source.text) == {node: whole[node]}


STATEMENTS = """\
# a comment [ that opens a bracket
\"\"\"Two
lines.\"\"\"

@wrap(
    1)
# between
@wrap
class A(
    Base
): x = 1; y = 2

if a: b(c)
elif (d and
      e): pass
elif f:
\tg("\\
")
else: h = [
  1, 2]
try:
    i = '# (' + \\
      "'"
except (J, K) as l:
    m
except N: o
else:
    p
finally: q
match r:
    case [s, t] if u:
        v
    case _: w
for x in y: z
else: pass
async def aa():
    async with bb as cc, dd: ee
    while ff:
        gg
    else:
        hh = '''(

'''  # (
    return ii
"""


@pytest.mark.parametrize("text", [STATEMENTS, STATEMENTS.replace("\n", "\r\n"), STATEMENTS.rstrip(), ""])
def test_statement_lines_are_those_of_the_tree(text):
    module = cst.parse_module(text)
    nodes = list(walk(module))
    whole = positions.provide_positions(module, nodes)
    lines = statement_lines.find_statement_lines(module, text)
    shown = [node for node in nodes if id(node) in lines]
    assert len(shown) == (19 if text else 0)
    assert all(lines[id(node)].line == whole[node][0] for node in shown)
    for node in nodes:
        assert positions.record_positions(module, [node], text) == {node: whole[node]}


def test_a_text_that_does_not_fit_the_tree_has_no_statement_lines():
    module = cst.parse_module("a\nb\n")
    assert statement_lines.find_statement_lines(module, "a\n") is None
    assert positions.record_positions(module, [module.body[1]], "a\n") == {module.body[1]: (2, 0, 2, 1)}


def test_position_provider_takes_over_when_the_private_generator_is_gone(monkeypatch):
    source = parse_source(b"x = f(1)\n", path="a.py")
    call = source.module.body[0].body[0].value
    monkeypatch.delattr(cst.CSTNode, "_codegen")
    monkeypatch.setattr(positions, "provide_positions", lambda module, nodes: dict.fromkeys(nodes, (9, 8, 9, 9)))
    assert locate_one(source, call).line == 9


def test_mark_is_the_same_for_the_same_node():
    source = parse_source(b"x = f(1)\n", path="a.py")
    call = source.module.body[0].body[0].value
    assert source.mark(call) == source.mark(call)
    assert source.mark(call) != source.mark(call.func)


def test_argument_has_the_span_of_its_text_without_the_comma():
    source = parse_source("é = f(  1,\n  momentum=0.8 , )\n".encode(), path="a.py")
    call = source.module.body[0].body[0].value
    assert locate_one(source, call.args[0]) == Span(path="a.py", line=1, column=9, end_line=1, end_column=10)
    assert source.source_text.cut(locate_one(source, call.args[1])) == "momentum=0.8"


def test_class_and_function_are_shown_by_their_names():
    source = parse_source(b"@wrap\nclass Generator(Base):\n    def forward(self):\n        pass\n", path="a.py")
    class_node = source.module.body[0]
    assert source.source_text.cut(locate_one(source, class_node)) == "Generator"
    assert locate_one(source, class_node).line == 2
    assert source.source_text.cut(locate_one(source, class_node.body.body[0])) == "forward"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_and_columns_with_every_newline(newline):
    text = newline.join(["\x0c# first", "'''a", "b'''", "日本 = f(x)", ""])
    source = parse_source(text.encode(), path="a.py")
    call = find(source.module, cst.Call)
    span = locate_one(source, call)
    assert (span.line, span.column, span.end_column) == (4, 6, 10)
    assert source.source_text.cut(span) == "f(x)"
    assert source.source_text.get_line(span.line) == "日本 = f(x)"


def test_tabs_and_spaces_mixed_as_python_reads_them():
    text = "if x:\n    with y:\n   \t    f(a)\n   \t    g(b,\n\t\t  c)\n    h(d)\n"
    with pytest.raises(cst.ParserSyntaxError):
        cst.parse_module(text)
    source = parse_source(text.encode(), path="mixed.py")
    spans = [locate_one(source, find(source.module, cst.Call, index)) for index in range(3)]
    spans.sort(key=lambda span: span.line)
    assert [source.source_text.cut(span) for span in spans] == ["f(a)", "g(b,\n\t\t  c)", "h(d)"]
    assert spans[0] == Span(path="mixed.py", line=3, column=9, end_line=3, end_column=13)
    assert fail(b"if x:\n\tf()\n        g()\n").message.startswith("syntax error")


def test_deep_chain_is_located_without_recursion_error():
    source = parse_source(("x = " + " + ".join(["a"] * 1200)).encode(), path="a.py")
    nodes = [node for node in walk(source.module) if isinstance(node, cst.BinaryOperation)]
    spans = source.locate([source.mark(node) for node in nodes])
    assert len(spans) == 1199
    assert {span.column for span in spans.values()} == {5}


def test_removing_an_argument_takes_one_comma_along():
    def cut_out(code):
        source = parse_source(code.encode(), path="a.py")
        call = source.module.body[0].body[0].value
        argument = next(item for item in call.args if item.keyword is not None)
        span = source.source_text.widen_over_comma(locate_one(source, argument))
        return code.replace(source.source_text.cut(span), "", 1)

    assert cut_out("f(x, k=1)\n") == "f(x)\n"
    assert cut_out("f(k=1, y=2)\n") == "f(y=2)\n"
    assert cut_out("f(k=1)\n") == "f()\n"
    assert cut_out("f(\n    x,\n    k=1,\n)\n") == "f(\n    x,\n)\n"


def test_byte_order_mark_and_coding_line():
    assert parse_source("\ufeffx = 'é'\n".encode(), path="a.py").text == "x = 'é'\n"
    latin = "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1")
    assert parse_source(latin, path="a.py").text.endswith("x = 'é'\n")
    assert parse_source(
        "#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nx = '€'\n".encode("cp1252"), path="a"
    ).text
    assert "€" in parse_source("x = '€'\n# coding: latin-1\n".encode(), path="a.py").text


def test_undecodable_files_say_where_and_what_to_do():
    error = fail("x = 1\ny = 'é'\n".encode("latin-1"))
    assert (error.line, error.where) == (2, "broken.py")
    assert "coding line" in (error.hint or "")
    assert "klingon" in fail(b"# coding: klingon\n").message
    assert "null bytes" in fail(b"x = 1\n\0").message
    assert fail(b"x = 1\n\0").line == 2


@pytest.mark.parametrize(
    ("code", "line", "column"),
    [("x = (\n", 1, 5), ("def f(:\n    pass\n", 1, 7), ("x = 1\nif x\n    y\n", 2, 5), ("x = 1\ny = = 2\n", 2, 5)],
)
def test_syntax_errors_have_their_place(code, line, column):
    error = fail(code.encode())
    assert (error.line, error.column) == (line, column)
    assert error.message.startswith("syntax error")


@pytest.mark.parametrize("code", ["print 'x'\n", "raise Error, 'x'\n", "exec 'x'\n", "x = 0777\n"])
def test_python_2_is_recognised(code):
    error = fail(code.encode())
    assert "Python 2" in (error.hint or "")


def test_syntax_newer_than_this_python_is_read():
    source = parse_source(
        b"type A = int\ndef f[T](x: T) -> T: return x\ny = f'{'a'}'  # ganlint: ignore[b]\n", path="a.py"
    )
    assert [item.rules for item in source.suppressions] == [("b",)]
    assert source.suppressions[0].first_line == 3


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "(" * 10_000 + ")" * 10_000,
        "x = " + "(" * 10_000,
        "x = " + "[" * 300 + "]" * 300,
        "x = " + "not " * 5_000 + "y",
        "x = " + "lambda: " * 5_000 + "y",
        "x = " + " + ".join(["y"] * 50_000),
        "x = y" + "[0]" * 1_000,
        "x = y" + ".z" * 5_000,
        "x = (" + " +\n".join(["y"] * 10_000) + ")",
        "x = (" + "\nor ".join(["y"] * 10_000) + ")",
        "x = 1" + " + \\\n1" * 10_000,
        "x = f(y, (z" + "\n.a(1)(2)" * 2_000 + "))",
        "if x: pass\n" + "elif y: pass\n" * 20_000,
    ],
    ids="closed open list not lambda chain subscripts attributes lines words backslashes calls elif".split(),  # noqa: SIM905
)
def test_code_that_would_kill_the_parser_is_refused(code):
    started = time.perf_counter()
    error = fail(code.encode())
    assert time.perf_counter() - started < 2
    assert str(nesting.MAX_DEPTH) in error.message or "more" in error.message


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"language_info": {"name": "R"}}, ""),
        ({"kernelspec": {"language": "julia"}}, ""),
        ({"kernelspec": {"language": "python"}}, "x = 1"),
        ({"language_info": {"name": "ipython"}, "kernelspec": 3}, "x = 1"),
        (3, "x = 1"),
    ],
)
def test_only_notebooks_in_python_are_read(metadata, text):
    notebook = json.loads(make_notebook(("code", "x = 1")))
    notebook["metadata"] = metadata
    assert parse_source(json.dumps(notebook).encode(), path="a.ipynb", notebook=True).text.strip() == text


def test_large_code_is_refused_wherever_it_comes_from():
    code = "x = 1\n" * 200_000
    assert "larger than 1 MB" in fail(code.encode()).message
    notebook = parse_source(make_notebook(("code", code), ("code", "y = 2")), path="a.ipynb", notebook=True)
    assert ["larger than 1 MB" in problem.message for problem in notebook.problems] == [True]
    assert notebook.text.strip() == "y = 2"


def test_images_in_a_notebook_do_not_count(tmp_path):
    notebook = json.loads(make_notebook(("code", "x = 1")))
    notebook["cells"][0]["outputs"] = [{"data": {"image/png": "A" * 2_000_000}}]
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps(notebook))
    assert read_source(file).text == "x = 1\n"


def test_brackets_in_strings_and_comments_are_not_nesting():
    code = "x = '" + "(" * 500 + "'  # " + "[" * 500 + "\ny = '''" + "{" * 500 + "\n'''\n"
    assert parse_source(code.encode(), path="a.py").text == code


def test_long_data_is_not_a_long_expression():
    code = "x = [" + "1," * 20_000 + "]\ny = 'a" + "+" * 5_000 + "'\nz = [" + "[1, -2, a.b],\n" * 2_000 + "]\n"
    code += "f(a.b[0])\n" * 2_000 + "a; " * 2_000 + "# " + "+" * 5_000 + "\n"
    assert parse_source(code.encode(), path="a.py").text == code


def make_notebook(*cells):
    return json.dumps(
        {"cells": [{"cell_type": kind, "source": source} for kind, source in cells], "nbformat": 4}
    ).encode()


def test_notebook_cells_become_one_program_with_lines_inside_cells():
    data = make_notebook(
        ("markdown", "# title"),
        ("code", ["import torch\n", "%matplotlib inline\n", "!pip install x \\\n", "  y\n", "x = 1"]),
        ("code", "%%bash\nls\n"),
        ("code", "y = x +\n"),
        ("code", "model?\nif x:\n    !ls\nz = f(x)  # ganlint: ignore[a]"),
    )
    source = parse_source(data, path="a.ipynb", notebook=True)
    call = find(source.module, cst.Call)
    assert locate_one(source, call) == Span(path="a.ipynb", line=4, column=5, end_line=4, end_column=9, cell=4)
    assert source.source_text.get_line(4, cell=4).startswith("z = f(x)")
    assert [(item.cell, item.line, item.fatal) for item in source.problems] == [(3, 1, False)]
    (suppression,) = source.suppressions
    assert suppression.covers("a", locate_one(source, call))
    assert (suppression.first_line, suppression.span.cell) == (4, 4)


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"worksheets": []}', b"\xff\xfe", b'{"cells": 3}'])
def test_files_that_are_no_notebooks(data):
    error = fail(data, notebook=True)
    assert "notebook" in error.message


SUPPRESSED = """\
x = f(1)  # ganlint: ignore
y = f(
    2,  # ganlint: ignore[a, b-c]
    3,
)
# ganlint: ignore[d] because of the paper
class A(
    B,
):
    text = "# ganlint: ignore[e]"

# ganlint: ignore[f]

z = 1  # noqa: E501  # GANLINT: ignore[g]
# ganlint: ignore-file[h]
# ganlint: see the paper
# ganlint: ignored
"""


def test_suppressions_cover_their_statement():
    source = parse_source(SUPPRESSED.encode(), path="a.py")
    found = [
        (item.rules, item.first_line, item.last_line, item.whole_file)
        for item in source.suppressions
        if not item.mistake
    ]
    assert found == [
        ((), 1, 1, False),
        (("a", "b-c"), 2, 5, False),
        (("d",), 6, 9, False),
        (("f",), 12, 12, False),
        (("g",), 14, 14, False),
        (("h",), 15, 15, True),
    ]
    assert [item.span.line for item in source.suppressions if item.mistake] == [17]


def test_suppression_without_brackets_covers_every_rule():
    source = parse_source(SUPPRESSED.encode(), path="a.py")
    everything, named = source.suppressions[0], source.suppressions[1]
    on_line_1 = Span(path="a.py", line=1, column=5, end_line=1, end_column=6)
    on_line_4 = Span(path="a.py", line=4, column=5, end_line=4, end_column=6)
    assert everything.covers("any-rule", on_line_1)
    assert not everything.covers("any-rule", on_line_4)
    assert named.covers("b-c", on_line_4)
    assert not named.covers("c", on_line_4)
