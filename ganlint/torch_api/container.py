"""Containers, parameters and the identity."""

from __future__ import annotations

from ganlint.torch_api.shape import ShapeFunction, keep_shape

TABLE = """
nn.Identity [identity] *args, **kwargs
nn.Container [container] *args, **kwargs
nn.Module [container] *args, **kwargs
nn.ModuleDict [container] modules=None
nn.ModuleList [container] modules=None
nn.ParameterDict [container] parameters=None
nn.ParameterList [container] values=None
nn.Sequential [container] *args
nn.Buffer [parameter] data=None, *, persistent=True
nn.Parameter [parameter] data=None, requires_grad=True
nn.UninitializedBuffer [parameter] requires_grad=False, device=None, dtype=None, persistent=True
nn.UninitializedParameter [parameter] requires_grad=True, device=None, dtype=None
torch.nn.parameter.Parameter [parameter] data=None, requires_grad=True
"""

#: What every module has besides what its class gives it, without private names.
MODULE_ATTRIBUTES = frozenset(
    {"T_destination", "add_module", "apply", "bfloat16", "buffers", "call_super_init", "children", "compile",
     "cpu", "cuda", "double", "dump_patches", "eval", "extra_repr", "float", "forward", "get_buffer",
     "get_extra_state", "get_parameter", "get_submodule", "half", "ipu", "load_state_dict", "modules", "mtia",
     "named_buffers", "named_children", "named_modules", "named_parameters", "parameters",
     "register_backward_hook", "register_buffer", "register_forward_hook", "register_forward_pre_hook",
     "register_full_backward_hook", "register_full_backward_pre_hook", "register_load_state_dict_post_hook",
     "register_load_state_dict_pre_hook", "register_module", "register_parameter",
     "register_state_dict_post_hook", "register_state_dict_pre_hook", "requires_grad_", "set_extra_state",
     "set_submodule", "share_memory", "state_dict", "to", "to_empty", "train", "training", "type", "xpu",
     "zero_grad"}
)  # fmt: skip

SHAPES: dict[str, ShapeFunction] = {"identity": keep_shape}
