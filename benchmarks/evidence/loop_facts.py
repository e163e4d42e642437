"""Unit facts on the training loop: which parameters actually move / get gradient, exception texts."""

import torch, torch.nn as nn, torch.nn.functional as F, copy, math, warnings

torch.set_num_threads(1)
torch.manual_seed(0)
mk = lambda: (
    nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 2)),
    nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1)),
)
bce = nn.BCEWithLogitsLoss()
one = torch.ones(64, 1)
zero = torch.zeros(64, 1)
vec = lambda m: torch.cat([p.detach().flatten() for p in m.parameters()])
gv = lambda m: torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).flatten() for p in m.parameters()])
real = lambda: torch.randn(64, 2) * 0.1 + 2


def show(name, f):
    try:
        print(f"[{name}] ->", f())
    except Exception as e:
        print(f"[{name}] RAISES {type(e).__name__}: {str(e)[:330]}")


def fresh():
    torch.manual_seed(0)
    g, d = mk()
    return (
        g,
        d,
        torch.optim.Adam(g.parameters(), 2e-4, betas=(0.5, 0.999)),
        torch.optim.Adam(d.parameters(), 2e-4, betas=(0.5, 0.999)),
    )


print("== G step with detached fake / no_grad: parameter movement over 100 steps")
for mode in ("correct", "detach", "no_grad", "data", "G-step uses D(real)"):
    g, d, og, od = fresh()
    g0 = vec(g)
    for i in range(100):
        fake = g(torch.randn(64, 8))
        od.zero_grad()
        (bce(d(real()), one) + bce(d(fake.detach()), zero)).backward()
        od.step()
        og.zero_grad()
        if mode == "correct":
            f = g(torch.randn(64, 8))
        elif mode == "detach":
            f = g(torch.randn(64, 8)).detach()
        elif mode == "no_grad":
            with torch.no_grad():
                f = g(torch.randn(64, 8))
        elif mode == "data":
            f = g(torch.randn(64, 8)).data
        else:
            f = real()
        L = bce(d(f), one)
        L.backward()
        og.step()
    print(
        f" {mode:22s} |dtheta_G|={(vec(g) - g0).norm().item():.4f}  G grads None: {all(p.grad is None for p in g.parameters())}  no exception; D.grad after G step norm {gv(d).norm().item():.3f}"
    )
print("== wrong optimiser wiring")
for mode in ("correct", "opt_D=Adam(G.parameters())", "opt_G=Adam(D.parameters())"):
    g, d, og, od = fresh()
    if "opt_D" in mode:
        od = torch.optim.Adam(g.parameters(), 2e-4)
    if "opt_G" in mode:
        og = torch.optim.Adam(d.parameters(), 2e-4)
    g0, d0 = vec(g), vec(d)
    for i in range(100):
        fake = g(torch.randn(64, 8))
        od.zero_grad()
        ld = bce(d(real()), one) + bce(d(fake.detach()), zero)
        ld.backward()
        od.step()
        og.zero_grad()
        lg = bce(d(g(torch.randn(64, 8))), one)
        lg.backward()
        og.step()
    print(
        f" {mode:30s} |dtheta_G|={(vec(g) - g0).norm().item():.4f} |dtheta_D|={(vec(d) - d0).norm().item():.4f} D loss {ld.item():.3f} G loss {lg.item():.3f}"
    )
print("== zero_grad placed between backward and step")
for O in ("Adam", "SGD"):
    g, d, _, _ = fresh()
    od = getattr(torch.optim, O)(d.parameters(), 2e-4)
    d0 = vec(d)
    for i in range(50):
        ld = bce(d(real()), one)
        ld.backward()
        od.zero_grad()
        od.step()
    print(f" {O}: |dtheta_D|={(vec(d) - d0).norm().item()}")
