"""The documentation: generated pages are fresh, links lead somewhere, and every rule folder is complete."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = sorted(path.parent for path in (ROOT / "rules").glob("*/*/rule.yaml"))
TEXTS = sorted({*(ROOT / "docs").rglob("*.md"), *(ROOT / "rules").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")})
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
SCRIPT = re.compile(r"`(?:benchmarks/evidence/)?(\w+\.py)`")


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ganlint_docs_tool", ROOT / "tools" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_fresh() -> None:
    tool = load_tool()
    stale = [path.name for path, text in tool.build_pages().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"run `python tools/docs.py`: {stale}"
    assert not tool.find_leftovers()


def test_a_changed_rule_makes_its_page_stale(tmp_path: Path) -> None:
    tool = load_tool()
    loaded = tool.load_folders([ROOT / "rules"])[0]
    folder = tmp_path / loaded.rule.family / loaded.rule.id
    folder.mkdir(parents=True)
    for path in loaded.folder.iterdir():
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    rule_file = folder / "rule.yaml"
    rule_file.write_text(
        rule_file.read_text(encoding="utf-8").replace("summary: ", "summary: Changed "), encoding="utf-8"
    )
    changed = tool.load_folders([tmp_path])[0]
    assert tool.render_page(changed) != tool.render_page(loaded)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links_lead_to_files(path: Path) -> None:
    # What stands in code is no link: `layers[0](z)`.
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    targets = [link for link in LINK.findall(text) if "://" not in link]
    broken = [link for link in targets if not (path.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_evidence_cites_scripts_that_exist(folder: Path) -> None:
    cited = SCRIPT.findall((folder / "evidence.md").read_text(encoding="utf-8"))
    places = (ROOT / "benchmarks" / "evidence", folder)
    missing = [name for name in cited if not any((place / name).is_file() for place in places)]
    assert not missing


def test_the_first_page_links_only_rules_that_exist() -> None:
    linked = set(re.findall(r"\(rules/([\w-]+)\.md\)", (ROOT / "docs" / "index.md").read_text(encoding="utf-8")))
    assert linked - {"index"} <= {folder.name for folder in FOLDERS}
    assert "bn-pins-discriminator-mean" in linked
