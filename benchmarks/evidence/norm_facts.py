"""Unit facts on normalisation, init and activation: exact exceptions, gradient ratios, invariances."""

import torch, torch.nn as nn, torch.nn.functional as F, copy, math

torch.set_num_threads(1)
torch.manual_seed(0)


def show(name, f):
    try:
        print(f"[{name}] ->", f())
    except Exception as e:
        print(f"[{name}] RAISES {type(e).__name__}: {str(e)[:260]}")


gn = lambda m: math.sqrt(sum((p.grad**2).sum().item() for p in m.parameters() if p.grad is not None))
print("== dims / sizes")
show("BN1d after Conv2d", lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm1d(8))(torch.randn(4, 3, 8, 8)).shape)
show("BN2d after Linear", lambda: nn.Sequential(nn.Linear(10, 8), nn.BatchNorm2d(8))(torch.randn(4, 10)).shape)
show(
    "BN num_features mismatch",
    lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(16))(torch.randn(4, 3, 8, 8)).shape,
)
show(
    "BN1d num_features mismatch", lambda: nn.Sequential(nn.Linear(10, 8), nn.BatchNorm1d(16))(torch.randn(4, 10)).shape
)
show("BN1d batch 1 train", lambda: nn.BatchNorm1d(8)(torch.randn(1, 8)).shape)
show("BN2d batch1 1x1", lambda: nn.BatchNorm2d(8)(torch.randn(1, 8, 1, 1)).shape)
show("BN2d batch1 4x4", lambda: nn.BatchNorm2d(8)(torch.randn(1, 8, 4, 4)).shape)
show("InstanceNorm2d 1x1 batch 64", lambda: nn.InstanceNorm2d(8)(torch.randn(64, 8, 1, 1)).shape)
show("InstanceNorm1d on (N,C)", lambda: nn.InstanceNorm1d(8)(torch.randn(8, 8)).shape)
show("InstanceNorm1d(16) on (4,16)", lambda: nn.InstanceNorm1d(16)(torch.randn(4, 16)).shape)
show("BN1d(int eps pos) repr", lambda: nn.BatchNorm2d(128, 0.8))
show("BN2d(128,128) repr", lambda: nn.BatchNorm2d(128, 128))
show("LeakyReLU(True)", lambda: (nn.LeakyReLU(True), nn.LeakyReLU(True)(torch.tensor([-3.0, 2.0])).tolist()))
show("ReLU(0.2)", lambda: (nn.ReLU(0.2), nn.ReLU(0.2)(torch.tensor([-3.0, 2.0])).tolist()))
show("Dropout(True)", lambda: (nn.Dropout(True), nn.Dropout(True)(torch.ones(6)).tolist()))
show("LeakyReLU(2)", lambda: nn.LeakyReLU(2)(torch.tensor([-3.0, 2.0])).tolist())
show("F.leaky_relu(x,True)", lambda: F.leaky_relu(torch.tensor([-3.0, 2.0]), True).tolist())
print("== batch of 2 through BN1d: output is a sign, gradient to the layer below vanishes")
for N in (2, 3, 4, 8, 16, 32, 64):
    torch.manual_seed(1)
    lin = nn.Linear(100, 256)
    bn = nn.BatchNorm1d(256)
    z = torch.randn(N, 100, requires_grad=True)
    w = torch.randn(N, 256)
    h = lin(z)
    h.retain_grad()
    y = bn(h)
    (y * w).sum().backward()
    g_bn = h.grad.norm().item()
    # same without BN, but dividing by the std (to separate scale effect from projection effect)
    sd = h.detach().std(0, unbiased=False)
    g_nobn = (w / sd).norm().item()
    print(
        f" N={N:3d} |y| min/max {y.abs().min().item():.3f}/{y.abs().max().item():.3f}  dL/dh with BN / (w/std) = {g_bn / g_nobn:.4f}  theory sqrt((N-2)/N)={math.sqrt(max(N - 2, 0) / N):.4f}"
    )
