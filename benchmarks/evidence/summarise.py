"""Prints mean and standard deviation of every configuration in the result files."""

import json, statistics as st, sys, collections

G = collections.OrderedDict()
for f in ("results_mlp.jsonl", "results_dc.jsonl"):
    try:
        L = open(f)
    except FileNotFoundError:
        continue
    for l in L:
        d = json.loads(l)
        r = d["res"]
        k = (d["group"], d["name"])
        if "error" in r:
            G.setdefault(k, []).append(dict(err=r["error"]))
            continue
        G.setdefault(k, []).extend(r["runs"] if "runs" in r else [r])


def ms(v, f="{:.3f}"):
    v = [x for x in v if x is not None and x == x]
    if not v:
        return "-"
    return f.format(st.mean(v)) + ("±" + f.format(st.stdev(v)) if len(v) > 1 else "")


only = sys.argv[1] if len(sys.argv) > 1 else ""
for (g, n), R in G.items():
    if only and not g.startswith(only):
        continue
    if any("err" in r for r in R):
        print(g, n, R[0])
        continue
    ring = "modes_train" in R[0]
    s = f"{g:28s} {n:34s} n={len(R)} SWD {ms([r.get('swd_train') for r in R])} (eval {ms([r.get('swd_eval') for r in R])})"
    if ring:
        s += f" modes {ms([r.get('modes_train') for r in R], '{:.1f}')} hq {ms([r.get('hq_train') for r in R], '{:.2f}')}"
    s += f" | D {ms([r['d_end'] for r in R], '{:.2f}')} G {ms([r['g_end'] for r in R], '{:.2f}')} | gradG init {ms([r['gn0'] for r in R], '{:.3g}')} med {ms([r['gn_med'] for r in R], '{:.3g}')} end {ms([r['gn_end'] for r in R], '{:.3g}')} | D<.05 share {ms([r['d_lt_05'] for r in R], '{:.2f}')} both<.05 {ms([r['both_lt_05_end'] for r in R], '{:.2f}')} nan {sum(bool(r['nan']) for r in R)}"
    print(s)
