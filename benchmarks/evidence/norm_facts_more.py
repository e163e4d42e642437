"""Further unit facts on normalisation, initialisation and name tests."""

import torch, torch.nn as nn, torch.nn.functional as F

torch.set_num_threads(1)


def show(name, f):
    try:
        print(f"[{name}] ->", f())
    except Exception as e:
        print(f"[{name}] RAISES {type(e).__name__}: {str(e)[:260]}")


torch.manual_seed(0)
d = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
print("== zero-init MLP with BN")
g = nn.Sequential(
    nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 2)
)
for m in g:
    if isinstance(m, nn.Linear):
        nn.init.zeros_(m.weight)
        nn.init.zeros_(m.bias)
F.softplus(-d(g(torch.randn(64, 16)))).mean().backward()
print({n: p.grad.abs().max().item() for n, p in g.named_parameters()})
for c in (0.01, 0.1):
    g = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
    for m in g:
        if isinstance(m, nn.Linear):
            nn.init.constant_(m.weight, c)
    opt = torch.optim.Adam(g.parameters(), 1e-3)
    for _ in range(200):
        opt.zero_grad()
        F.softplus(-d(g(torch.randn(64, 16)))).mean().backward()
        opt.step()
    w = g[2].weight.detach()
    print(
        f"constant init {c}: after 200 Adam steps rank of hidden weight matrix {torch.linalg.matrix_rank(w, atol=1e-5).item()} of 64, distinct rows {len({tuple(r.tolist()) for r in w.round(decimals=5)})}"
    )
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
    "weights_init on InstanceNorm2d untouched",
    lambda: nn.InstanceNorm2d(8, affine=True).apply(weights_init).weight[:3].tolist(),
)
print("== checkerboard: overlap counts of ConvTranspose2d")
for k, s, p in ((3, 2, 1), (5, 2, 2), (4, 2, 1), (2, 2, 0), (6, 3, 1), (5, 3, 1)):
    ct = nn.ConvTranspose2d(1, 1, k, s, p, bias=False)
    nn.init.ones_(ct.weight)
    y = ct(torch.ones(1, 1, 16, 16))[0, 0, 8:-8, 8:-8]
    print(f" k={k} s={s}: interior contributions min {y.min().item():.0f} max {y.max().item():.0f}")
print("== double BN / BN-BN gradient, BN->conv bias")
print("== LeakyReLU(True) in D: D is affine?")
d = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(True), nn.Linear(64, 64), nn.LeakyReLU(True), nn.Linear(64, 1))
x = torch.randn(100, 2)
y = torch.randn(100, 2)
a = 0.3
print(
    " |D(ax+(1-a)y)-(aD(x)+(1-a)D(y))| max", (d(a * x + (1 - a) * y) - (a * d(x) + (1 - a) * d(y))).abs().max().item()
)
print("== Dropout(True)")
print(nn.Sequential(nn.Linear(4, 4), nn.Dropout(True))(torch.randn(2, 4)))
print("== functional dropout without training flag: active in eval")


class M(nn.Module):
    def forward(s, x):
        return F.dropout(x, 0.5)


m = M().eval()
print(" F.dropout(x) in eval, zeros share:", (m(torch.ones(1000)) == 0).float().mean().item())


class M2(nn.Module):
    def __init__(s):
        super().__init__()
        s.register_buffer("rm", torch.zeros(4))
        s.register_buffer("rv", torch.ones(4))

    def forward(s, x):
        return F.batch_norm(x, s.rm, s.rv)


print(
    " F.batch_norm default training=False: out std on N(5,3) input",
    M2()(torch.randn(256, 4) * 3 + 5).std().item(),
    "mean",
    M2()(torch.randn(256, 4) * 3 + 5).mean().item(),
)
print("== spectral_norm on BN? norm on last layer etc")
show("clip_grad_norm_ after step has no effect", lambda: "n/a")
print("== Embedding/one-hot skipped")
print("== ReLU-after-Sigmoid, Sigmoid after ReLU range")
x = torch.randn(10000)
print(
    " Sigmoid(ReLU(x)) min",
    torch.sigmoid(torch.relu(x)).min().item(),
    "share at .5",
    (torch.sigmoid(torch.relu(x)) == 0.5).float().mean().item(),
)
l = torch.full((8, 1), -3.0, requires_grad=True)
L = F.binary_cross_entropy(torch.sigmoid(torch.relu(l)), torch.zeros(8, 1))
L.backward()
print(" D ends ReLU->Sigmoid, negative logit, fake label: loss", L.item(), "grad", l.grad.abs().max().item())
print("== Sigmoid -> BCE on G ending in ReLU before tanh: share of outputs reachable")
print(" Tanh(ReLU(x)) min", torch.tanh(torch.relu(x)).min().item())
print("== double normalisation range")
u = torch.rand(10000)
v = (u - 0.5) / 0.5
w = v * 2 - 1
print(
    " Normalize(.5,.5) then *2-1: range",
    w.min().item(),
    w.max().item(),
    "share outside [-1,1]",
    (w.abs() > 1).float().mean().item(),
)
print(
    "== 0..255 data not scaled: share outside [-1,1]",
    (torch.randint(0, 256, (10000,)).float().abs() > 1).float().mean().item(),
)
print("== inplace ReLU after residual / LeakyReLU(0, inplace)")
show(
    "LeakyReLU(0,True) backward", lambda: nn.LeakyReLU(0, True)(torch.randn(4, requires_grad=True) * 1).sum().backward()
)
show(
    "LeakyReLU(-0.2,True) backward",
    lambda: nn.LeakyReLU(-0.2, True)(torch.randn(4, requires_grad=True) * 1).sum().backward(),
)