print("== conv bias before BN: gradient")
torch.manual_seed(0)
c = nn.Conv2d(3, 16, 3, padding=1)
b = nn.BatchNorm2d(16)
x = torch.randn(32, 3, 16, 16)
(b(c(x)) * torch.randn(32, 16, 16, 16)).sum().backward()
print(" |grad bias| max", c.bias.grad.abs().max().item(), " |grad weight| max", c.weight.grad.abs().max().item())
c2 = copy.deepcopy(c)
with torch.no_grad():
    c2.bias.add_(5.0)
b.eval()
bt = nn.BatchNorm2d(16)
print(" output change when bias += 5 (train BN):", (bt(c(x)) - nn.BatchNorm2d(16)(c2(x))).abs().max().item())
print("== BN on D input / first layer: invariance to batch-constant shift and scale")


class D0(nn.Module):
    def __init__(s, inp, first, last):
        super().__init__()
        L = []
        if inp:
            L.append(nn.BatchNorm1d(2))
        L.append(nn.Linear(2, 64))
        if first:
            L.append(nn.BatchNorm1d(64))
        L += [nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1)]
        if last:
            L.append(nn.BatchNorm1d(1))
        s.n = nn.Sequential(*L)

    def forward(s, x):
        return s.n(x)


for name, kw in (
    ("none", (0, 0, 0)),
    ("BN on input", (1, 0, 0)),
    ("BN after 1st layer", (0, 1, 0)),
    ("BN last layer", (0, 0, 1)),
):
    accs = []
    losses = []
    shift = []
    for seed in range(5):
        torch.manual_seed(seed)
        d = D0(*kw)
        o = torch.optim.Adam(d.parameters(), 2e-3)
        for i in range(400):
            r = torch.randn(64, 2) + 3.0
            f = torch.randn(64, 2)
            lr_, lf = d(r), d(f)
            L = F.binary_cross_entropy_with_logits(lr_, torch.ones(64, 1)) + F.binary_cross_entropy_with_logits(
                lf, torch.zeros(64, 1)
            )
            o.zero_grad()
            L.backward()
            o.step()
        r = torch.randn(512, 2) + 3.0
        f = torch.randn(512, 2)
        a = ((d(r) > 0).float().mean() + (d(f) < 0).float().mean()).item() / 2
        accs.append(a)
        losses.append(L.item())
        s = torch.zeros(1, 2, requires_grad=True)
        f0 = torch.randn(64, 2)
        (g,) = torch.autograd.grad(F.softplus(-d(f0 + s)).mean(), s)
        shift.append(g.norm().item())
    print(
        f" {name:20s} real~N(3,1) vs fake~N(0,1), separate batches: D loss {sum(losses) / 5:.4f} acc {sum(accs) / 5:.3f}  |dL_G/d(shift)| {sum(shift) / 5:.2e}"
    )
print(" chance-level D loss 2*log2 =", 2 * math.log(2))
print("== same with real and fake concatenated in one forward")
for name, kw in (
    ("none", (0, 0, 0)),
    ("BN on input", (1, 0, 0)),
    ("BN after 1st layer", (0, 1, 0)),
    ("BN last layer", (0, 0, 1)),
):
    accs = []
    losses = []
    for seed in range(5):
        torch.manual_seed(seed)
        d = D0(*kw)
        o = torch.optim.Adam(d.parameters(), 2e-3)
        for i in range(400):
            x = torch.cat([torch.randn(64, 2) + 3.0, torch.randn(64, 2)])
            t = torch.cat([torch.ones(64, 1), torch.zeros(64, 1)])
            y = d(x)
            L = 2 * F.binary_cross_entropy_with_logits(y, t)
            o.zero_grad()
            L.backward()
            o.step()
        gfake = torch.randn(64, 2)
        fo = d(gfake)  # G step: fakes only -> different statistics
        losses.append(L.item())
        accs.append((fo < 0).float().mean().item())
    print(
        f" {name:20s} concat D loss {sum(losses) / 5:.4f}; fakes recognised in a fakes-only G-step batch {sum(accs) / 5:.3f}"
    )
