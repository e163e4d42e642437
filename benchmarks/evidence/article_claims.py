"""The founding article's claims, measured at the start on its own Example 1 generator (100-256-784): BN placement, batch size, gradient size."""

import torch, torch.nn as nn, torch.nn.functional as F, math

torch.set_num_threads(1)


def G(o):
    L = [nn.Linear(100, 256)] + {
        "none": [nn.ReLU()],
        "BN->ReLU (article: incorrect)": [nn.BatchNorm1d(256), nn.ReLU()],
        "ReLU->BN (article: correct)": [nn.ReLU(), nn.BatchNorm1d(256)],
    }[o]
    return nn.Sequential(*L, nn.Linear(256, 784), nn.Tanh())


def Gdeep(o, d=6):
    L = []
    i = 100
    for _ in range(d):
        L += [nn.Linear(i, 256)] + {
            "none": [nn.ReLU()],
            "BN->ReLU (article: incorrect)": [nn.BatchNorm1d(256), nn.ReLU()],
            "ReLU->BN (article: correct)": [nn.ReLU(), nn.BatchNorm1d(256)],
        }[o]
        i = 256
    return nn.Sequential(*L, nn.Linear(256, 784), nn.Tanh())


D = lambda: nn.Sequential(nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1))
for nm, mk in (("article Example 1 (1 hidden layer)", G), ("same, 6 hidden layers", Gdeep)):
    print(
        "==",
        nm,
        "batch 64, 10 seeds: gradient norm of the first layer / of all of G, share of ReLU outputs = 0, sparsity of gradient at the first Linear output",
    )
    for o in ("none", "BN->ReLU (article: incorrect)", "ReLU->BN (article: correct)"):
        R = []
        for s in range(10):
            torch.manual_seed(s)
            d = D()
            g = mk(o)
            z = torch.randn(64, 100)
            h = g[0](z)
            h.retain_grad()
            x = h
            dead = []
            for m in list(g)[1:]:
                x = m(x)
                if isinstance(m, nn.ReLU):
                    dead.append((x == 0).float().mean().item())
            F.softplus(-d(x)).mean().backward()
            R.append(
                (
                    g[0].weight.grad.norm().item(),
                    math.sqrt(sum((p.grad**2).sum().item() for p in g.parameters())),
                    sum(dead) / len(dead),
                    (h.grad == 0).float().mean().item(),
                    x.std().item(),
                )
            )
        t = torch.tensor(R)
        m, sd = t.mean(0), t.std(0)
        print(
            f"  {o:28s} first {m[0]:.3e}±{sd[0]:.0e}  all {m[1]:.3e}±{sd[1]:.0e}  ReLU zeros {m[2]:.3f}  exact-zero grads at layer-1 output {m[3]:.3f}  out std {m[4]:.3f}"
        )
print(
    "== batch size: G gradient (article Example 1 with BN->ReLU), 200 batches each: mean norm, cosine with the batch-8192 gradient"
)
for o in ("BN->ReLU (article: incorrect)", "none"):
    torch.manual_seed(0)
    d = D()
    g = G(o)
    P = list(g.parameters())

    def grad(n):
        L = F.softplus(-d(g(torch.randn(n, 100)))).mean()
        return torch.cat([q.flatten() for q in torch.autograd.grad(L, P)])

    ref = sum(grad(8192) for _ in range(4)) / 4
    for B in (2, 4, 8, 16, 32, 64, 128, 256):
        Q = [grad(B) for _ in range(100)]
        print(
            f"  {o[:10]:10s} B={B:3d}: |grad| {sum(q.norm().item() for q in Q) / 100:.3e} (ref {ref.norm().item():.3e})  cos to reference {sum(F.cosine_similarity(q, ref, 0).item() for q in Q) / 100:.3f}  bias of mean grad: cos(mean,ref) {F.cosine_similarity(sum(Q) / 100, ref, 0).item():.3f}"
        )
print("== relative error of BN statistics, theory and measured; conv BN averages N*H*W")
for B, hw in ((4, 1), (16, 1), (64, 1), (4, 64), (16, 64), (16, 16), (2, 64)):
    x = torch.randn(2000, B * hw)
    m = x.mean(1).std().item()
    v = x.var(1, unbiased=False).std().item()
    print(f"  batch {B:3d} x spatial {hw:3d}: std of batch mean {m:.3f} sigma, std of batch variance {v:.3f} sigma^2")
print(
    "== one-sided smoothing: what G receives. G gradient wrt logit a is sigma(a)-1 whatever D was trained with; optimal D logit"
)
for r, f in ((1, 0), (0.9, 0), (0.9, 0.1), (1, 0.1)):
    for lam in (1e-4, 0.1, 0.5, 0.9):  # lam = pdata/(pdata+pg)
        D_ = lam * r + (1 - lam) * f
        a = math.log(D_ / (1 - D_)) if 0 < D_ < 1 else float("inf")
        print(
            f"  real={r} fake={f} p_data/(p_data+p_g)={lam}: optimal D={D_:.4f} logit {a:+.2f}; |dL_G/da| ns {1 - D_:.3f}  saturating {D_:.3f}"
        )
