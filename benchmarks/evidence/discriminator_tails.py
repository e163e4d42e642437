"""Which ends of a discriminator pin its mean logit, and a reported hinge loss of 2 reproduced."""

import torch, torch.nn as nn, torch.nn.functional as F, math

torch.set_num_threads(1)
print(
    "== DGMR-pytorch #4 reproduction: BN1d -> Linear(1), hinge loss, real and fake in separate batches (x=rand, y=ones), gradients"
)
torch.manual_seed(0)
d = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.BatchNorm1d(64), nn.Linear(64, 1))
o = torch.optim.Adam(d.parameters(), 2e-3)
for it in range(300):
    x = torch.rand(16, 64) + 1
    y = torch.randn(16, 64) * 0.3 - 1
    L = F.relu(1 - d(x)).mean() + F.relu(1 + d(y)).mean()
    o.zero_grad()
    L.backward()
    if it in (0, 299):
        print(
            f"  it {it}: hinge D loss {L.item():.4f}",
            {n: f"{p.grad.abs().max().item():.1e}" for n, p in d.named_parameters()},
        )
    o.step()
print(
    "== conv discriminators: which tails pin the mean logit? real/fake differ only by brightness (shift) or only by structure"
)


def D(tail):
    L = [nn.Conv2d(1, 16, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(16, 32, 4, 2, 1), nn.LeakyReLU(0.2)]
    L += {
        "none+Flatten": [nn.Flatten(), nn.Linear(32 * 16, 1)],
        "BN2d+Flatten+Linear": [nn.BatchNorm2d(32), nn.Flatten(), nn.Linear(32 * 16, 1)],
        "BN2d+Conv4x4": [nn.BatchNorm2d(32), nn.Conv2d(32, 1, 4)],
        "BN2d+GAP+Linear": [nn.BatchNorm2d(32), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 1)],
        "GAP+BN1d+Linear": [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(32), nn.Linear(32, 1)],
        "Flatten+BN1d+Linear": [nn.Flatten(), nn.BatchNorm1d(512), nn.Linear(512, 1)],
        "none+GAP": [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 1)],
        "PatchGAN BN2d+Conv3x3 (map)": [nn.BatchNorm2d(32), nn.Conv2d(32, 1, 3, 1, 1)],
    }[tail]
    return nn.Sequential(*L)


t = torch.arange(16.0)


def real(n, kind):
    if kind == "shift":
        return torch.randn(n, 1, 16, 16) * 0.3 + 0.6
    return torch.randn(n, 1, 16, 16) * 0.1 + torch.sin(t[None, None, :, None] * 0.8) * 0.5


def fake(n, kind):
    if kind == "shift":
        return torch.randn(n, 1, 16, 16) * 0.3 - 0.6
    return torch.randn(n, 1, 16, 16) * 0.1 + torch.sin(t[None, None, None, :] * 0.8) * 0.5


for kind in ("shift", "structure"):
    for tail in (
        "none+Flatten",
        "none+GAP",
        "BN2d+Flatten+Linear",
        "BN2d+Conv4x4",
        "PatchGAN BN2d+Conv3x3 (map)",
        "BN2d+GAP+Linear",
        "GAP+BN1d+Linear",
        "Flatten+BN1d+Linear",
    ):
        R = []
        for s in range(3):
            torch.manual_seed(s)
            d = D(tail)
            o = torch.optim.Adam(d.parameters(), 1e-3, betas=(0.5, 0.999))
            for _ in range(120):
                L = F.softplus(-d(real(32, kind))).mean() + F.softplus(d(fake(32, kind))).mean()
                o.zero_grad()
                L.backward()
                o.step()
            x = fake(32, kind).requires_grad_()
            (g,) = torch.autograd.grad(F.softplus(-d(x)).mean(), x)
            a = ((d(real(256, kind)) > 0).float().mean() + (d(fake(256, kind)) < 0).float().mean()).item() / 2
            R.append((L.item(), a, g.norm().item()))
        m = torch.tensor(R).mean(0).tolist()
        print(f"  {kind:9s} {tail:28s} D loss {m[0]:.4f} acc {m[1]:.3f} |dL_G/dx| {m[2]:.2e}")
print("== spectral_norm: eval forward, double wrapping etc -- skipped")
print("== clip_grad_norm_ after step: no effect on that step; clip_grad vs clip weights in WGAN")
print("== ones_like labels shape etc -- covered in e03")
print("== Normalize 3 channels on 1-channel tensor in place")
try:
    x = torch.rand(1, 28, 28)
    m = torch.tensor([0.5, 0.5, 0.5])[:, None, None]
    x.sub_(m)
except Exception as e:
    print(" ", type(e).__name__, e)
print("== torch.full((4,),1) dtype:", torch.full((4,), 1).dtype)
print("== D(G(z)) accuracy style .round() / (out>0.5).float() as loss input: grad?")
x = torch.randn(4, 1, requires_grad=True)
for n, f in (
    ("round", lambda: torch.sigmoid(x).round()),
    ("(>0.5).float()", lambda: (torch.sigmoid(x) > 0.5).float()),
    ("argmax", lambda: x.argmax(1).float()),
):
    try:
        y = f()
        l = F.mse_loss(y, torch.zeros_like(y))
        l.backward()
        print(" ", n, "grad", x.grad.abs().max().item())
    except Exception as e:
        print(" ", n, type(e).__name__, str(e)[:80])
print("== clamp on G output / D output: gradient outside")
a = torch.tensor([-2.0, 0.5, 3.0], requires_grad=True)
a.clamp(-1, 1).sum().backward()
print("  clamp(-1,1) grad", a.grad.tolist())
print("== GP computed under eval/no_grad etc skipped")