print("== eps=0.8 : std after BN for input std s:  s/sqrt(s^2+eps)")
for s in (0.02, 0.1, 0.3, 1.0, 3.0):
    x = torch.randn(64, 16, 8, 8) * s
    print(
        f" s={s}: eps1e-5 -> {nn.BatchNorm2d(16)(x).std().item():.3f}   eps0.8 -> {nn.BatchNorm2d(16, 0.8)(x).std().item():.4f}"
    )
print("== DCGAN generator at init (nz=100, ngf=32, 32x32): output std, grad norm of first layer; variants")


def G(eps=1e-5, gamma="one", bn=True, order="pre", init="dcgan", last_bn=False):
    def blk(i, o, s, p):
        L = [nn.ConvTranspose2d(i, o, 4, s, p, bias=False)]
        B = [nn.BatchNorm2d(o, eps)] if bn else []
        A = [nn.ReLU(True) if order == "pre" else nn.ReLU()]
        return L + (B + A if order == "pre" else A + B)

    L = blk(100, 128, 1, 0) + blk(128, 64, 2, 1) + blk(64, 32, 2, 1) + [nn.ConvTranspose2d(32, 3, 4, 2, 1, bias=False)]
    if last_bn:
        L.append(nn.BatchNorm2d(3))
    L.append(nn.Tanh())
    g = nn.Sequential(*L)
    for m in g:
        if isinstance(m, nn.ConvTranspose2d):
            if init == "dcgan":
                nn.init.normal_(m.weight, 0, 0.02)
            if init == "zero":
                nn.init.zeros_(m.weight)
            if init == "tiny":
                nn.init.normal_(m.weight, 0, 1e-4)
        if isinstance(m, nn.BatchNorm2d):
            if gamma == "zero02":
                nn.init.normal_(m.weight, 0, 0.02)
            if gamma == "dcgan":
                nn.init.normal_(m.weight, 1, 0.02)
    return g


def D(bn=True, act="leaky", pool=False, ngf=32):
    def A():
        return nn.LeakyReLU(0.2) if act == "leaky" else nn.ReLU()

    def C(i, o):
        return [nn.Conv2d(i, o, 3, 1, 1), nn.MaxPool2d(2)] if pool else [nn.Conv2d(i, o, 4, 2, 1)]

    L = (
        C(3, ngf)
        + [A()]
        + C(ngf, 2 * ngf)
        + ([nn.BatchNorm2d(2 * ngf)] if bn else [])
        + [A()]
        + C(2 * ngf, 4 * ngf)
        + ([nn.BatchNorm2d(4 * ngf)] if bn else [])
        + [A(), nn.Conv2d(4 * ngf, 1, 4, 1, 0), nn.Flatten()]
    )
    return nn.Sequential(*L)


def measure(kw, dk={}):
    out = []
    for seed in range(5):
        torch.manual_seed(100 + seed)
        d = D(**dk)
        torch.manual_seed(seed)
        g = G(**kw)
        z = torch.randn(64, 100, 1, 1)
        y = g(z)
        L = F.softplus(-d(y)).mean()
        L.backward()
        first = [m for m in g if isinstance(m, nn.ConvTranspose2d)][0].weight.grad.norm().item()
        last = [m for m in g if isinstance(m, nn.ConvTranspose2d)][-1].weight.grad.norm().item()
        bs = y.std(0).mean().item()  # variation across z
        out.append((y.std().item(), bs, first, last, gn(g)))
    t = torch.tensor(out)
    return t.mean(0).tolist()


