"""Runs every convolutional configuration and appends one line per run to results_dc.jsonl."""

import json, os
from train_dcgan import run

J = []


def add(g, name, seeds, **kw):
    for s in range(seeds):
        J.append((g, name, dict(kw, seed=s)))


base = dict(arch="dc", data="blobs", g_bn="pre", d_bn="pre", init="dcgan", iters=600)
for gb, db in (("pre", "pre"), ("post", "post"), ("pre", "none"), ("post", "none"), ("pre", "post"), ("post", "pre")):
    add("A_dcgan", f"G:{gb} D:{db}", 3, **{**base, "g_bn": gb, "d_bn": db})
add("A_dcgan", "G:none D:none default init", 3, **{**base, "g_bn": "none", "d_bn": "none", "init": "default"})
for B in (2, 4, 8, 16, 128):
    add("B_dcgan_bn", f"B={B}", 3 if B <= 16 else 2, **{**base, "batch": B})
for B in (4, 16):
    add("B_dcgan_nobn", f"B={B}", 2, **{**base, "batch": B, "g_bn": "none", "d_bn": "none", "init": "default"})
SM = (
    ("one-sided .9/0", dict(real=0.9)),
    ("two-sided .9/.1", dict(real=0.9, fake=0.1)),
    ("random .7-1.2/0-.3", dict(smooth="rand")),
    ("fake only 1/.1", dict(fake=0.1)),
)
for n, k in SM:
    add("C_dcgan", n, 3, **{**base, **k})
E = (
    ("double sigmoid", dict(loss="doublesig")),
    ("saturating", dict(loss="sat")),
    ("Sigmoid+BCELoss", dict(loss="bceloss")),
    ("lsgan raw", dict(loss="lsgan")),
    ("lsgan on sigmoid", dict(loss="lsgan_sig")),
    ("BN on D input", dict(d_in_bn=True)),
    ("BN after D layer 1", dict(d_first_bn=True)),
    ("BN last layer of D", dict(d_last_bn=True)),
    ("concat real+fake, D BN", dict(concat=True)),
    ("G BN before Tanh", dict(g_last_bn="before")),
    ("G BN after Tanh", dict(g_last_bn="after")),
    ("eps=0.8", dict(eps=0.8)),
    ("gamma~N(0,.02)", dict(init="gamma0")),
    ("D ReLU", dict(d_act="relu")),
    ("D LeakyReLU(True)", dict(d_act="linear")),
    ("D MaxPool", dict(d_pool=True)),
    ("D MaxPool + ReLU", dict(d_pool=True, d_act="relu")),
    ("D dropout .25 then BN", dict(d_drop=0.25)),
    ("data in [0,1], Tanh", dict(data_tf="01")),
    ("data in [-3,1], Tanh", dict(data_tf="x2-1")),
    ("data 0..255, Tanh", dict(data_tf="255")),
    ("data [-1,1], Sigmoid G", dict(g_out="sigmoid")),
    ("data [-1,1], no act G", dict(g_out="")),
    ("sorted batches", dict(sort=True)),
)
for n, k in E:
    add("E_dcgan", n, 2, **{**base, **k})
for lr in (1e-3, 5e-3, 2e-2):
    add("D_dcgan", f"lr={lr} b1=0.5", 2, **{**base, "lr": lr})
for lr in (2e-4, 1e-3):
    add("D_dcgan", f"lr={lr} b1=0.9", 2, **{**base, "lr": lr, "b1": 0.9})
if __name__ == "__main__":
    F = "results_dc.jsonl"
    done = {(d["group"], d["name"], d["kw"]["seed"]) for d in map(json.loads, open(F))} if os.path.exists(F) else set()
    for g, name, kw in J:
        if (g, name, kw["seed"]) in done:
            continue
        try:
            r = run(**kw)
        except Exception as e:
            r = dict(error=f"{type(e).__name__}: {e}")
        open(F, "a").write(json.dumps(dict(group=g, name=name, kw=kw, res=r)) + "\n")
