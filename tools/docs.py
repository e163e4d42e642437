"""Writes the page of every rule and the index of rules from the rule folders, and the page of facts from their types.

python tools/docs.py            writes what is out of date
python tools/docs.py --check    only says so, and ends with 1
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ganlint.facts.network import TensorShape  # noqa: E402  # after the path is set
from ganlint.facts.place import Known  # noqa: E402
from ganlint.facts.store import FACT_KINDS  # noqa: E402
from ganlint.matcher.load import LoadedRule, load_folders  # noqa: E402
from ganlint.matcher.rule import FixSpec, OptionSpec, Rule  # noqa: E402
from ganlint.matcher.torch_words import (  # noqa: E402
    list_distributions,
    list_families,
    list_kinds,
    list_loss_kinds,
)
from ganlint.matcher.vocabulary import FIELD_WORDS, describe_field  # noqa: E402

RULES = ROOT / "rules"
PAGES = ROOT / "docs" / "rules"
FACTS_PAGE = ROOT / "docs" / "facts.md"

_FORMS = {
    "known": "a value with its origin ([`Known`](#known))",
    "places": "a place for each name",
    "mapping": "a value for each name",
}


def build_pages() -> dict[Path, str]:
    """What each generated page should hold."""
    loaded = load_folders([RULES])
    pages = {PAGES / f"{item.rule.id}.md": render_page(item) for item in loaded}
    return pages | {PAGES / "index.md": render_index([item.rule for item in loaded]), FACTS_PAGE: render_facts_page()}


def find_leftovers() -> list[Path]:
    """Pages of rules that no longer exist."""
    return sorted(set(PAGES.glob("*.md")) - set(build_pages()))


def render_page(loaded: LoadedRule) -> str:
    """The page of one rule."""
    rule, texts = loaded.rule, loaded.texts
    source = f"../../rules/{rule.family}/{rule.id}"
    parts = [
        f"# {rule.id}",
        f"{rule.summary}.",
        _describe_facts(rule),
        texts.why,
        f"**What to do**: {rule.help}." if rule.help else "",
        *_render_example("This is reported", texts.files["bad.py"]),
        *_render_example("This is not", texts.files["good.py"]),
        *_render_fix(rule.fix, texts.files.get("fixed.py")),
        *_render_options(rule),
        *_render_evidence(texts.files.get("evidence.md")),
        *_render_references(texts.references),
        f"Source: [rule.yaml]({source}/rule.yaml)",
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def render_index(rules: Sequence[Rule]) -> str:
    """The index of all rules, by family."""
    lines = [
        "# Rules",
        "",
        "**error**: raises, or is provably a zero or NaN gradient or a wrong result. **warning**: measured harm.",
        "**info**: contested, situational or style; shown, but never fails a run unless configured to.",
    ]
    by_family = sorted(rules, key=lambda rule: (rule.family, rule.id))
    for family, members in groupby(by_family, key=lambda rule: rule.family):
        lines += ["", f"## {family}", "", "| rule | severity | reports |", "|---|---|---|"]
        lines += [f"| [{rule.id}]({rule.id}.md) | {_describe_severity(rule)} | {rule.summary} |" for rule in members]
    return "\n".join(lines) + "\n"


def render_facts_page() -> str:
    """The page of the facts that a rule can name."""
    parts = [
        "# Facts",
        "",
        "What the interpreter knows of a program, by the word a [rule](rule-language.md) uses for it. A field that may",
        "be unknown is None where nothing is known, and no comparison with it holds.",
    ]
    sections = [(name, kind) for name, (kind, _) in FACT_KINDS.items()]
    for name, kind in (*sections, ("Known", Known), ("TensorShape", TensorShape)):
        parts += ["", f"## {name}", "", inspect.getdoc(kind) or "", "", "| field | holds |", "|---|---|"]
        parts += [f"| `{item.name}` | {_describe_field(name, item)} |" for item in dataclasses.fields(kind)]
    parts += [
        "",
        "## Words",
        "",
        "`kind` and `families` of layers and ops, `kind` of losses, `distribution` of inits:",
        "",
    ]
    for name, words in (
        ("kinds", list_kinds()),
        ("wider families", list_families() - list_kinds()),
        ("losses", list_loss_kinds()),
        ("distributions", list_distributions()),
    ):
        parts.append(f"- **{name}**: {', '.join(f'`{word}`' for word in sorted(words))}")
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or check that they are fresh."""
    check = "--check" in arguments
    stale = [path for path, text in build_pages().items() if not path.is_file() or path.read_text("utf-8") != text]
    leftovers = find_leftovers()
    for path in stale + leftovers:
        print(f"{'stale' if check else 'updated'}: {path.relative_to(ROOT)}")
    if check:
        return 1 if stale or leftovers else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    pages = build_pages()
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
    for path in leftovers:
        path.unlink()
    return 0


