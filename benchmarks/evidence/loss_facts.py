"""Unit facts on loss functions: exact values, exact exception texts, exact gradients."""

import torch, torch.nn as nn, torch.nn.functional as F, inspect, warnings, traceback

torch.set_num_threads(1)
torch.manual_seed(0)


def show(name, f):
    try:
        print(f"[{name}] ->", f())
    except Exception as e:
        print(f"[{name}] RAISES {type(e).__name__}: {str(e)[:300]}")


print(torch.__version__)
x = torch.randn(8, 1)
one = torch.ones(8, 1)
zero = torch.zeros(8, 1)

# label_smoothing kwarg
print("sig F.bce_with_logits", inspect.signature(F.binary_cross_entropy_with_logits))
print("sig F.bce", inspect.signature(F.binary_cross_entropy))
print("sig BCEWithLogitsLoss", inspect.signature(nn.BCEWithLogitsLoss.__init__))
print("sig BCELoss", inspect.signature(nn.BCELoss.__init__))
print("sig CrossEntropyLoss", inspect.signature(nn.CrossEntropyLoss.__init__))
show("F.bcewl label_smoothing", lambda: F.binary_cross_entropy_with_logits(x, one, label_smoothing=0.1))
show("F.bce label_smoothing", lambda: F.binary_cross_entropy(torch.sigmoid(x), one, label_smoothing=0.1))
show("nn.BCELoss(label_smoothing)", lambda: nn.BCELoss(label_smoothing=0.1))
show("nn.BCEWithLogitsLoss(label_smoothing)", lambda: nn.BCEWithLogitsLoss(label_smoothing=0.1))

# BCELoss on raw logits
show("BCELoss raw logits CPU", lambda: nn.BCELoss()(x, one))
show("BCELoss on tanh output", lambda: nn.BCELoss()(torch.tanh(x), one))
show("BCELoss on relu (>1)", lambda: nn.BCELoss()(torch.relu(x * 3), one))
show("BCELoss target >1 (no error?)", lambda: nn.BCELoss()(torch.sigmoid(x), one * 1.2))
show("BCELoss target -1", lambda: nn.BCELoss()(torch.sigmoid(x), -one))
show("BCEWL target -1 (fake=-1)", lambda: nn.BCEWithLogitsLoss()(x, -one))
show("BCEWL target 1.2 at +50 logit", lambda: nn.BCEWithLogitsLoss()(torch.full((8, 1), 50.0), one * 1.2))
show("BCELoss target long", lambda: nn.BCELoss()(torch.sigmoid(x), torch.ones(8, 1, dtype=torch.long)))
show("BCEWL target long", lambda: nn.BCEWithLogitsLoss()(x, torch.ones(8, 1, dtype=torch.long)))
# shape mismatch
show("BCELoss (8,1) vs (8,)", lambda: nn.BCELoss()(torch.sigmoid(x), torch.ones(8)))
show("BCEWL (8,1) vs (8,)", lambda: nn.BCEWithLogitsLoss()(x, torch.ones(8)))
show(
    "MSE (8,1) vs (8,) broadcast",
    lambda: [str(w.message)[:200] for w in (lambda L: (nn.MSELoss()(x, torch.ones(8)), L)[1])([])],
)
with warnings.catch_warnings(record=True) as W:
    warnings.simplefilter("always")
    v = nn.MSELoss()(x, torch.arange(8.0))
    print("[MSE broadcast]", v.item(), [str(w.message)[:160] for w in W])
show("ls broadcast right", lambda: nn.MSELoss()(x.squeeze(1), torch.arange(8.0)).item())

# single-output CE
xl = torch.randn(8, 1, requires_grad=True)
l = nn.CrossEntropyLoss()(xl, torch.zeros(8, dtype=torch.long))
l.backward()
print("[CE single out, class0] loss", l.item(), "grad max", xl.grad.abs().max().item())
show("CE single out, class1", lambda: nn.CrossEntropyLoss()(torch.randn(8, 1), torch.ones(8, dtype=torch.long)))
for tv in (1.0, 0.0, 0.9):
    xl = torch.randn(8, 1, requires_grad=True)
    l = nn.CrossEntropyLoss()(xl, torch.full((8, 1), tv))
    l.backward()
    print(f"[CE single out, float (N,1) target={tv}] loss", l.item(), "grad max", xl.grad.abs().max().item())
# 1-D logits: CE on shape (N,) is one sample with N classes
xl = torch.randn(8, requires_grad=True)
l = nn.CrossEntropyLoss()(xl, torch.ones(8))
l.backward()
print(
    "[CE 1-D logits+ones target] loss",
    l.item(),
    "gradmax",
    xl.grad.abs().max().item(),
    "(treated as one sample of 8 classes)",
)
# log_softmax + NLL on 1 unit
xl = torch.randn(8, 1, requires_grad=True)
l = F.nll_loss(F.log_softmax(xl, 1), torch.zeros(8, dtype=torch.long))
l.backward()
print("[log_softmax 1 unit + nll] loss", l.item(), "gradmax", xl.grad.abs().max().item())
# softmax over one unit + BCE
for t, tn in ((one, "real"), (zero, "fake")):
    xl = torch.randn(8, 1, requires_grad=True)
    p = F.softmax(xl, 1)
    l = F.binary_cross_entropy(p, t)
    l.backward()
    print(
        f"[softmax 1 unit + BCE {tn}] p",
        p.flatten()[:3].tolist(),
        "loss",
        l.item(),
        "gradmax",
        xl.grad.abs().max().item(),
    )
