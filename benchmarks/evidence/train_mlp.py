"""MLP GAN, S seeds batched in one program ([S,B,C] tensors, bmm); every seed has its own weights, data, noise, statistics and Adam moments.
Gradients of different seeds are independent because the summed loss is separable; Adam is elementwise."""

import torch, torch.nn as nn, torch.nn.functional as F, math, json, time
from train_dcgan import ring, blobs, swd

torch.set_num_threads(1)


class BLin(nn.Module):
    def __init__(s, S, i, o, init):
        super().__init__()
        k = 1 / math.sqrt(i)
        if init == "default":
            w = (torch.rand(S, i, o) * 2 - 1) * k
            b = (torch.rand(S, 1, o) * 2 - 1) * k
        elif init == "zero":
            w = torch.zeros(S, i, o)
            b = torch.zeros(S, 1, o)
        else:
            w = torch.randn(S, i, o) * 0.02
            b = torch.zeros(S, 1, o)
        s.weight = nn.Parameter(w)
        s.bias = nn.Parameter(b)

    def forward(s, x):
        return torch.baddbmm(s.bias, x, s.weight)


class BBN(nn.Module):
    def __init__(s, S, c, eps, gamma0=False, mom=0.1):
        super().__init__()
        s.eps = eps
        s.mom = mom
        s.weight = nn.Parameter(torch.randn(S, 1, c) * 0.02 if gamma0 else torch.ones(S, 1, c))
        s.bias = nn.Parameter(torch.zeros(S, 1, c))
        s.register_buffer("rm", torch.zeros(S, 1, c))
        s.register_buffer("rv", torch.ones(S, 1, c))

    def forward(s, x):
        if s.training:
            m = x.mean(1, keepdim=True)
            v = x.var(1, unbiased=False, keepdim=True)
            with torch.no_grad():
                n = x.shape[1]
                s.rm.lerp_(m, s.mom)
                s.rv.lerp_(v * n / max(n - 1, 1), s.mom)
        else:
            m, v = s.rm, s.rv
        return (x - m) * torch.rsqrt(v + s.eps) * s.weight + s.bias


class Act(nn.Module):
    def __init__(s, f):
        super().__init__()
        s.f = f

    def forward(s, x):
        return s.f(x)


lk = lambda x: F.leaky_relu(x, 0.2)


def seq(S, i, hs, o, c, who):
    L = []
    g0 = c["init"] == "gamma0"
    ini = {"gamma0": "default"}.get(c["init"], c["init"])
    if who == "D":
        ini = "default"
    bn = lambda h: BBN(S, h, c["eps"], g0)
    place = c["g_bn"] if who == "G" else c["d_bn"]
    act = F.relu if who == "G" else {"leaky": lk, "relu": F.relu, "linear": lambda x: x}[c["d_act"]]
    if who == "D" and c["d_in_bn"]:
        L.append(bn(i))
    for j, h in enumerate(hs):
        p = place if (who == "G" or j > 0 or c["d_first_bn"]) else "none"
        L.append(BLin(S, i, h, ini))
        if p == "pre":
            L.append(bn(h))
        L.append(Act(act))
        if p == "post":
            L.append(bn(h))
        if who == "D" and c["d_drop"]:
            L.append(nn.Dropout(c["d_drop"]))
        i = h
    L.append(BLin(S, i, o, ini))
    if who == "G":
        if c["g_last_bn"] == "before":
            L.append(bn(o))
        L.append(Act({"tanh": torch.tanh, "sigmoid": torch.sigmoid, "": lambda x: x, "relu": F.relu}[c["g_out"]]))
        if c["g_last_bn"] == "after":
            L.append(bn(o))
    elif c["d_last_bn"]:
        L.append(bn(o))
    return nn.Sequential(*L)


DEF = dict(
    data="ring",
    gh=[128, 128],
    dh=[128, 128],
    zd=16,
    g_bn="none",
    d_bn="none",
    d_first_bn=False,
    d_in_bn=False,
    d_last_bn=False,
    g_last_bn="",
    g_out="tanh",
    d_act="leaky",
    d_drop=0.0,
    eps=1e-5,
    init="default",
    batch=64,
    iters=3000,
    lr=2e-4,
    lr_d=None,
    b1=0.5,
    loss="ns",
    real=1.0,
    fake=0.0,
    concat=False,
    data_tf="",
    sort=False,
    smooth="",
    nd=1,
    opt="adam",
    bug="",
    S=6,
    seed=0,
    clip=0.0,
)