base = None
for name, kw in (
    ("BN->ReLU dcgan init", dict(gamma="dcgan")),
    ("ReLU->BN dcgan init", dict(gamma="dcgan", order="post")),
    ("no BN dcgan init", dict(bn=False)),
    ("no BN default init", dict(bn=False, init="default")),
    ("BN->ReLU default init", dict(init="default")),
    ("ReLU->BN default init", dict(init="default", order="post")),
    ("eps=0.8 dcgan init", dict(eps=0.8, gamma="dcgan")),
    ("eps=0.8 default init", dict(eps=0.8, init="default")),
    ("gamma~N(0,.02)", dict(gamma="zero02")),
    ("zero init convs (BN)", dict(init="zero")),
    ("zero init convs no BN", dict(init="zero", bn=False)),
    ("1e-4 init convs (BN)", dict(init="tiny")),
    ("1e-4 init no BN", dict(init="tiny", bn=False)),
    ("BN before Tanh", dict(gamma="dcgan", last_bn=True)),
):
    m = measure(kw)
    base = base or m
    print(
        f" {name:24s} out std {m[0]:.2e} std across z {m[1]:.2e} |g first| {m[2]:.2e} |g last| {m[3]:.2e} |g all| {m[4]:.2e} (x{m[4] / base[4]:.2e} of base; first x{m[2] / base[2]:.2e})"
    )
print("== D variants: gradient reaching the generator's output pixels")
for name, dk in (
    ("leaky BN", {}),
    ("relu BN", dict(act="relu")),
    ("leaky noBN", dict(bn=False)),
    ("relu noBN", dict(bn=False, act="relu")),
    ("leaky maxpool noBN", dict(bn=False, pool=True)),
    ("relu maxpool noBN", dict(bn=False, pool=True, act="relu")),
):
    r = []
    for seed in range(5):
        torch.manual_seed(seed)
        d = D(**dk)
        x = torch.randn(64, 3, 32, 32).clamp(-1, 1).requires_grad_()
        (g,) = torch.autograd.grad(F.softplus(-d(x)).mean(), x)
        r.append((g.norm().item(), (g == 0).float().mean().item()))
    t = torch.tensor(r).mean(0)
    print(f" {name:20s} |dL/dx| {t[0]:.2e}  share of exactly-zero entries {t[1]:.3f}")
print("== BN after Tanh")
g = nn.Sequential(nn.Linear(10, 20), nn.Tanh(), nn.BatchNorm1d(20))
y = g(torch.randn(256, 10) * 3)
print(" output range", y.min().item(), y.max().item(), "share outside [-1,1]", (y.abs() > 1).float().mean().item())
print("== Gradient penalty through BN: cross-sample gradient")
for bn in ("none", "bn", "in", "ln"):
    torch.manual_seed(0)
    N = lambda c, h: {
        "none": nn.Identity(),
        "bn": nn.BatchNorm2d(c),
        "in": nn.InstanceNorm2d(c, affine=True),
        "ln": nn.LayerNorm([c, h, h]),
    }[bn]
    d = nn.Sequential(
        nn.Conv2d(1, 16, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(16, 32, 4, 2, 1),
        N(32, 4),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(32 * 16, 1),
    )
    x = torch.randn(16, 1, 16, 16, requires_grad=True)
    y = d(x)
    cross = []
    own = []
    summed = torch.autograd.grad(y.sum(), x, retain_graph=True)[0]
    err = []
    for i in range(16):
        (g,) = torch.autograd.grad(y[i, 0], x, retain_graph=True)
        n = g.flatten(1).norm(dim=1)
        own.append(n[i].item())
        m = torch.ones(16, dtype=bool)
        m[i] = False
        cross.append((n[m] ** 2).sum().sqrt().item())
        err.append(((summed[i] - g[i]).norm() / g[i].norm()).item())
    print(
        f" {bn:5s} |dD(x_i)/dx_i| {sum(own) / 16:.4f}  |dD(x_i)/dx_j!=i| {sum(cross) / 16:.4f}  rel. error of the gradient that the GP actually penalises {sum(err) / 16:.3f}"
    )
print("== dropout before BN: variance shift train->eval")
for p in (0.25, 0.5):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(64, 128), nn.LeakyReLU(0.2), nn.Dropout(p), nn.Linear(128, 128), nn.BatchNorm1d(128))
    for _ in range(300):
        net(torch.randn(256, 64))
    rv = net[4].running_var.clone()
    net.eval()
    h = nn.Sequential(*list(net)[:4])(torch.randn(4096, 64))
    print(
        f" p={p} running_var/eval var of the BN input: {(rv / h.var(0)).mean().item():.3f} -> eval output std {net[4](h).std().item():.3f} (should be 1)"
    )
