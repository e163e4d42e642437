"""Trains one small GAN, dense or convolutional, and measures it. CPU, one thread, seconds a run."""

import torch, torch.nn as nn, torch.nn.functional as F, math, json, sys, time

torch.set_num_threads(1)


# ---------- data ----------
def ring(n, g):
    k = torch.randint(0, 8, (n,), generator=g)
    a = k * (math.pi / 4)
    c = 0.7 * torch.stack([a.cos(), a.sin()], 1)
    return c + 0.03 * torch.randn(n, 2, generator=g), k


def blobs(n, g, size=16, ch=3):
    """Gaussian blob, random centre, width and one of 6 colours on a dark background, range [-1,1]"""
    cols = torch.tensor([[1, 0.2, 0.2], [0.2, 1, 0.2], [0.2, 0.2, 1], [1, 1, 0.2], [1, 0.2, 1], [0.2, 1, 1.0]])
    k = torch.randint(0, 6, (n,), generator=g)
    yx = torch.rand(n, 2, generator=g) * (size - 8) + 4
    s = 1.5 + torch.rand(n, generator=g)
    t = torch.arange(size).float()
    d = ((t[None, :, None] - yx[:, 0, None, None]) ** 2 + (t[None, None, :] - yx[:, 1, None, None]) ** 2) / (
        2 * s[:, None, None] ** 2
    )
    b = torch.exp(-d)[:, None]
    if ch == 1:
        return b * 2 - 1, k
    return (b * cols[k][:, :, None, None]) * 2 - 1, k


# ---------- nets ----------
def norm(kind, c, dim, eps=1e-5):
    if kind == "bn":
        return nn.BatchNorm1d(c, eps) if dim == 1 else nn.BatchNorm2d(c, eps)


def order(a, b, o):  # a norm, b act
    return [b()] if o == "none" else [a(), b()] if o == "pre" else [b(), a()]


def mlpG(c, zd, od):
    L = []
    i = zd
    for h in c["gh"]:
        L += [nn.Linear(i, h)] + order(lambda h=h: norm("bn", h, 1, c["eps"]), lambda: nn.ReLU(), c["g_bn"])
        i = h
    L.append(nn.Linear(i, od))
    if c["g_last_bn"] == "before":
        L.append(nn.BatchNorm1d(od))
    if c["g_out"] == "tanh":
        L.append(nn.Tanh())
    if c["g_out"] == "sigmoid":
        L.append(nn.Sigmoid())
    if c["g_out"] == "relu":
        L.append(nn.ReLU())
    if c["g_last_bn"] == "after":
        L.append(nn.BatchNorm1d(od))
    return nn.Sequential(*L)


def act(c):
    return {"leaky": lambda: nn.LeakyReLU(0.2), "relu": lambda: nn.ReLU(), "linear": lambda: nn.LeakyReLU(True)}[
        c["d_act"]
    ]


def mlpD(c, idim):
    L = []
    i = idim
    if c["d_in_bn"]:
        L.append(nn.BatchNorm1d(i))
    for j, h in enumerate(c["dh"]):
        o = c["d_bn"] if (j > 0 or c["d_first_bn"]) else "none"
        L += [nn.Linear(i, h)] + order(lambda h=h: norm("bn", h, 1, c["eps"]), act(c), o)
        if c["d_drop"]:
            L.append(nn.Dropout(c["d_drop"]))
        i = h
    L.append(nn.Linear(i, 1))
    if c["d_last_bn"]:
        L.append(nn.BatchNorm1d(1))
    return nn.Sequential(*L)


def dcG(c, zd, ch):
    f = c["ngf"]
    L = [nn.Unflatten(1, (zd, 1, 1))]
    for i, o, k, s, p in ((zd, 4 * f, 4, 1, 0), (4 * f, 2 * f, 4, 2, 1)):
        L += [nn.ConvTranspose2d(i, o, k, s, p, bias=c["g_bn"] == "none")] + order(
            lambda o=o: norm("bn", o, 2, c["eps"]), lambda: nn.ReLU(), c["g_bn"]
        )
    L.append(nn.ConvTranspose2d(2 * f, ch, 4, 2, 1, bias=False))
    if c["g_last_bn"] == "before":
        L.append(nn.BatchNorm2d(ch))
    L.append(nn.Tanh() if c["g_out"] == "tanh" else nn.Sigmoid() if c["g_out"] == "sigmoid" else nn.Identity())
    if c["g_last_bn"] == "after":
        L.append(nn.BatchNorm2d(ch))
    return nn.Sequential(*L)


