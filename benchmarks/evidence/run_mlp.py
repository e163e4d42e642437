"""Runs every dense configuration and appends one line per configuration to results_mlp.jsonl."""

import json, sys, os
from train_mlp import run

J = []


def add(g, name, **kw):
    J.append((g, name, kw))


R = dict(iters=1500, lr=1e-3, gh=[64, 64], dh=[64, 64])
for gb in ("none", "pre", "post"):
    for db in ("none", "pre", "post"):
        add("A_mlp_ring", f"G:{gb} D:{db}", g_bn=gb, d_bn=db, **R)
SM = (
    ("hard 1/0", {}),
    ("one-sided .9/0", dict(real=0.9)),
    ("two-sided .9/.1", dict(real=0.9, fake=0.1)),
    ("random .7-1.2/0-.3", dict(smooth="rand")),
    ("fake only 1/.1", dict(fake=0.1)),
)
for n, k in SM:
    add("C_mlp_ring", n, g_bn="pre", **R, **k)
for B in (2, 4, 8, 16, 32, 64, 128):
    add("B_mlp_ring_bn", f"B={B}", g_bn="pre", batch=B, **R)
for B in (4, 16, 64):
    add("B_mlp_ring_nobn", f"B={B}", g_bn="none", d_bn="none", batch=B, **R)
E = (
    ("baseline", {}),
    ("double sigmoid", dict(loss="doublesig")),
    ("saturating", dict(loss="sat")),
    ("Sigmoid+BCELoss", dict(loss="bceloss")),
    ("lsgan raw", dict(loss="lsgan")),
    ("lsgan on sigmoid", dict(loss="lsgan_sig")),
    ("wgan clip .05 rmsprop nd5", dict(loss="wgan", clip=0.05, opt="rmsprop", nd=5, lr=5e-4)),
    ("wgan no clip", dict(loss="wgan", opt="rmsprop", nd=5, lr=5e-4)),
    ("wgan clip adam b1=.9 nd5", dict(loss="wgan", clip=0.05, nd=5, lr=5e-4, b1=0.9)),
    ("wgan clip + sigmoid critic", dict(loss="wgan_sig", clip=0.05, opt="rmsprop", nd=5, lr=5e-4)),
    ("BN on D input", dict(d_in_bn=True)),
    ("BN after D layer 1", dict(d_bn="pre", d_first_bn=True)),
    ("BN last layer of D", dict(d_last_bn=True)),
    ("D BN (2nd layer), separate", dict(d_bn="pre")),
    ("D BN, concat", dict(d_bn="pre", concat=True)),
    ("BN on D input, concat", dict(d_in_bn=True, concat=True)),
    ("G BN before Tanh", dict(g_last_bn="before")),
    ("G BN after Tanh", dict(g_last_bn="after")),
    ("eps=0.8 (G)", dict(eps=0.8)),
    ("gamma~N(0,.02) (G)", dict(init="gamma0")),
    ("zero-init G, BN", dict(init="zero")),
    ("zero-init G, no BN", dict(init="zero", g_bn="none")),
    ("N(0,.02) init, no BN", dict(init="n02", g_bn="none")),
    ("D ReLU", dict(d_act="relu")),
    ("D LeakyReLU(True) = linear D", dict(d_act="linear")),
    ("D dropout .25", dict(d_drop=0.25)),
    ("D dropout .25 then BN", dict(d_drop=0.25, d_bn="pre")),
    ("data in [0,1], Tanh G", dict(data_tf="01")),
    ("data in [-3,1], Tanh G", dict(data_tf="x2-1")),
    ("data 0..255, Tanh G", dict(data_tf="255")),
    ("data [-1,1], Sigmoid G", dict(g_out="sigmoid")),
    ("data [-1,1], no act G", dict(g_out="")),
    ("data [-1,1], ReLU G", dict(g_out="relu")),
    ("sorted batches", dict(sort=True)),
    ("G target 0", dict(bug="G target 0")),
    ("shared optimiser", dict(bug="shared")),
    ("no D zero_grad", dict(bug="no D zero_grad")),
    ("no G zero_grad", dict(bug="no G zero_grad")),
    ("no detach + opt_G.zero_grad at top", dict(bug="nodetach, zero at top")),
    ("fixed noise batch", dict(bug="fixed noise")),
)
for n, k in E:
    add("E_mlp_ring", n, **{**dict(g_bn="pre"), **R, **k})
for lr in (5e-5, 2e-4, 1e-3, 5e-3, 2e-2, 1e-1):
    for b1 in (0.5, 0.9):
        add("D_mlp_ring", f"lr={lr} b1={b1}", **{**R, "g_bn": "pre", "lr": lr, "b1": b1})
for gb in ("none", "pre", "post"):
    add("A_example1", f"G:{gb}", data="blobs", zd=100, gh=[256], dh=[256], g_bn=gb, iters=1000, lr=2e-4, S=4)
for n, k in SM:
    add("C_mlp_strongD", n, **{**dict(g_bn="pre", nd=5, lr_d=5e-3), **R, **k, "iters": 800})
for B in (4, 16, 64):
    add("B_mlp_ring_bn_equal_samples", f"B={B}", g_bn="pre", **{**R, "iters": 48000 // B, "batch": B})
if __name__ == "__main__":
    F = "results_mlp.jsonl"
    done = {(d["group"], d["name"]) for d in map(json.loads, open(F))} if os.path.exists(F) else set()
    for g, name, kw in J:
        if (g, name) in done:
            continue
        try:
            r = run(**kw)
        except Exception as e:
            r = dict(error=f"{type(e).__name__}: {e}")
        open(F, "a").write(json.dumps(dict(group=g, name=name, kw=kw, res=r)) + "\n")