def _describe_field(owner: str, field: dataclasses.Field[object]) -> str:
    found = describe_field(owner, field.name)
    assert found is not None
    words = FIELD_WORDS.get((owner, field.name))
    if words is not None:
        text = ", ".join(f"`{word}`" for word in words)
    elif found.form in {"fact", "facts"}:
        text = f"{'several of ' if found.form == 'facts' else ''}[{found.of}](#{found.of})"
    elif found.form == "struct":
        text = "a place" if found.of == "Place" else f"[`{found.of}`](#{found.of.lower()})"
    elif found.form == "list":
        text = f"a list of {found.of}"
    else:
        text = _FORMS.get(found.form, found.of)
    return f"{text}, or unknown" if str(field.type).endswith("| None") else text


def _describe_facts(rule: Rule) -> str:
    facts = [f"Severity: **{rule.severity.value}**", f"family: {rule.family}"]
    grades = dict.fromkeys(grade.severity.value for grade in rule.grades if grade.severity is not rule.severity)
    if grades:
        facts[0] += f" (in some cases {' or '.join(grades)})"
    if rule.contested:
        facts.append("**contested**: both sides are below")
    if not rule.enabled:
        facts.append(f"**off by default**: `--extend-select {rule.id}` turns it on")
    facts.append(f"fix: {rule.fix.safety.value}" if rule.fix else "no automatic fix")
    return " · ".join(facts)


def _describe_severity(rule: Rule) -> str:
    words = [rule.severity.value]
    words += ["graded"] if rule.grades and {grade.severity for grade in rule.grades} != {rule.severity} else []
    words += ["contested"] if rule.contested else []
    words += ["off"] if not rule.enabled else []
    words += ["fix"] if rule.fix else []
    return ", ".join(words)


def _render_example(title: str, code: str) -> Iterator[str]:
    yield f"## {title}"
    yield f"```python\n{code.strip()}\n```"


def _render_fix(fix: FixSpec | None, fixed: str | None) -> Iterator[str]:
    if fix is not None:
        yield "## Fix"
        yield f"{fix.title} ({fix.safety.value})."
        if fixed is not None:
            yield f"```python\n{fixed.strip()}\n```"


def _render_options(rule: Rule) -> Iterator[str]:
    if rule.options:
        yield "## Options"
        yield _render_table(rule.options.items())
        name, option = next(iter(rule.options.items()))
        yield f"```toml\n[tool.ganlint.rules.{rule.id}]\n{name} = {option.default}\n```"


def _render_table(options: Iterable[tuple[str, OptionSpec]]) -> str:
    rows = [f"| `{name}` | {option.default} | {option.help} |" for name, option in options]
    return "\n".join(["| option | default | meaning |", "|---|---|---|", *rows])


def _render_evidence(evidence: str | None) -> Iterator[str]:
    if evidence is not None:
        yield "## Evidence"
        # The file's own title would be a second first-level heading.
        yield evidence.strip().partition("\n")[2]


def _render_references(references: Sequence[tuple[str, str]]) -> Iterator[str]:
    if references:
        yield "## References"
        yield "\n".join(f"- [{title}]({url})" for title, url in references)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
