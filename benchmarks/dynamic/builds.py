"""How many of the networks that a folder's programs train can be built, and run, from what the source says?"""

import re
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ganlint.confirm.planning import Planner, cover_networks
from ganlint.confirm.probe import Probe, run_worker
from ganlint.errors import GanlintError

_RAN = 2
#: What generators and discriminators are called.
_PLAYER = r"gen|disc|critic"


def count_builds(probes: Iterable[Probe]) -> str:
    """Return one line per class that did not run, and the counts; a class counts once, with its best outcome."""
    best: dict[tuple[str, str], tuple[int, str]] = {}
    pairs = finite = 0
    for probe in probes:
        outcomes = {built["name"]: built for built in probe.built}
        for network in probe.request.networks:
            built = outcomes.get(network.name)
            score, reason = _score(built) if built else (0, probe.failure)
            key = (network.file, network.qualname)
            best[key] = max(best.get(key, (-1, "")), (score, reason))
        pairs += bool(probe.pairs)
        finite += bool(probe.pairs and not probe.pairs[0]["record"]["raised"])
    lines = [f"{Path(file).name} {name}: {reason}" for (file, name), (score, reason) in best.items() if score < _RAN]
    built_count = sum(score > 0 for score, _ in best.values())
    ran = sum(score == _RAN for score, _ in best.values())
    players = [score for (_, name), (score, _) in best.items() if re.search(_PLAYER, name, re.IGNORECASE)]
    said = f"{len(players)} players, {sum(s > 0 for s in players)} built, {sum(s == _RAN for s in players)} ran"
    counts = f"{len(best)} classes, {built_count} built, {ran} ran; {said}; {pairs} pairs, {finite} measured"
    return "\n".join([*lines, counts])


def _score(built: dict[str, str]) -> tuple[int, str]:
    if built["ok"]:
        return _RAN, ""
    return int(built["code"] == "not-run"), f"{built['code']}: {built['message'][:90]}"


def _plan(folder: Path) -> list[Probe]:
    requests, planner = [], Planner()
    for file in sorted(folder.rglob("*.py")):
        try:
            requests.append(replace(planner.plan(str(file)), seeds=1, seconds=20.0))
        except GanlintError:  # a file without networks
            continue
    return run_worker(cover_networks(requests))


if __name__ == "__main__":
    started = time.perf_counter()
    print(count_builds(_plan(Path(sys.argv[1]))))
    print(f"{time.perf_counter() - started:.0f} s")
