"""What the sliced Wasserstein distance of real data against real data is."""

import torch
from train_dcgan import ring, blobs, swd

torch.set_num_threads(1)
e = torch.Generator().manual_seed(7)
v = []
w = []
for s in range(6):
    g = torch.Generator().manual_seed(s)
    a, _ = ring(4096, g)
    b, _ = ring(4096, g)
    v.append(swd(a, b, e))
    if s < 4:
        a, _ = blobs(4096, g)
        b, _ = blobs(4096, g)
        w.append(swd(a, b, e))
print("SWD real vs real: ring", sum(v) / 6, max(v), " blobs", sum(w) / 4, max(w))
a, _ = ring(4096, torch.Generator().manual_seed(1))
print("ring vs a point at 0", swd(a, torch.zeros(4096, 2), e))
a, _ = blobs(4096, torch.Generator().manual_seed(1))
print(
    "blobs vs constant -1",
    swd(a, -torch.ones(4096, 768), e),
    " vs mean image",
    swd(a.flatten(1), a.flatten(1).mean(0, keepdim=True).expand(4096, -1), e),
)
