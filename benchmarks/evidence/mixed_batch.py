"""Both losses zero WITH batch norm: concatenated D step, fakes-only G step, BN at different places of D. Ring, 6 seeds, 800 steps; plus the G-step variant that also concatenates reals."""

from train_mlp import run
import statistics as st

base = dict(gh=[64, 64], dh=[64, 64], iters=800, lr=1e-3, g_bn="pre")
for name, kw in (
    ("no BN, concat", dict(concat=True)),
    ("BN input, concat", dict(concat=True, d_in_bn=True)),
    ("BN layer1 (pre), concat", dict(concat=True, d_bn="pre", d_first_bn=True)),
    ("BN layer2 (pre), concat", dict(concat=True, d_bn="pre")),
    ("BN layer2 (post), concat", dict(concat=True, d_bn="post")),
    ("BN last, concat", dict(concat=True, d_last_bn=True)),
    ("BN layer1+2, no BN in G, concat", dict(concat=True, d_bn="pre", d_first_bn=True, g_bn="none")),
    ("BN layer1 (pre), separate", dict(d_bn="pre", d_first_bn=True)),
):
    r = run(**{**base, **kw})["runs"]
    f = lambda k: f"{st.mean(x[k] for x in r):.3f}±{st.stdev(x[k] for x in r):.3f}"
    print(
        f"{name:34s} D {f('d_end')} G {f('g_end')} both<.05 in the last 10%: {[round(x['both_lt_05_end'], 2) for x in r]} SWD {f('swd_train')} |gradG| end {st.mean(x['gn_end'] for x in r):.1e} std of G {f('std_train')}",
        flush=True,
    )