print("== step before backward (first iter no grads)")
g, d, og, od = fresh()
d0 = vec(d)
od.zero_grad()
od.step()
print(" |dtheta_D|", (vec(d) - d0).norm().item(), "silent")
print("== D step without detach: contamination of G's gradient")
for where in (
    "opt_G.zero_grad just before G backward (safe)",
    "opt_G.zero_grad at top of the loop (contaminated)",
    "never zero opt_G",
):
    g, d, og, od = fresh()
    for warm in range(200):  # give D an advantage
        od.zero_grad()
        (bce(d(real()), one) + bce(d(g(torch.randn(64, 8)).detach()), zero)).backward()
        od.step()
    z = torch.randn(64, 8)
    r = real()
    gc = copy.deepcopy(g)
    dc = copy.deepcopy(d)
    L = bce(dc(gc(z)), one)
    L.backward()
    clean = gv(gc)
    og.zero_grad()
    od.zero_grad()
    fake = g(z)
    ld = bce(d(r), one) + bce(d(fake), zero)
    ld.backward(retain_graph=True)
    gD = gv(g).clone()
    if where.startswith("opt_G.zero_grad just"):
        og.zero_grad()
    L = bce(d(g(z)), one)
    L.backward()
    tot = gv(g)
    print(
        f" {where:52s} cos(g used, clean g)={F.cosine_similarity(tot, clean, 0).item():+.3f} |used|/|clean|={tot.norm().item() / clean.norm().item():.3f}  D-loss part of G grad cos {F.cosine_similarity(gD, clean, 0).item():+.3f}"
    )
print("== zero_grad never called on D: growth")
g, d, og, od = fresh()
od = torch.optim.SGD(d.parameters(), 1e-2)
ns = []
for i in range(50):
    (bce(d(real()), one) + bce(d(g(torch.randn(64, 8)).detach()), zero)).backward()
    ns.append(gv(d).norm().item())
    od.step()
print(" |grad_D| at step 1, 10, 50:", ns[0], ns[9], ns[49])
print("== G backward pollutes D.grad when D.zero_grad is missing at the D step but called elsewhere")
g, d, og, od = fresh()
for warm in range(200):
    od.zero_grad()
    (bce(d(real()), one) + bce(d(g(torch.randn(64, 8)).detach()), zero)).backward()
    od.step()
od.zero_grad()
(bce(d(real()), one) + bce(d(g(torch.randn(64, 8)).detach()), zero)).backward()
clean = gv(d).clone()
od.zero_grad()
bce(d(g(torch.randn(64, 8))), one).backward()
pol = gv(d).clone()
print(
    f" G-loss gradient left in D.grad: norm ratio to D-loss gradient {pol.norm().item() / clean.norm().item():.2f}, cosine {F.cosine_similarity(pol, clean, 0).item():+.3f}"
)
print("== exceptions")


def f1():
    g, d, og, od = fresh()
    fake = g(torch.randn(64, 8))
    (bce(d(real()), one) + bce(d(fake), zero)).backward()
    od.step()
    bce(d(fake), one).backward()


show("no detach, same fake reused, backward twice", f1)


def f2():
    g, d, og, od = fresh()
    fake = g(torch.randn(64, 8))
    p = d(fake)
    ld = bce(d(real()), one) + bce(p, zero)
    lg = bce(p, one)
    ld.backward(retain_graph=True)
    od.step()
    lg.backward()
    og.step()
    return "ok"


show("G loss from D output computed before opt_D.step", f2)


def f2b():
    g, d, og, od = fresh()
    fake = g(torch.randn(64, 8))
    p = d(fake)
    ld = bce(d(real()), one) + bce(p, zero)
    lg = bce(p, one)
    ld.backward(retain_graph=True)
    lg.backward()
    return "D.grad cancels: |D grad| = %.2e ; G grad = %.2e" % (gv(d).norm().item(), gv(g).norm().item())


show("both backward then both step (no zero between)", f2b)


def f3():
    g, d, og, od = fresh()
    with torch.no_grad():
        p = d(real())
    bce(p, one).backward()


show("D forward under no_grad", f3)


def f4():
    g, d, og, od = fresh()
    [p.requires_grad_(False) for p in d.parameters()]
    bce(d(real()), one).backward()


