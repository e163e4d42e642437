"""Writes schemas/{findings,facts,probe,config}.json from the types behind the contracts; `--check` only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ganlint.config_schema import ConfigTable
from ganlint.confirm.document import ProbesDocument
from ganlint.report.facts_document import FactsDocument
from ganlint.report.findings_document import FindingsDocument

FOLDER = Path(__file__).resolve().parent.parent / "schemas"


def build_schemas() -> dict[str, str]:
    """Return the text of each schema by file name."""
    return {
        "findings.json": _dump(TypeAdapter(FindingsDocument).json_schema(mode="serialization"), "ganlint.findings/1"),
        "facts.json": _dump(TypeAdapter(FactsDocument).json_schema(mode="serialization"), "ganlint.facts/1"),
        "probe.json": _dump(TypeAdapter(ProbesDocument).json_schema(mode="serialization"), "ganlint.probe/1"),
        "config.json": _dump(ConfigTable.model_json_schema(by_alias=True), "[tool.ganlint]"),
    }


def _dump(schema: dict[str, Any], title: str) -> str:
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schemas, or say which are stale."""
    stale = []
    for name, text in build_schemas().items():
        file = FOLDER / name
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv[1:]:
            file.write_text(text, encoding="utf-8")
    print(f"stale: {', '.join(stale)}" if stale else "all fresh")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    raise SystemExit(main())
