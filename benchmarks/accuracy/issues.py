"""Counts which hand-read issues of the truth ganlint reports, and which of its traps. See README.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Record = dict[str, Any]

# The truth was written before the catalogue: its names, and what the rules are called that say the same.
RULES = {
    "adam-beta1-default": ("adam-default-beta1",),
    "bn-eps-suspicious": ("bn-suspicious-eps",),
    "bn-channel-mismatch": ("bn-shape-mismatch",),
    "bn-first-layer-discriminator": ("bn-on-discriminator-input",),
    "bn-gamma-init-zero-mean": ("bn-gamma-zero-mean-init",),
    "bn-in-gp-critic": ("bn-in-gradient-penalty-critic",),
    "bn-wrong-dim": ("bn-shape-mismatch",),
    "conv-bias-before-bn": ("redundant-bias-before-bn",),
    "fake-not-detached-in-d-step": ("fake-not-detached",),
    "high-lr": ("high-learning-rate",),
    "real-fake-concat-bn": ("real-fake-concat-with-bn",),
    "relu-in-discriminator": ("sparse-discriminator",),
    "softmax-single-unit": ("single-output-softmax",),
    "tanh-range-mismatch": ("generator-range-mismatch",),
    "other:bn-after-activation": ("bn-after-activation",),
    "other:activation-built-but-unused": ("activation-never-applied",),
    "other:bce-target-shape-mismatch": ("loss-target-shape-mismatch",),
    "other:ce-on-softmax": ("cross-entropy-on-softmax",),
    "other:functional-dropout-always-on": ("functional-dropout-always-on",),
    "other:gp-norm-not-flattened": ("penalty-norm-wrong-dim",),
    "other:hard-coded-cuda": ("unconditional-cuda",),
    "other:inplace-update-between-backwards": ("stale-graph",),
    "other:loss-never-backward": ("discriminator-loss-missing-term", "step-without-effect"),
    "other:normalize-channel-mismatch": ("normalize-channel-mismatch",),
    "other:train-loader-not-shuffled": ("unshuffled-train-loader",),
    "other:unused-loss": ("loss-never-called",),
    "other:wrong-output-column": ("output-columns-overlap",),
}


@dataclass(slots=True, kw_only=True)
class Score:
    """What was asked and found by harm, and the lines to print."""

    asked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    hits: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    traps: int = 0

    def render(self) -> str:
        """The misses, the traps that were hit, the unlisted findings and the table."""
        lines = [*self.misses, *self.hits, *self.unlisted, f"{'harm':16} {'found':>5} {'asked':>5}  ratio"]
        for harms in (("bug",), ("risk",), ("waste",), ("bug", "risk", "waste"), ("style",), ("info",)):
            asked, found = (sum(counter[harm] for harm in harms) for counter in (self.asked, self.found))
            lines += [f"{'+'.join(harms):16} {found:5} {asked:5}  {found / asked:.3f}"] if asked else []
        return "\n".join([*lines, f"traps hit: {len(self.hits)} of {self.traps}"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy.issues", description=__doc__)
    parser.add_argument("--truth", type=Path, required=True, help="JSON lines, one file of a repository each")
    parser.add_argument("--repos", type=Path, required=True, help="folder of folders named owner+name and pypi+name")
    parser.add_argument("--only", help="only the repositories whose name contains this")
    options = parser.parse_args()

    rows = [json.loads(line) for line in options.truth.read_text("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if not options.only or options.only in row["repo"]]
    score = Score()
    for repo in sorted({row["repo"] for row in rows}):
        folder = options.repos / repo.replace("pypi:", "pypi+").replace("/", "+")
        if not folder.is_dir():
            print(f"left out, no folder: {repo}")
            continue
        findings = list_findings(folder)
        for row in rows:
            if row["repo"] == repo:
                offsets = read_offsets(folder / row["path"]) if row["path"].endswith(".ipynb") else {}
                score_file(row, findings.get(row["path"], []), offsets, score)
    print(score.render())
    return 0


def list_findings(folder: Path) -> dict[str, list[Record]]:
    """What all rules report in a folder, by the files that a finding or one of its labels stands in."""
    command = [sys.executable, "-m", "ganlint", "check", ".", "--select", "ALL", "--format", "json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600, cwd=folder)
    by_path: dict[str, list[Record]] = {}
    for finding in json.loads(done.stdout)["findings"]:
        for path in {place["path"] for place in (finding, *finding["labels"])}:
            by_path.setdefault(path, []).append(finding)
    return by_path


def read_offsets(path: Path) -> dict[int | None, int]:
    """How many lines of code stand in front of a notebook's cells, by cell: the truth counts through all of them."""
    offsets: dict[int | None, int] = {}
    count = 0
    for index, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        if cell["cell_type"] == "code":
            offsets[index] = count
            count += "".join(cell["source"]).count("\n") + 1
    return offsets


def score_file(row: Record, findings: Sequence[Record], offsets: Mapping[int | None, int], score: Score) -> None:
    """Match one file's issues and traps with the findings that stand on their lines."""
    lines = {id(item): _list_lines(item, row["path"], offsets) for item in findings}
    name = f"{row['repo']}/{row['path']}"
    matched: set[int] = set()
    for issue in row["issues"]:
        of_rule = [item for item in findings if item["rule"] in _list_rules(issue)]
        there = [item for item in of_rule if lines[id(item)] & {issue["line"], *issue.get("alt_lines", ())}]
        matched.update(map(id, there))
        score.asked[issue["harm"]] += 1
        score.found[issue["harm"]] += bool(there)
        if not there:
            near = ", ".join(f"{item['rule']}:{item['line']}" for item in of_rule)
            score.misses.append(
                f"missed, {issue['harm']}: {name}:{issue['line']} {issue['rule']}"
                + (f" (same rule elsewhere: {near})" if near else "")
            )
    for trap in row.get("traps", []):
        score.traps += 1
        score.hits += [
            f"trap hit: {name}:{trap['line']} {item['rule']}"
            for item in findings
            if item["rule"] in _list_rules(trap) and trap["line"] in lines[id(item)]
        ]
    score.unlisted += [
        f"unlisted, {item['severity']}: {name}:{item['line']} {item['rule']}: {item['message']}"
        for item in findings
        if item["path"] == row["path"] and item["severity"] != "info" and id(item) not in matched
    ]


def _list_rules(issue: Record) -> tuple[str, ...]:
    return RULES.get(issue["rule"], (issue["rule"],))


def _list_lines(finding: Record, path: str, offsets: Mapping[int | None, int]) -> set[int]:
    """The lines of a finding and its labels in a file."""
    places: Iterable[Record] = (finding, *finding["labels"])
    return {
        line + offsets.get(place["cell"], 0)
        for place in places
        if place["path"] == path
        for line in range(place["line"], place["end_line"] + 1)
    }


if __name__ == "__main__":
    sys.exit(main())
