from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganlint.finding import Edit, Fix, Safety
from ganlint.fix import apply_edits, apply_fixes
from ganlint.span import Span


def edit(line, column, end_line, end_column, content, cell=None):
    span = Span(path="a.py", line=line, column=column, end_line=end_line, end_column=end_column, cell=cell)
    return Edit(span=span, content=content)


def fix(*edits):
    return Fix(title="t", safety=Safety.SAFE, edits=edits)


def test_edits_count_characters_and_keep_what_is_around():
    text = "a = 'ä' + f(1, 2)\r\nb = 3\r\n"
    made = apply_edits(text, [edit(2, 5, 2, 6, "4"), edit(1, 13, 1, 14, "one")])
    assert made == "a = 'ä' + f(one, 2)\r\nb = 4\r\n"


def test_an_edit_may_span_lines_and_reach_the_end():
    assert apply_edits("f(\n  1,\n)", [edit(1, 3, 3, 1, ""), edit(3, 2, 3, 2, "  # end")]) == "f()  # end"


def test_edits_that_overlap_are_refused():
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abcdef", [edit(1, 1, 1, 4, "x"), edit(1, 3, 1, 5, "y")])


@pytest.mark.parametrize(
    "wrong",
    [edit(3, 1, 3, 1, ""), edit(1, 5, 1, 9, ""), edit(1, 0, 1, 1, ""), edit(1, 3, 1, 2, "")],
    ids=["line", "column", "zero", "reversed"],
)
def test_a_span_outside_the_text_is_refused(wrong):
    with pytest.raises(ValueError, match="span"):
        apply_edits("abc\nd", [wrong])


def test_a_notebook_is_not_edited_as_one_text():
    with pytest.raises(ValueError, match="cell"):
        apply_edits("abc", [edit(1, 1, 1, 2, "x", cell=0)])


def test_a_fix_is_applied_whole_or_skipped():
    first = fix(edit(1, 1, 1, 2, "A"))
    clashing = fix(edit(1, 1, 1, 3, "XX"), edit(1, 5, 1, 6, "E"))
    last = fix(edit(1, 6, 1, 7, "F"))
    made = apply_fixes("abcdef", [first, clashing, last])
    assert made.text == "AbcdeF"
    assert made.applied == (first, last)
    assert made.skipped == (clashing,)


def test_the_same_edit_of_two_fixes_counts_once():
    made = apply_fixes("abc", [fix(edit(1, 2, 1, 3, "B")), fix(edit(1, 2, 1, 3, "B"))])
    assert made.text == "aBc"
    assert not made.skipped


def test_two_insertions_at_one_place_clash():
    made = apply_fixes("abc", [fix(edit(1, 2, 1, 2, "x")), fix(edit(1, 2, 1, 2, "y"))])
    assert made.text == "axbc"
    assert len(made.skipped) == 1


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.text("xyz", max_size=3)), max_size=6))
def test_what_no_edit_touches_survives(changes):
    text = "abcdefghijklmnopqrst"
    fixes = [fix(edit(1, min(a, b) + 1, 1, max(a, b) + 1, content)) for a, b, content in changes]
    made = apply_fixes(text, fixes)
    assert len(made.applied) + len(made.skipped) == len(fixes)
    touched = {n for item in made.applied for e in item.edits for n in range(e.span.column - 1, e.span.end_column - 1)}
    kept = "".join(letter for number, letter in enumerate(text) if number not in touched)
    assert "".join(letter for letter in made.text if letter not in "xyz") == kept