def run(**kw):
    c = dict(DEF)
    c.update(kw)
    S = c["S"]
    t0 = time.time()
    torch.manual_seed(c["seed"])
    gen = torch.Generator().manual_seed(1000 + c["seed"])
    img = c["data"] != "ring"
    N = 4096
    draw = (lambda n: ring(n, gen)) if not img else (lambda n: (lambda x, k: (x.flatten(1), k))(*blobs(n, gen, 16, 3)))
    pools = [draw(N) for _ in range(S)]
    if c["sort"]:
        pool = torch.stack([x[k.argsort()] for x, k in pools])
    else:
        pool = torch.stack([x for x, _ in pools])
    tf = {"": lambda x: x, "01": lambda x: (x + 1) / 2, "x2-1": lambda x: x * 2 - 1, "255": lambda x: (x + 1) * 127.5}[
        c["data_tf"]
    ]
    od = pool.shape[-1]
    G = seq(S, c["zd"], c["gh"], od, c, "G")
    D = seq(S, od, c["dh"], 1, c, "D")
    B = c["batch"]
    mk = lambda ps, lr: (
        torch.optim.Adam(ps, lr, betas=(c["b1"], 0.999))
        if c["opt"] == "adam"
        else torch.optim.RMSprop(ps, lr)
        if c["opt"] == "rmsprop"
        else torch.optim.SGD(ps, lr)
    )
    oG = mk(G.parameters(), c["lr"])
    oD = mk(D.parameters(), c["lr_d"] or c["lr"])
    if c["bug"] == "shared":
        oG = oD = mk(list(G.parameters()) + list(D.parameters()), c["lr"])
    sp = F.softplus

    def bce(l, t):
        return (sp(l) - l * t).mean((1, 2))  # = BCEWithLogits per seed

    def pbce(p, t):
        return F.binary_cross_entropy(p, t.expand_as(p), reduction="none").mean((1, 2))

    z_ = lambda n: torch.randn(S, n, c["zd"])
    one = torch.ones(1)
    idx = torch.arange(S)[:, None]
    hd = []
    hg = []
    gg = []
    gf = []
    pos = 0
    fw = [m for m in G if isinstance(m, BLin)][0]
    bad = torch.zeros(S, dtype=torch.bool)
    rt = torch.tensor(float(c["real"]))
    ft = torch.tensor(float(c["fake"]))
    zfix = z_(B)
    for it in range(c["iters"]):
        for k in range(c["nd"]):
            if c["sort"]:
                r = pool[:, pos : pos + B]
                pos = (pos + B) % (N - B)
            else:
                r = pool[idx, torch.randint(0, N, (S, B), generator=gen)]
            r = tf(r)
            z = zfix if c["bug"] == "fixed noise" else z_(B)
            if c["bug"] == "nodetach, zero at top":
                f = G(z)
            else:
                with torch.no_grad():
                    f = G(z)
            if c["smooth"] == "rand":
                rt = 0.7 + 0.5 * torch.rand(S, B, 1)
                ft = 0.3 * torch.rand(S, B, 1)
            if c["concat"]:
                o = D(torch.cat([r, f], 1))
                a, b = o[:, :B], o[:, B:]
            else:
                a, b = D(r), D(f)
            if c["loss"] == "doublesig":
                ld = bce(torch.sigmoid(a), rt) + bce(torch.sigmoid(b), ft)
            elif c["loss"] == "bceloss":
                ld = pbce(torch.sigmoid(a), rt) + pbce(torch.sigmoid(b), ft)
            elif c["loss"] == "lsgan":
                ld = ((a - rt) ** 2).mean((1, 2)) + ((b - ft) ** 2).mean((1, 2))
            elif c["loss"] == "lsgan_sig":
                ld = ((torch.sigmoid(a) - rt) ** 2).mean((1, 2)) + ((torch.sigmoid(b) - ft) ** 2).mean((1, 2))
            elif c["loss"] == "wgan":
                ld = b.mean((1, 2)) - a.mean((1, 2))
            elif c["loss"] == "wgan_sig":
                ld = torch.sigmoid(b).mean((1, 2)) - torch.sigmoid(a).mean((1, 2))
            else:
                ld = bce(a, rt) + bce(b, ft)
            if c["bug"] == "nodetach, zero at top":
                oG.zero_grad()
            if c["bug"] != "no D zero_grad":
                oD.zero_grad()
            ld.sum().backward()
            oD.step()
            if c["clip"]:
                for p in D.parameters():
                    p.data.clamp_(-c["clip"], c["clip"])
        p = D(G(zfix if c["bug"] == "fixed noise" else z_(B)))
        if c["loss"] == "sat":
            lg = -sp(p).mean((1, 2))
        elif c["loss"] == "doublesig":
            lg = bce(torch.sigmoid(p), one)
        elif c["loss"] == "bceloss":
            lg = pbce(torch.sigmoid(p), one)
        elif c["loss"] == "lsgan":
            lg = ((p - 1) ** 2).mean((1, 2))
        elif c["loss"] == "lsgan_sig":
            lg = ((torch.sigmoid(p) - 1) ** 2).mean((1, 2))
        elif c["loss"] == "wgan":
            lg = -p.mean((1, 2))
        elif c["loss"] == "wgan_sig":
            lg = -torch.sigmoid(p).mean((1, 2))
        else:
            lg = bce(p, torch.zeros(1) if c["bug"] == "G target 0" else one)
        if c["bug"] not in ("no G zero_grad", "nodetach, zero at top"):
            oG.zero_grad()
        lg.sum().backward()
        with torch.no_grad():
            gg.append(sum((q.grad**2).sum((1, 2)) for q in G.parameters()).sqrt())
            gf.append(fw.weight.grad.norm(dim=(1, 2)))
            hd.append(ld.detach())
            hg.append(lg.detach())
        oG.step()
    hd, hg, gg, gf = [torch.stack(x) for x in (hd, hg, gg, gf)]
    k = max(1, len(hd) // 10)
    e = torch.Generator().manual_seed(7)
    out = []
    res = {}
    for mode in ("train", "eval"):
        G.train(mode == "train")
        torch.manual_seed(4242)
        with torch.no_grad():
            f = torch.cat([G(z_(B)) for _ in range(max(1, 4096 // B))], 1) if mode == "train" else G(z_(4096))
        res[mode] = f
    gen = torch.Generator().manual_seed(99)
    ref = tf(draw(4096)[0])
    for s in range(S):
        r = dict(
            seed=s,
            d_end=hd[-k:, s].mean().item(),
            g_end=hg[-k:, s].mean().item(),
            gn0=gg[:20, s].mean().item(),
            gn_med=gg[:, s].median().item(),
            gn_end=gg[-k:, s].median().item(),
            gf0=gf[:20, s].mean().item(),
            gf_end=gf[-k:, s].median().item(),
            d_lt_05=(hd[:, s] < 0.05).float().mean().item(),
            both_lt_05_end=((hd[-k:, s].abs() < 0.05) & (hg[-k:, s].abs() < 0.05)).float().mean().item(),
            nan=bool(~torch.isfinite(hd[:, s]).all() or ~torch.isfinite(hg[:, s]).all()),
        )
        for mode in ("train", "eval"):
            f = res[mode][s]
            if not torch.isfinite(f).all():
                r["nan"] = True
                continue
            r["swd_" + mode] = swd(ref[: len(f)], f[: len(ref)], e)
            r["std_" + mode] = f.std(0).mean().item()
            if not img:
                inv = {
                    "": lambda x: x,
                    "01": lambda x: x * 2 - 1,
                    "x2-1": lambda x: (x + 1) / 2,
                    "255": lambda x: x / 127.5 - 1,
                }[c["data_tf"]](f)
                a = torch.arange(8) * (math.pi / 4)
                C = 0.7 * torch.stack([a.cos(), a.sin()], 1)
                mn, ix = torch.cdist(inv, C).min(1)
                hq = mn < 0.09
                r["hq_" + mode] = hq.float().mean().item()
                r["modes_" + mode] = int(sum(((ix == i) & hq).float().mean() > 0.02 for i in range(8)))
        out.append(r)
    return dict(t=round(time.time() - t0, 1), runs=out)
