"""BN directly before the discriminator's last Linear (i.e. BN AFTER the last activation): the batch mean of the logits is w.beta+b whatever the batch contains."""

import torch, torch.nn as nn, torch.nn.functional as F, math

torch.set_num_threads(1)


def mk(kind, h=64):
    L = [nn.Linear(2, h)]
    if kind == "pre":
        L += [nn.LeakyReLU(0.2), nn.Linear(h, h), nn.BatchNorm1d(h), nn.LeakyReLU(0.2)]
    if kind == "post":
        L += [nn.LeakyReLU(0.2), nn.Linear(h, h), nn.LeakyReLU(0.2), nn.BatchNorm1d(h)]
    if kind == "post-not-last":
        L += [nn.LeakyReLU(0.2), nn.BatchNorm1d(h), nn.Linear(h, h), nn.LeakyReLU(0.2)]
    if kind == "none":
        L += [nn.LeakyReLU(0.2), nn.Linear(h, h), nn.LeakyReLU(0.2)]
    if kind == "dropout between":
        L += [nn.LeakyReLU(0.2), nn.Linear(h, h), nn.LeakyReLU(0.2), nn.BatchNorm1d(h), nn.Dropout(0.25)]
    return nn.Sequential(*L, nn.Linear(h, 1))


for kind in ("none", "pre", "post-not-last", "post", "dropout between"):
    for cat in (False, True):
        L_ = []
        A = []
        mm = []
        gs = []
        for seed in range(5):
            torch.manual_seed(seed)
            d = mk(kind)
            o = torch.optim.Adam(d.parameters(), 2e-3)
            for i in range(400):
                r = torch.randn(64, 2) + 3
                f = torch.randn(64, 2)
                if cat:
                    y = d(torch.cat([r, f]))
                    a, b = y[:64], y[64:]
                else:
                    a, b = d(r), d(f)
                L = F.softplus(-a).mean() + F.softplus(b).mean()
                o.zero_grad()
                L.backward()
                o.step()
            r = torch.randn(64, 2) + 3
            f = torch.randn(64, 2)
            a, b = d(r), d(f)
            mm.append((a.mean() - b.mean()).abs().item())
            L_.append(L.item())
            A.append(((a > 0).float().mean() + (b < 0).float().mean()).item() / 2)
            f = f.requires_grad_()
            (g,) = torch.autograd.grad(F.softplus(-d(f)).mean(), f)
            gs.append(g.norm().item())
        print(
            f"{kind:16s} {'concat D step' if cat else 'separate'}: D loss {sum(L_) / 5:.4f}  separate-batch accuracy {sum(A) / 5:.3f}  |mean logit(real)-mean logit(fake)| {sum(mm) / 5:.2e}  |dL_G/dfake| {sum(gs) / 5:.2e}"
        )
print("2 log 2 =", 2 * math.log(2))
