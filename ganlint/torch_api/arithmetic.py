"""Elementwise operations, comparisons, casts, and what cuts or follows the gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ganlint.torch_api.shape import Shape, ShapeFunction, broadcast, keep_shape

TABLE = """
torch.ceil Tensor.ceil torch.cos Tensor.cos torch.cosh Tensor.cosh torch.erf Tensor.erf torch.exp2 Tensor.exp2
    torch.expm1 Tensor.expm1 torch.floor Tensor.floor torch.frac Tensor.frac torch.neg Tensor.neg torch.negative
    Tensor.negative torch.reciprocal Tensor.reciprocal torch.rsqrt Tensor.rsqrt torch.sign Tensor.sign torch.sin
    Tensor.sin torch.sinh Tensor.sinh torch.tan Tensor.tan torch.atan Tensor.atan torch.asin Tensor.asin torch.acos
    Tensor.acos Tensor.ceil_ Tensor.cos_ Tensor.cosh_ Tensor.erf_ Tensor.exp2_ Tensor.expm1_ Tensor.floor_
    Tensor.frac_ Tensor.neg_ Tensor.negative_ Tensor.reciprocal_ Tensor.rsqrt_ Tensor.sign_ Tensor.sin_ Tensor.sinh_
    Tensor.tan_ Tensor.atan_ Tensor.asin_ Tensor.acos_ [arithmetic] input
torch.abs Tensor.abs torch.absolute Tensor.absolute Tensor.abs_ Tensor.absolute_ [arithmetic.abs] input
torch.exp Tensor.exp Tensor.exp_ [arithmetic.exp] input
torch.sqrt Tensor.sqrt Tensor.sqrt_ [arithmetic.sqrt] input
torch.square Tensor.square Tensor.square_ [arithmetic.square] input
torch.round Tensor.round Tensor.round_ [arithmetic.round] input, *, decimals=0
torch.log Tensor.log torch.log2 Tensor.log2 torch.log10 Tensor.log10 torch.log1p Tensor.log1p Tensor.log_
    Tensor.log2_ Tensor.log10_ Tensor.log1p_ [arithmetic.log] input
torch.add Tensor.add Tensor.add_ torch.sub Tensor.sub Tensor.sub_ torch.subtract Tensor.subtract [arithmetic] input,
    other, *, alpha=1
torch.mul Tensor.mul Tensor.mul_ torch.multiply Tensor.multiply torch.fmod torch.remainder Tensor.remainder
    torch.atan2 [arithmetic] input, other
torch.div Tensor.div Tensor.div_ torch.divide Tensor.divide [arithmetic] input, other, *, rounding_mode=None
torch.true_divide Tensor.true_divide torch.floor_divide Tensor.floor_divide [arithmetic] input, other
torch.pow Tensor.pow Tensor.pow_ [arithmetic.pow] input, exponent
torch.maximum Tensor.maximum torch.minimum Tensor.minimum [arithmetic.extremum] input, other
torch.clamp Tensor.clamp Tensor.clamp_ torch.clip Tensor.clip Tensor.clip_ [arithmetic.clamp] input, min=None,
    max=None
torch.clamp_min Tensor.clamp_min Tensor.clamp_min_ [arithmetic.clamp] input, min
torch.clamp_max Tensor.clamp_max Tensor.clamp_max_ [arithmetic.clamp] input, max
torch.lerp Tensor.lerp Tensor.lerp_ [arithmetic.lerp] input, end, weight
torch.addcmul Tensor.addcmul [arithmetic] input, tensor1, tensor2, *, value=1
torch.addcdiv Tensor.addcdiv [arithmetic] input, tensor1, tensor2, *, value=1
torch.nan_to_num Tensor.nan_to_num [arithmetic] input, nan=None, posinf=None, neginf=None
torch.where [where] condition, input, other
Tensor.where [where] input, condition, other
Tensor.masked_fill Tensor.masked_fill_ torch.masked_fill [arithmetic.masked_fill] input, mask, value
torch.eq Tensor.eq torch.ne Tensor.ne torch.lt Tensor.lt torch.le Tensor.le torch.gt Tensor.gt torch.ge Tensor.ge
    [comparison] input, other
torch.logical_and Tensor.logical_and torch.logical_or Tensor.logical_or [comparison] input, other
torch.logical_not Tensor.logical_not torch.isnan Tensor.isnan torch.isinf Tensor.isinf torch.isfinite [comparison]
    input
Tensor.detach Tensor.detach_ torch.detach [detach] input
Tensor.clone torch.clone [identity] input, *, memory_format=None
Tensor.contiguous [identity] input, memory_format=None
Tensor.float Tensor.half Tensor.double Tensor.bfloat16 [identity.cast] input, memory_format=None
Tensor.long Tensor.int Tensor.bool Tensor.short Tensor.byte [identity.cast] input, memory_format=None
Tensor.to [identity] input, *args, **kwargs
Tensor.cuda [identity] input, device=None, non_blocking=False, memory_format=None
Tensor.cpu [identity] input, memory_format=None
Tensor.type [identity.cast] input, dtype=None, non_blocking=False, **kwargs
Tensor.type_as [identity.cast] input, other
Tensor.requires_grad_ [identity.requires_grad] input, requires_grad=True
Tensor.pin_memory Tensor.retain_grad [identity] input
torch.autograd.Variable torch.autograd.variable.Variable [identity] data=None, requires_grad=False, volatile=False
Tensor.item Tensor.tolist Tensor.numpy [value] input
Tensor.size [size] input, dim=None
Tensor.dim Tensor.ndimension Tensor.numel Tensor.nelement [size] input
Tensor.backward [backward] input, gradient=None, retain_graph=None, create_graph=False, inputs=None
torch.autograd.grad [gradient] outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False,
    only_inputs=True, allow_unused=None, is_grads_batched=False, materialize_grads=False
torch.utils.checkpoint.checkpoint [checkpoint] function, *args, **kwargs
"""


def shape_elementwise(_args: Mapping[str, object], inputs: Sequence[Shape | None]) -> Shape | None:
    """The tensors' common shape; numbers among the operands are no inputs."""
    return broadcast(inputs) if len(inputs) > 1 else keep_shape({}, inputs)


def shape_first_gradient(_args: Mapping[str, object], _inputs: Sequence[Shape | None]) -> tuple[Shape | None, ...]:
    """A gradient for each input asked for; which tensors those are is not known here."""
    return (None,)


SHAPES: dict[str, ShapeFunction] = {
    "arithmetic": shape_elementwise,
    "comparison": shape_elementwise,
    "where": shape_elementwise,
    "detach": keep_shape,
    "identity": keep_shape,
    "gradient": shape_first_gradient,
}
