"""Optimisers and gradient clipping."""

from __future__ import annotations

from ganlint.torch_api.shape import ShapeFunction

TABLE = """
optim.ASGD [optimizer] params, lr=0.01, lambd=0.0001, alpha=0.75, t0=1000000.0, weight_decay=0, foreach=None,
    maximize=False, differentiable=False, capturable=False
optim.Adadelta [optimizer] params, lr=1.0, rho=0.9, eps=1e-06, weight_decay=0, foreach=None, *, capturable=False,
    maximize=False, differentiable=False
optim.Adafactor [optimizer] params, lr=0.01, beta2_decay=-0.8, eps=(None, 0.001), d=1.0, weight_decay=0.0, *,
    foreach=None, maximize=False
optim.Adagrad [optimizer] params, lr=0.01, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10,
    foreach=None, *, maximize=False, differentiable=False, fused=None
optim.Adam [optimizer] params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, amsgrad=False, *,
    foreach=None, maximize=False, capturable=False, differentiable=False, fused=None, decoupled_weight_decay=False
optim.AdamW [optimizer] params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01, amsgrad=False, *,
    maximize=False, foreach=None, capturable=False, differentiable=False, fused=None
optim.Adamax [optimizer] params, lr=0.002, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, foreach=None, *,
    maximize=False, differentiable=False, capturable=False
optim.LBFGS [optimizer] params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-07, tolerance_change=1e-09,
    history_size=100, line_search_fn=None
optim.Muon [optimizer] params, lr=0.001, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=(3.4445,
    -4.775, 2.0315), eps=1e-07, ns_steps=5, adjust_lr_fn=None
optim.NAdam [optimizer] params, lr=0.002, betas=(0.9, 0.999), eps=1e-08, weight_decay=0, momentum_decay=0.004,
    decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False, differentiable=False
optim.RAdam [optimizer] params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0,
    decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False, differentiable=False
optim.RMSprop [optimizer] params, lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0, momentum=0, centered=False,
    capturable=False, foreach=None, maximize=False, differentiable=False
optim.Rprop [optimizer] params, lr=0.01, etas=(0.5, 1.2), step_sizes=(1e-06, 50), *, capturable=False, foreach=None,
    maximize=False, differentiable=False
optim.SGD [optimizer] params, lr=0.001, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False,
    foreach=None, differentiable=False, fused=None
optim.SparseAdam [optimizer] params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, maximize=False
utils.clip_grad_norm_ utils.clip_grad_norm [clip_gradient] parameters, max_norm, norm_type=2.0,
    error_if_nonfinite=False, foreach=None
utils.clip_grad_value_ [clip_gradient] parameters, clip_value, foreach=None
"""

SHAPES: dict[str, ShapeFunction] = {}