show("D frozen and never unfrozen", f4)
show(".item() before backward", lambda: bce(torch.randn(64, 1, requires_grad=True), one).item().backward())
show("float() before backward", lambda: float(bce(torch.randn(64, 1, requires_grad=True), one)).backward())
show(".data before backward", lambda: bce(torch.randn(64, 1, requires_grad=True), one).data.backward())
show("torch.tensor(loss) rewrap", lambda: (torch.tensor(bce(torch.randn(64, 1, requires_grad=True), one))).backward())


def f5():
    x = torch.randn(64, 1, requires_grad=True)
    L = torch.tensor(bce(x, one).item(), requires_grad=True)
    L.backward()
    return "silent; x.grad is", x.grad


show("torch.tensor(loss.item(), requires_grad=True)", f5)


def f6():
    label = torch.ones(64, 1)
    x = torch.randn(64, 1, requires_grad=True)
    e1 = bce(x, label)
    label.fill_(0.0)
    e2 = bce(x, label)
    (e1 + e2).backward()
    return "ok"


show("label.fill_ between two BCEWithLogits then one backward", f6)


def f6b():
    label = torch.ones(64, 1)
    x = torch.rand(64, 1, requires_grad=True)
    e1 = F.binary_cross_entropy(x, label)
    label.fill_(0.0)
    e2 = F.binary_cross_entropy(x, label)
    (e1 + e2).backward()
    return "ok"


show("label.fill_ between two BCELoss then one backward", f6b)
show("labels full batch vs last smaller batch", lambda: nn.BCELoss()(torch.rand(17, 1), torch.ones(64, 1)))
show("labels (64,) vs out (64,1,1,1)", lambda: nn.BCELoss()(torch.rand(64, 1, 1, 1), torch.ones(64)))
show("mean of int tensor", lambda: torch.randint(0, 255, (4, 4)).mean())
show("uint8 images into conv", lambda: nn.Conv2d(1, 4, 3)(torch.randint(0, 255, (2, 1, 8, 8), dtype=torch.uint8)))
for d in ("cpu", "cuda"):

    def fa(d=d):
        with torch.autocast(d, dtype=torch.bfloat16 if d == "cpu" else torch.float16):
            return F.binary_cross_entropy(torch.rand(4, 1), torch.ones(4, 1))

    show(f"BCELoss under autocast({d})", fa)
print("== G labels / real-fake label bugs: run 1500 iterations, report losses (3 seeds)")


def run(kind, seed, iters=1500, lr=1e-3):
    torch.manual_seed(seed)
    g, d = mk()
    og = torch.optim.Adam(g.parameters(), lr, betas=(0.5, 0.999))
    od = torch.optim.Adam(d.parameters(), lr, betas=(0.5, 0.999))
    if kind == "shared optimiser":
        od = og = torch.optim.Adam(list(g.parameters()) + list(d.parameters()), lr, betas=(0.5, 0.999))
    bl = nn.BCELoss()
    for i in range(iters):
        fake = g(torch.randn(64, 8))
        fl = one if kind == "fake label = 1 in D step" else zero
        rl = zero if kind == "labels swapped in D only" else one
        if kind == "labels swapped in D only":
            fl = one
        if kind == "D loss = fake only":
            ld = bce(d(fake.detach()), zero)
        elif kind == "D loss = real only":
            ld = bce(d(real()), one)
        elif kind == "CE on 1 unit":
            ce = nn.CrossEntropyLoss()
            ld = ce(d(real()), one) + ce(d(fake.detach()), zero)
        elif kind == "Softmax 1 unit+BCE":
            ld = bl(F.softmax(d(real()), 1), one) + bl(F.softmax(d(fake.detach()), 1), zero)
        elif kind == "double sigmoid":
            ld = bce(torch.sigmoid(d(real())), one) + bce(torch.sigmoid(d(fake.detach())), zero)
        elif kind.startswith("wgan"):
            ld = -d(real()).mean() + d(fake.detach()).mean()
        else:
            ld = bce(d(real()), rl) + bce(d(fake.detach()), fl)
        od.zero_grad()
        ld.backward()
        od.step()
        if kind.startswith("wgan") and "noclip" not in kind:
            for p in d.parameters():
                p.data.clamp_(-0.05, 0.05)
        p = d(g(torch.randn(64, 8)))
        if kind == "G trained with target 0":
            lg = bce(p, zero)
        elif kind == "CE on 1 unit":
            lg = ce(p, one)
        elif kind == "Softmax 1 unit+BCE":
            lg = bl(F.softmax(p, 1), one)
        elif kind == "double sigmoid":
            lg = bce(torch.sigmoid(p), one)
        elif kind == "saturating":
            lg = torch.log(1 - torch.sigmoid(p) + 1e-8).mean()
        elif kind in ("wgan wrong G sign", "wgan wrong G sign noclip"):
            lg = p.mean()
        elif kind.startswith("wgan"):
            lg = -p.mean()
        else:
            lg = bce(p, one)
        og.zero_grad()
        lg.backward()
        og.step()
    with torch.no_grad():
        f = g(torch.randn(2000, 8))
        err = (f.mean(0) - 2).norm().item()
    return ld.item(), lg.item(), gv(g).norm().item(), err


