"""Writes the bundled rules and the JSON Schema of `rule.yaml` from their sources.

python tools/bundle_rules.py            writes what is out of date
python tools/bundle_rules.py --check    only says so, and ends with 1
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ganlint.matcher.bundle import RULES_PATH, TEXTS_PATH, dump_rules, dump_texts  # noqa: E402  # after the path is set
from ganlint.matcher.load import load_folders  # noqa: E402
from ganlint.matcher.schema import generate_schema  # noqa: E402


def build_files() -> dict[Path, str]:
    """What each generated file should hold."""
    loaded = load_folders([ROOT / "rules"])
    return {
        RULES_PATH: dump_rules(loaded),
        TEXTS_PATH: dump_texts(loaded),
        ROOT / "schemas" / "rule.json": json.dumps(generate_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def main(arguments: list[str]) -> int:
    """Write the files, or check that they are fresh."""
    stale = [
        (path, text)
        for path, text in build_files().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        print(f"{'stale' if '--check' in arguments else 'wrote'}: {path.relative_to(ROOT)}")
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