def dcD(c, ch):
    f = c["ngf"]
    L = []
    if c["d_in_bn"]:
        L.append(nn.BatchNorm2d(ch))

    def down(i, o):
        return [nn.Conv2d(i, o, 4, 2, 1)] if not c["d_pool"] else [nn.Conv2d(i, o, 3, 1, 1), nn.MaxPool2d(2)]

    for j, (i, o) in enumerate(((ch, f), (f, 2 * f))):
        oo = c["d_bn"] if (j > 0 or c["d_first_bn"]) else "none"
        L += down(i, o) + order(lambda o=o: norm("bn", o, 2, c["eps"]), act(c), oo)
        if c["d_drop"]:
            L.append(nn.Dropout2d(c["d_drop"]))
    L += [nn.Conv2d(2 * f, 1, 4, 1, 0), nn.Flatten()]
    if c["d_last_bn"]:
        L.append(nn.BatchNorm1d(1))
    return nn.Sequential(*L)


def init(net, c):
    if c["init"] == "default":
        return
    for m in net.modules():
        if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(m.weight, 0, 0.02)
            if m.bias is not None and c["init"] != "dcgan":
                nn.init.zeros_(m.bias)
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(m.weight, 0.0 if c["init"] == "gamma0" else 1.0, 0.02)
            nn.init.zeros_(m.bias)


DEF = dict(
    arch="mlp",
    data="ring",
    gh=[128, 128],
    dh=[128, 128],
    ngf=16,
    zd=16,
    g_bn="none",
    d_bn="none",
    d_first_bn=False,
    d_in_bn=False,
    d_last_bn=False,
    g_last_bn="",
    g_out="tanh",
    d_act="leaky",
    d_pool=False,
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
    bug="",
    seed=0,
    nd=1,
    lastD=0,
    gnoise="randn",
)


def gn(ps):
    return math.sqrt(sum((p.grad**2).sum().item() for p in ps if p.grad is not None))


def swd(a, b, g, n=256):
    a, b = a.flatten(1), b.flatten(1)
    P = torch.randn(a.shape[1], n, generator=g)
    P /= P.norm(dim=0)
    m = min(len(a), len(b))
    pa = (a[:m] @ P).sort(0)[0]
    pb = (b[:m] @ P).sort(0)[0]
    return ((pa - pb) ** 2).mean().sqrt().item()