print("== sampling in train mode: dependence on the other samples; batch of one; eval with never-updated stats")
torch.manual_seed(0)
g = nn.Sequential(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 2))
for _ in range(100):
    g(torch.randn(64, 16))
z = torch.randn(64, 16)
a = g(z)[:8]
b = g(z[:8])
print(" same z, batch 64 vs batch 8, train mode: rel diff", ((a - b).norm() / a.norm()).item())
g.eval()
a = g(z)[:8]
b = g(z[:8])
print(" eval mode: rel diff", ((a - b).norm() / a.norm()).item())
show("train-mode sampling of one z", lambda: g.train()(torch.randn(1, 16)))
g2 = nn.Sequential(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 2))
g2.eval()
y0 = g2(z)
g2.train()
y1 = g2(z)
print(" fresh net: eval-mode (stats never updated) vs train-mode rel diff", ((y0 - y1).norm() / y1.norm()).item())
print("== momentum=0.8/0.9/0.99 keras style: running mean noise")
for m in (0.01, 0.1, 0.8, 0.99):
    torch.manual_seed(0)
    bn = nn.BatchNorm1d(64, momentum=m)
    rm = []
    for i in range(600):
        bn(torch.randn(16, 64) * 1.0)
        if i > 500:
            rm.append(bn.running_mean.clone())
    print(
        f" momentum={m}: std of running_mean around true 0: {torch.stack(rm).std().item():.4f} (batch of 16, one-batch noise = {1 / 4:.3f})"
    )
print("== zero-init MLP generator: which grads are non-zero")
g = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
[nn.init.zeros_(p) for p in g.parameters()]
torch.manual_seed(0)
d = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
F.softplus(-d(g(torch.randn(64, 16)))).mean().backward()
print({n: p.grad.abs().max().item() for n, p in g.named_parameters()})
print("== zero-init MLP with BN")
g = nn.Sequential(
    nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 2)
)
[nn.init.zeros_(m.weight) or nn.init.zeros_(m.bias) for m in g if isinstance(m, nn.Linear)]
F.softplus(-d(g(torch.randn(64, 16)))).mean().backward()
print({n: p.grad.abs().max().item() for n, p in g.named_parameters()})
print("== weights_init class-name substring pitfalls")


class ConvBlock(nn.Module):
    def __init__(s):
        super().__init__()
        s.c = nn.Conv2d(3, 8, 3)
        s.b = nn.BatchNorm2d(8)

    def forward(s, x):
        return s.b(s.c(x))


def weights_init(m):
    n = m.__class__.__name__
    if n.find("Conv") != -1:
        nn.init.normal_(m.weight.data, 0.0, 0.02)
    elif n.find("BatchNorm") != -1:
        nn.init.normal_(m.weight.data, 1.0, 0.02)
        nn.init.constant_(m.bias.data, 0)


show("weights_init on ConvBlock", lambda: ConvBlock().apply(weights_init))
show("weights_init on BN affine=False", lambda: nn.BatchNorm2d(8, affine=False).apply(weights_init))
show(
    "weights_init on InstanceNorm2d: untouched?",
    lambda: nn.InstanceNorm2d(8, affine=True).apply(weights_init).weight[:3].tolist(),
)
print("== checkerboard: overlap counts of ConvTranspose2d")
for k, s, p in ((3, 2, 1), (5, 2, 2), (4, 2, 1), (2, 2, 0), (6, 3, 1), (5, 3, 1)):
    ct = nn.ConvTranspose2d(1, 1, k, s, p, bias=False)
    nn.init.ones_(ct.weight)
    y = ct(torch.ones(1, 1, 16, 16))[0, 0, 8:-8, 8:-8]
    print(f" k={k} s={s}: interior contributions min {y.min().item():.0f} max {y.max().item():.0f}")
