"""Weight initialisation, and methods that fill a tensor in place."""

from __future__ import annotations

from ganlint.torch_api.shape import ShapeFunction, keep_shape

TABLE = """
init.constant_ init.constant [init.constant] tensor, val
init.dirac_ init.dirac [init.dirac] tensor, groups=1
init.eye_ init.eye [init.eye] tensor
init.kaiming_normal_ init.kaiming_normal [init.kaiming] tensor, a=0, mode='fan_in', nonlinearity='leaky_relu',
    generator=None
init.kaiming_uniform_ init.kaiming_uniform [init.kaiming] tensor, a=0, mode='fan_in', nonlinearity='leaky_relu',
    generator=None
init.normal_ init.normal [init.normal] tensor, mean=0.0, std=1.0, generator=None
init.ones_ [init.constant] tensor
init.orthogonal_ init.orthogonal [init.orthogonal] tensor, gain=1, generator=None
init.sparse_ init.sparse [init.sparse] tensor, sparsity, std=0.01, generator=None
init.trunc_normal_ [init.normal] tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None
init.uniform_ init.uniform [init.uniform] tensor, a=0.0, b=1.0, generator=None
init.xavier_normal_ init.xavier_normal [init.xavier] tensor, gain=1.0, generator=None
init.xavier_uniform_ init.xavier_uniform [init.xavier] tensor, gain=1.0, generator=None
init.zeros_ [init.constant] tensor
init.calculate_gain [gain] nonlinearity, param=None
Tensor.normal_ [init.normal] input, mean=0.0, std=1.0, *, generator=None
Tensor.uniform_ [init.uniform] input, a=0.0, b=1.0, *, generator=None
Tensor.fill_ [init.constant] input, value
Tensor.zero_ [init.constant] input
Tensor.copy_ [copy] input, src, non_blocking=False
Tensor.random_ [init.random_integer] input, low=0, high=None, *, generator=None
Tensor.bernoulli_ [init.bernoulli] input, p=0.5, *, generator=None
Tensor.exponential_ [init.exponential] input, lambd=1.0, *, generator=None
"""

SHAPES: dict[str, ShapeFunction] = {"init": keep_shape, "copy": keep_shape}