for kind in (
    "correct",
    "G trained with target 0",
    "fake label = 1 in D step",
    "labels swapped in D only",
    "D loss = fake only",
    "D loss = real only",
    "CE on 1 unit",
    "Softmax 1 unit+BCE",
    "double sigmoid",
    "saturating",
    "shared optimiser",
    "wgan clip",
    "wgan noclip",
    "wgan wrong G sign",
):
    R = torch.tensor([run(kind, s) for s in range(3)])
    m = R.mean(0).tolist()
    print(
        f" {kind:26s} D loss {m[0]:+.4f}  G loss {m[1]:+.4f}  |grad_G| {m[2]:.2e}  |mean(fake)-target| {m[3]:.3f}   per-seed D {[round(x, 4) for x in R[:, 0].tolist()]} G {[round(x, 4) for x in R[:, 1].tolist()]}"
    )
print("== gradient penalty variants: gradient that reaches D's parameters")


def gp(variant, seed=0):
    torch.manual_seed(seed)
    d = nn.Sequential(nn.Conv2d(1, 16, 4, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(16 * 64, 1))
    r = torch.randn(16, 1, 16, 16)
    f = torch.randn(16, 1, 16, 16)
    a = torch.rand(16, 1, 1, 1)
    x = a * r + (1 - a) * f
    if variant != "no requires_grad":
        x = x.requires_grad_(True)
    o = d(x)
    if variant == "sigmoid out":
        o = torch.sigmoid(o)
    (gr,) = torch.autograd.grad(
        o, x, torch.ones_like(o), create_graph=variant != "create_graph=False", retain_graph=True
    )
    if variant == "norm(2,dim=1) on 4-D":
        n = gr.norm(2, dim=1)
    elif variant == "norm over whole batch":
        n = gr.norm(2)
    elif variant == "gradients.data":
        n = gr.data.flatten(1).norm(2, dim=1)
    else:
        n = gr.flatten(1).norm(2, dim=1)
    pen = ((n - 1) ** 2).mean() * 10
    loss = d(f).mean() - d(r).mean() + pen
    base = torch.autograd.grad(d(f).mean() - d(r).mean(), list(d.parameters()), retain_graph=True)
    loss.backward()
    dd = math.sqrt(sum(((p.grad - b) ** 2).sum().item() for p, b in zip(d.parameters(), base)))
    return f"penalty {pen.item():.3f}, norm of penalty's gradient in D {dd:.3e}, per-sample |grad| {gr.flatten(1).norm(dim=1).mean().item():.3f}"


for v in (
    "correct",
    "create_graph=False",
    "gradients.data",
    "no requires_grad",
    "norm(2,dim=1) on 4-D",
    "norm over whole batch",
    "sigmoid out",
):
    show("GP " + v, lambda v=v: gp(v))
print("== clip order / clip wrong net")
g, d, og, od = fresh()
od = torch.optim.RMSprop(d.parameters(), 5e-5 * 100)
for i in range(20):
    for p in d.parameters():
        p.data.clamp_(-0.01, 0.01)
    od.zero_grad()
    (d(g(torch.randn(64, 8)).detach()).mean() - d(real()).mean()).backward()
    od.step()
print(" clamp before step: max|w_D| when G uses it:", max(p.abs().max().item() for p in d.parameters()))
print("== python list instead of ModuleList")


class GL(nn.Module):
    def __init__(s):
        super().__init__()
        s.layers = [nn.Linear(8, 64), nn.Linear(64, 2)]

    def forward(s, x):
        return s.layers[1](torch.relu(s.layers[0](x)))


print(" n parameters:", len(list(GL().parameters())))
show("Adam on list-held G", lambda: torch.optim.Adam(GL().parameters(), 2e-4))


class GP_(nn.Module):
    def __init__(s):
        super().__init__()
        s.inp = nn.Linear(8, 64)
        s.layers = [nn.Linear(64, 64) for _ in range(3)]
        s.out = nn.Linear(64, 2)

    def forward(s, x):
        x = torch.relu(s.inp(x))
        for l in s.layers:
            x = torch.relu(l(x))
        return s.out(x)


g = GP_()
print(
    " partly list-held: registered",
    sum(p.numel() for p in g.parameters()),
    "of",
    sum(p.numel() for p in g.parameters()) + sum(p.numel() for l in g.layers for p in l.parameters()),
)
print("== layer built inside forward")


class GF(nn.Module):
    def __init__(s):
        super().__init__()
        s.a = nn.Linear(8, 64)

    def forward(s, x):
        return nn.Linear(64, 2)(torch.relu(s.a(x)))


g = GF()
z = torch.randn(4, 8)
print(
    " two calls same z differ by",
    (g(z) - g(z)).abs().max().item(),
    "params registered",
    sum(p.numel() for p in g.parameters()),
)
print("== uninitialised noise")
show(
    "torch.Tensor(64,100) stats",
    lambda: (lambda t: (t.abs().max().item(), torch.isnan(t).any().item(), t.std().item()))(torch.Tensor(64, 100)),
)
print("== MSE (LSGAN) on sigmoid output: grad wrt logit")
for a0 in (-2.0, -5.0, -10.0):
    a = torch.tensor([a0], requires_grad=True)
    (g1,) = torch.autograd.grad((torch.sigmoid(a) - 1).pow(2).sum(), a)
    a = torch.tensor([a0], requires_grad=True)
    (g2,) = torch.autograd.grad((a - 1).pow(2).sum(), a)
    print(f" D logit {a0}: sigmoid+MSE {g1.item():+.2e}  raw+MSE {g2.item():+.2e}")
print("== WGAN critic with sigmoid: gradient")
for a0 in (0.0, -5.0, -10.0):
    a = torch.tensor([a0], requires_grad=True)
    (g1,) = torch.autograd.grad((-torch.sigmoid(a)).sum(), a)
    print(f" logit {a0}: -mean(sigmoid) grad {g1.item():+.2e}; raw critic -1")
print("== hinge G loss relu(1-D(fake)): zero gradient when D(fake)>1")
a = torch.tensor([1.5], requires_grad=True)
print(torch.autograd.grad(F.relu(1 - a).sum(), a)[0].item(), "vs -mean:", -1.0)
print("== .eval() left on: BN in G, D")
g = nn.Sequential(nn.Linear(8, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 2))
g.eval()
r0 = g[1].running_mean.clone()
g(torch.randn(64, 8))
print(" running stats moved in eval:", (g[1].running_mean - r0).abs().max().item())
print("== EMA copies parameters only")
ge = copy.deepcopy(g)
g.train()
for _ in range(100):
    g(torch.randn(64, 8) * 3 + 1)
for a, b in zip(ge.parameters(), g.parameters()):
    a.data.copy_(b.data)
g.eval()
ge.eval()
z = torch.randn(256, 8) * 3 + 1
print(" eval output of EMA copy vs model, same parameters: rel diff", ((g(z) - ge(z)).norm() / g(z).norm()).item())
