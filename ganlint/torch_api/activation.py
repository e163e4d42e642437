"""Activations, as layers, functions and Tensor methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ganlint.torch_api.shape import Shape, ShapeFunction, first_shape, index_of, keep_shape, shape_of

TABLE = """
nn.Sigmoid [activation.sigmoid]
F.sigmoid [activation.sigmoid = nn.Sigmoid] input
nn.Tanh [activation.tanh]
F.tanh [activation.tanh = nn.Tanh] input
nn.LogSoftmax [activation.softmax] dim=None
nn.Softmax [activation.softmax] dim=None
nn.Softmax2d [activation.softmax]
nn.Softmin [activation.softmax] dim=None
F.gumbel_softmax [activation.softmax = nn.Softmax] logits, tau=1, hard=False, eps=1e-10, dim=-1
F.log_softmax [activation.softmax = nn.LogSoftmax] input, dim=None, _stacklevel=3, dtype=None
F.softmax [activation.softmax = nn.Softmax] input, dim=None, _stacklevel=3, dtype=None
F.softmin [activation.softmax = nn.Softmin] input, dim=None, _stacklevel=3, dtype=None
nn.CELU [activation] alpha=1.0, inplace=False
nn.ELU [activation] alpha=1.0, inplace=False
nn.GELU [activation] approximate='none'
nn.GLU [activation] dim=-1
nn.Hardshrink [activation] lambd=0.5
nn.Hardsigmoid [activation] inplace=False
nn.Hardswish [activation] inplace=False
nn.Hardtanh [activation] min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None
nn.LeakyReLU [activation] negative_slope=0.01, inplace=False
nn.LogSigmoid [activation]
nn.Mish [activation] inplace=False
nn.PReLU [activation] num_parameters=1, init=0.25, device=None, dtype=None
nn.RReLU [activation] lower=0.125, upper=0.3333333333333333, inplace=False
nn.ReLU [activation] inplace=False
nn.ReLU6 [activation] inplace=False
nn.SELU [activation] inplace=False
nn.SiLU [activation] inplace=False
nn.Softplus [activation] beta=1.0, threshold=20.0
nn.Softshrink [activation] lambd=0.5
nn.Softsign [activation]
nn.Tanhshrink [activation]
nn.Threshold [activation] threshold, value, inplace=False
F.celu [activation = nn.CELU] input, alpha=1.0, inplace=False
F.celu_ [activation = nn.CELU] input, alpha=1.0
F.elu [activation = nn.ELU] input, alpha=1.0, inplace=False
F.elu_ [activation = nn.ELU] input, alpha=1.0, scale=1.0, input_scale=1.0
F.gelu [activation = nn.GELU] input, *, approximate='none'
F.glu [activation = nn.GLU] input, dim=-1
F.hardshrink [activation = nn.Hardshrink] input, lambd=0.5
F.hardsigmoid [activation = nn.Hardsigmoid] input, inplace=False
F.hardswish [activation = nn.Hardswish] input, inplace=False
F.hardtanh [activation = nn.Hardtanh] input, min_val=-1.0, max_val=1.0, inplace=False
F.hardtanh_ [activation = nn.Hardtanh] input, min_val=-1.0, max_val=1.0
F.leaky_relu [activation = nn.LeakyReLU] input, negative_slope=0.01, inplace=False
F.leaky_relu_ [activation = nn.LeakyReLU] input, negative_slope=0.01
F.logsigmoid [activation = nn.LogSigmoid] input
F.mish [activation = nn.Mish] input, inplace=False
F.prelu [activation = nn.PReLU] input, weight
F.relu [activation = nn.ReLU] input, inplace=False
F.relu6 [activation = nn.ReLU6] input, inplace=False
F.relu_ [activation = nn.ReLU] input
F.rrelu [activation = nn.RReLU] input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False
F.rrelu_ [activation = nn.RReLU] input, lower=0.125, upper=0.3333333333333333, training=False
F.selu [activation = nn.SELU] input, inplace=False
F.selu_ [activation = nn.SELU] input
F.silu [activation = nn.SiLU] input, inplace=False
F.softplus [activation = nn.Softplus] input, beta=1.0, threshold=20.0
F.softshrink [activation = nn.Softshrink] input, lambd=0.5
F.softsign [activation = nn.Softsign] input
F.tanhshrink [activation = nn.Tanhshrink] input
F.threshold [activation = nn.Threshold] input, threshold, value, inplace=False
F.threshold_ [activation = nn.Threshold] input, threshold, value
torch.sigmoid torch.sigmoid_ torch.special.expit Tensor.sigmoid Tensor.sigmoid_ [activation.sigmoid = nn.Sigmoid]
    input
torch.tanh torch.tanh_ Tensor.tanh Tensor.tanh_ [activation.tanh = nn.Tanh] input
torch.relu torch.relu_ Tensor.relu Tensor.relu_ [activation = nn.ReLU] input
torch.softmax Tensor.softmax [activation.softmax = nn.Softmax] input, dim, dtype=None
torch.log_softmax Tensor.log_softmax [activation.softmax = nn.LogSoftmax] input, dim, dtype=None
torch.selu torch.selu_ [activation = nn.SELU] input
torch.celu torch.celu_ [activation = nn.CELU] input, alpha=1.0
torch.prelu Tensor.prelu [activation = nn.PReLU] input, weight
torch.rrelu torch.rrelu_ [activation = nn.RReLU] input, lower=0.125, upper=0.3333333333333333, training=False
torch.hardshrink Tensor.hardshrink [activation = nn.Hardshrink] input, lambd=0.5
torch.threshold torch.threshold_ [activation = nn.Threshold] input, threshold, value
torch.special.log_softmax torch.special.softmax [activation.softmax = nn.Softmax] input, dim, *, dtype=None
"""


def shape_glu(args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """One dimension is halved."""
    dims = first_shape(inputs).dims
    if dims is None:
        return None
    axis = index_of(args.get("dim"), len(dims))
    if axis is None:
        return shape_of(*(None for _ in dims))
    size = dims[axis]
    return shape_of(*dims[:axis], None if size is None else size // 2, *dims[axis + 1 :])


SHAPES: dict[str, ShapeFunction] = {"GLU": shape_glu, "glu": shape_glu, "activation": keep_shape}
