"""Normalisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ganlint.torch_api.shape import Shape, ShapeFunction, as_int, first_shape, keep_shape, shape_of

TABLE = """
nn.BatchNorm1d [norm.batch_norm 1] num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True,
    device=None, dtype=None, *, bias=True
nn.BatchNorm2d [norm.batch_norm 2] num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True,
    device=None, dtype=None, *, bias=True
nn.BatchNorm3d [norm.batch_norm 3] num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True,
    device=None, dtype=None, *, bias=True
nn.LazyBatchNorm1d [norm.batch_norm 1] eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None,
    dtype=None, *, bias=True
nn.LazyBatchNorm2d [norm.batch_norm 2] eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None,
    dtype=None, *, bias=True
nn.LazyBatchNorm3d [norm.batch_norm 3] eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None,
    dtype=None, *, bias=True
nn.SyncBatchNorm [norm.batch_norm] num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True,
    process_group=None, device=None, dtype=None, *, bias=True
F.batch_norm [norm.batch_norm] input, running_mean, running_var, weight=None, bias=None, training=False,
    momentum=0.1, eps=1e-05
nn.InstanceNorm1d [norm.instance_norm 1] num_features, eps=1e-05, momentum=0.1, affine=False,
    track_running_stats=False, device=None, dtype=None, *, bias=True
nn.InstanceNorm2d [norm.instance_norm 2] num_features, eps=1e-05, momentum=0.1, affine=False,
    track_running_stats=False, device=None, dtype=None, *, bias=True
nn.InstanceNorm3d [norm.instance_norm 3] num_features, eps=1e-05, momentum=0.1, affine=False,
    track_running_stats=False, device=None, dtype=None, *, bias=True
nn.LazyInstanceNorm1d [norm.instance_norm 1] eps=1e-05, momentum=0.1, affine=True, track_running_stats=True,
    device=None, dtype=None, *, bias=True
nn.LazyInstanceNorm2d [norm.instance_norm 2] eps=1e-05, momentum=0.1, affine=True, track_running_stats=True,
    device=None, dtype=None, *, bias=True
nn.LazyInstanceNorm3d [norm.instance_norm 3] eps=1e-05, momentum=0.1, affine=True, track_running_stats=True,
    device=None, dtype=None, *, bias=True
F.instance_norm [norm.instance_norm] input, running_mean=None, running_var=None, weight=None, bias=None,
    use_input_stats=True, momentum=0.1, eps=1e-05
nn.LayerNorm [norm.layer_norm] normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None,
    dtype=None
F.layer_norm [norm.layer_norm = nn.LayerNorm] input, normalized_shape, weight=None, bias=None, eps=1e-05
nn.GroupNorm [norm.group_norm] num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *,
    bias=True
F.group_norm [norm.group_norm = nn.GroupNorm] input, num_groups, weight=None, bias=None, eps=1e-05
nn.RMSNorm [norm.rms_norm] normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None
F.rms_norm [norm.rms_norm = nn.RMSNorm] input, normalized_shape, weight=None, eps=None
nn.LocalResponseNorm [norm.local_response_norm] size, alpha=0.0001, beta=0.75, k=1.0
F.local_response_norm [norm.local_response_norm = nn.LocalResponseNorm] input, size, alpha=0.0001, beta=0.75, k=1.0
nn.CrossMapLRN2d [norm.local_response_norm 2] size, alpha=0.0001, beta=0.75, k=1
F.normalize [norm.normalize] input, p=2.0, dim=1, eps=1e-12, out=None
torch.batch_norm [norm.batch_norm] input, weight, bias, running_mean, running_var, training, momentum, eps,
    cudnn_enabled
torch.instance_norm [norm.instance_norm] input, weight, bias, running_mean, running_var, use_input_stats, momentum,
    eps, cudnn_enabled
torch.layer_norm [norm.layer_norm = nn.LayerNorm] input, normalized_shape, weight=None, bias=None, eps=1e-05,
    cudnn_enable=True
torch.group_norm [norm.group_norm = nn.GroupNorm] input, num_groups, weight=None, bias=None, eps=1e-05,
    cudnn_enabled=True
"""


def shape_channel_norm(dim: int, args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape:
    """The input's shape; its channels and its rank follow from the layer where they are unknown.

    For one dimension the rank may be 2 or 3. Where channels and `num_features` disagree (torch raises), the
    input's stay.
    """
    shape = first_shape(inputs)
    channels = shape.channels if shape.channels is not None else as_int(args.get("num_features"))
    if shape.dims is None:
        return Shape(None, channels) if dim == 1 else shape_of(None, channels, *(None,) * dim)
    if len(shape.dims) in ({2, 3} if dim == 1 else {dim + 2}):
        return shape_of(shape.dims[0], channels, *shape.dims[2:])
    return shape


SHAPES: dict[str, ShapeFunction] = {
    **{
        f"{lazy}{name}{dim}d": partial(shape_channel_norm, dim)
        for lazy in ("", "Lazy")
        for name in ("BatchNorm", "InstanceNorm")
        for dim in (1, 2, 3)
    },
    "norm": keep_shape,
}