def run(**kw):
    c = dict(DEF)
    c.update(kw)
    t0 = time.time()
    torch.manual_seed(c["seed"])
    gen = torch.Generator().manual_seed(1000 + c["seed"])
    img = c["data"] != "ring"
    ch = 3
    draw = (lambda n: ring(n, gen)) if not img else (lambda n: blobs(n, gen, 16, ch))
    pool, lab = draw(16384)
    tf = {"": lambda x: x, "01": lambda x: (x + 1) / 2, "x2-1": lambda x: x * 2 - 1, "255": lambda x: (x + 1) * 127.5}[
        c["data_tf"]
    ]
    if c["sort"]:
        pool = pool[lab.argsort()]
    if c["arch"] == "mlp":
        od = 2 if not img else 3 * 256
        pool = pool.flatten(1)
        G = mlpG(c, c["zd"], od)
        D = mlpD(c, od)
    else:
        G = dcG(c, c["zd"], ch)
        D = dcD(c, ch)
    init(G, c)
    init(D, c)
    oG = torch.optim.Adam(G.parameters(), c["lr"], betas=(c["b1"], 0.999))
    oD = torch.optim.Adam(D.parameters(), c["lr_d"] or c["lr"], betas=(c["b1"], 0.999))
    B = c["batch"]
    bw = F.binary_cross_entropy_with_logits
    firstG = [m for m in G if hasattr(m, "weight")][0]
    z_ = lambda n: torch.randn(n, c["zd"])
    hd = []
    hg = []
    gg = []
    gf = []
    nan = False
    pos = 0
    for it in range(c["iters"]):
        if c["sort"]:
            r = pool[pos : pos + B]
            pos = (pos + B) % (len(pool) - B)
        else:
            r = pool[torch.randint(0, len(pool), (B,), generator=gen)]
        r = tf(r)
        for _ in range(c["nd"]):
            with torch.no_grad():
                f = G(z_(B))
            rt = torch.full((B, 1), c["real"])
            ft = torch.full((B, 1), c["fake"])
            if c["smooth"] == "rand":
                rt = 0.7 + 0.5 * torch.rand(B, 1)
                ft = 0.3 * torch.rand(B, 1)
            if c["concat"]:
                o = D(torch.cat([r, f]))
                lr_, lf = o[:B], o[B:]
            else:
                lr_, lf = D(r), D(f)
            if c["loss"] == "doublesig":
                ld = bw(torch.sigmoid(lr_), rt) + bw(torch.sigmoid(lf), ft)
            elif c["loss"] == "bceloss":
                ld = F.binary_cross_entropy(torch.sigmoid(lr_), rt) + F.binary_cross_entropy(torch.sigmoid(lf), ft)
            elif c["loss"] == "lsgan":
                ld = ((lr_ - rt) ** 2).mean() + ((lf - ft) ** 2).mean()
            elif c["loss"] == "lsgan_sig":
                ld = ((torch.sigmoid(lr_) - rt) ** 2).mean() + ((torch.sigmoid(lf) - ft) ** 2).mean()
            else:
                ld = bw(lr_, rt) + bw(lf, ft)
            oD.zero_grad()
            ld.backward()
            oD.step()
        p = D(G(z_(B)))
        one = torch.ones(B, 1)
        if c["loss"] == "sat":
            lg = -F.softplus(p).mean()  # log(1-sigmoid(p))
        elif c["loss"] == "doublesig":
            lg = bw(torch.sigmoid(p), one)
        elif c["loss"] == "bceloss":
            lg = F.binary_cross_entropy(torch.sigmoid(p), one)
        elif c["loss"] == "lsgan":
            lg = ((p - 1) ** 2).mean()
        elif c["loss"] == "lsgan_sig":
            lg = ((torch.sigmoid(p) - 1) ** 2).mean()
        else:
            lg = bw(p, one)
        oG.zero_grad()
        lg.backward()
        gg.append(gn(G.parameters()))
        gf.append(firstG.weight.grad.norm().item())
        oG.step()
        hd.append(ld.item())
        hg.append(lg.item())
        if not (math.isfinite(hd[-1]) and math.isfinite(hg[-1])):
            nan = True
            break
    e = torch.Generator().manual_seed(7)
    res = dict(t=round(time.time() - t0, 1), nan=nan)
    k = max(1, len(hd) // 10)
    T = lambda x: torch.tensor(x)
    res.update(
        d_end=T(hd[-k:]).mean().item(),
        g_end=T(hg[-k:]).mean().item(),
        gn0=T(gg[:20]).mean().item(),
        gn_med=T(gg).median().item(),
        gn_end=T(gg[-k:]).median().item(),
        gf0=T(gf[:20]).mean().item(),
        gf_end=T(gf[-k:]).median().item(),
        d_lt_05=(T(hd) < 0.05).float().mean().item(),
        both_lt_05=((T(hd) < 0.05) & (T(hg).abs() < 0.05)).float().mean().item(),
        both_lt_05_end=((T(hd[-k:]) < 0.05) & (T(hg[-k:]).abs() < 0.05)).float().mean().item(),
    )
    if not nan:
        outs = {}
        for mode in ("train", "eval"):
            G.train(mode == "train")
            torch.manual_seed(4242)
            with torch.no_grad():
                f = torch.cat([G(z_(B)) for _ in range(4096 // B)]) if mode == "train" else G(z_(4096))
            outs[mode] = f
        gen = torch.Generator().manual_seed(99)
        ref, _ = draw(len(outs["train"]))
        ref = tf(ref)
        for mode, f in outs.items():
            f = f.reshape(len(f), -1)
            if not torch.isfinite(f).all():
                res["nan_" + mode] = True
                continue
            rr = ref.reshape(len(ref), -1)[: len(f)]
            res["swd_" + mode] = swd(rr, f[: len(rr)], e)
            if not img:
                inv = {"": lambda x: x, "01": lambda x: x * 2 - 1, "x2-1": lambda x: (x + 1) / 2}[c["data_tf"]](f)
                a = torch.arange(8) * (math.pi / 4)
                C = 0.7 * torch.stack([a.cos(), a.sin()], 1)
                dd = torch.cdist(inv, C)
                mn, ix = dd.min(1)
                hq = mn < 0.09
                res["hq_" + mode] = hq.float().mean().item()
                res["modes_" + mode] = int(sum(((ix == i) & hq).float().mean() > 0.02 for i in range(8)))
            res["std_" + mode] = f.std(0).mean().item()
    return res


if __name__ == "__main__":
    # args: name, then k=v ; last seeds list
    pass