# softmax dim=0 mistake / implicit dim
xl = torch.randn(8, 1, requires_grad=True)
p = F.softmax(xl, 0)
l = F.binary_cross_entropy(p, one)
l.backward()
print("[softmax dim=0 over batch+BCE] loss", l.item(), "sum p", p.sum().item())
with warnings.catch_warnings(record=True) as W:
    warnings.simplefilter("always")
    nn.Softmax()(torch.randn(8, 1))
    print("[Softmax() no dim]", [str(w.message)[:200] for w in W])
# MSE after single softmax etc
# double sigmoid
print("--- double sigmoid: BCEWithLogits(sigmoid(z), t)")
for z0 in (0.0, 2.0, 5.0, 10.0, -2.0, -5.0, -10.0):
    for t in (1.0, 0.0):
        a = torch.tensor([z0], requires_grad=True)
        l1 = F.binary_cross_entropy_with_logits(a, torch.tensor([t]))
        (g1,) = torch.autograd.grad(l1, a)
        b = torch.tensor([z0], requires_grad=True)
        l2 = F.binary_cross_entropy_with_logits(torch.sigmoid(b), torch.tensor([t]))
        (g2,) = torch.autograd.grad(l2, b)
        print(
            f" z={z0:6.1f} t={t:.0f}  right loss {l1.item():.4f} grad {g1.item():+.2e} | double loss {l2.item():.4f} grad {g2.item():+.2e} ratio {abs(g2.item()) / max(abs(g1.item()), 1e-30):.2e}"
        )
s0 = F.binary_cross_entropy_with_logits(torch.ones(1), torch.ones(1)).item()
s1 = F.binary_cross_entropy_with_logits(torch.zeros(1), torch.zeros(1)).item()
print(" floor of double-sigmoid loss: real", s0, "fake", s1, "total D floor", s0 + s1)
print(" fake branch max:", F.binary_cross_entropy_with_logits(torch.ones(1), torch.zeros(1)).item())
# saturating G loss
print("--- saturating vs non-saturating: grad wrt logit a of D(G(z))")
for a0 in (0.0, -2.0, -5.0, -10.0, -20.0):
    a = torch.tensor([a0], requires_grad=True)
    (gs,) = torch.autograd.grad(torch.log(1 - torch.sigmoid(a)), a)
    a = torch.tensor([a0], requires_grad=True)
    (gn,) = torch.autograd.grad(-F.logsigmoid(a), a)
    print(
        f" a={a0}: D={torch.sigmoid(torch.tensor(a0)).item():.2e} saturating {gs.item():+.2e} non-saturating {gn.item():+.2e}"
    )
# log(1-D) at D==1, log(D) at D==0
a = torch.tensor([200.0], requires_grad=True)
L = torch.log(1 - torch.sigmoid(a))
(g,) = torch.autograd.grad(L, a)
print("[log(1-sigmoid(200))]", L.item(), "grad", g.item())
a = torch.tensor([-200.0], requires_grad=True)
L = -torch.log(torch.sigmoid(a))
(g,) = torch.autograd.grad(L, a)
print("[-log(sigmoid(-200))]", L.item(), "grad", g.item())
a = torch.tensor([20.0], requires_grad=True)
L = torch.log(1 - torch.sigmoid(a))
(g,) = torch.autograd.grad(L, a)
print("[log(1-sigmoid(20))]", L.item(), "grad", g.item())
# BCELoss clamp
for a0 in (-20.0, -100.0, -200.0):
    a = torch.tensor([a0], requires_grad=True)
    l = F.binary_cross_entropy(torch.sigmoid(a), torch.ones(1))
    (g,) = torch.autograd.grad(l, a)
    b = torch.tensor([a0], requires_grad=True)
    l2 = F.binary_cross_entropy_with_logits(b, torch.ones(1))
    (g2,) = torch.autograd.grad(l2, b)
    print(
        f"[G loss, D logit {a0}] Sigmoid+BCELoss {l.item():.2f} grad {g.item():+.3e} | BCEWithLogits {l2.item():.2f} grad {g2.item():+.3e}"
    )
for a0 in (10.0, 17.0, 20.0):
    a = torch.tensor([a0], requires_grad=True)
    l = F.binary_cross_entropy(torch.sigmoid(a), torch.zeros(1))
    (g,) = torch.autograd.grad(l, a)
    b = torch.tensor([a0], requires_grad=True)
    l2 = F.binary_cross_entropy_with_logits(b, torch.zeros(1))
    (g2,) = torch.autograd.grad(l2, b)
    print(
        f"[fake loss, D logit +{a0}] Sigmoid+BCELoss {l.item():.2f} grad {g.item():+.3e} | BCEWithLogits {l2.item():.2f} grad {g2.item():+.3e}"
    )
