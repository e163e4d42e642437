"""torch_api against torch itself: names, signatures and shapes; and binding, which needs no torch."""

from __future__ import annotations

import inspect
import itertools
import random
import re

import pytest

from ganlint.torch_api.container import MODULE_ATTRIBUTES
from ganlint.torch_api.registry import bind_arguments, find_operation, list_operations
from ganlint.torch_api.shape import BATCH, Shape, shape_of
from ganlint.torch_api.signature import REQUIRED, parse_signature

#: The release whose signatures the tables hold; with another one only what both know is compared.
TABLES_FOLLOW = "2.13"


def bind(name, *args, **kwargs):
    operation = find_operation(name)
    assert operation is not None, name
    return bind_arguments(operation, args, kwargs)


class TestBinding:
    def test_positional_second_argument_of_batch_norm_is_eps(self):
        bound = bind("torch.nn.BatchNorm2d", 64, 0.8)
        assert bound.args["eps"] == 0.8
        assert bound.args["momentum"] == 0.1
        assert bound.explicit == ("num_features", "eps")

    def test_unknown_keywords_are_named(self):
        bound = bind("torch.nn.functional.binary_cross_entropy", object(), object(), label_smoothing=0.1)
        assert bound.unknown_keywords == ("label_smoothing",)
        assert "label_smoothing" not in bound.args

    def test_label_smoothing_is_known_where_torch_has_it(self):
        assert bind("torch.nn.CrossEntropyLoss", label_smoothing=0.1).unknown_keywords == ()

    def test_too_many_and_missing(self):
        assert bind("torch.nn.ReLU", True, 1).too_many
        bound = bind("torch.nn.Conv2d", 3)
        assert bound.missing == ("out_channels", "kernel_size")
        assert "kernel_size" not in bound.args

    def test_keyword_only_parameters_take_no_positional(self):
        assert bind("torch.nn.GELU", "tanh").args["approximate"] == "tanh"
        assert bind("torch.nn.functional.gelu", object(), "tanh").too_many

    def test_variadic_sizes(self):
        assert bind("torch.Tensor.view", -1, 10).args["shape"] == (-1, 10)
        assert bind("torch.randn", 4, 100, device="cpu").args["size"] == (4, 100)
        assert bind("torch.randn", size=(4, 100)).args["size"] == (4, 100)

    def test_methods_have_no_self(self):
        assert [p.name for p in find_operation("torch.Tensor.softmax").params] == ["dim", "dtype"]

    def test_keywords_that_go_anywhere_are_kept_apart(self):
        bound = bind("torch.nn.Identity", 54, unused=True)
        assert bound.unknown_keywords == ()
        assert bound.extra == {"unused": True}

    def test_unknown_name(self):
        assert find_operation("torch.nn.NoSuchLayer") is None

    @pytest.mark.parametrize(
        ("inner", "public"),
        [
            ("torch.nn.modules.conv.Conv2d", "torch.nn.Conv2d"),
            ("torch.nn.modules.Linear", "torch.nn.Linear"),
            ("torch.optim.adam.Adam", "torch.optim.Adam"),
            ("torch.utils.data.dataloader.DataLoader", "torch.utils.data.DataLoader"),
        ],
    )
    def test_inner_names_lead_to_public_ones(self, inner, public):
        assert find_operation(inner) is find_operation(public)
        assert find_operation(inner).qualname == public


class TestKinds:
    @pytest.mark.parametrize(
        ("name", "kind", "family"),
        [
            ("torch.nn.BatchNorm1d", "batch_norm", "norm"),
            ("torch.nn.SyncBatchNorm", "batch_norm", "norm"),
            ("torch.nn.LeakyReLU", "activation", "activation"),
            ("torch.sigmoid", "sigmoid", "activation"),
            ("torch.nn.LogSoftmax", "softmax", "activation"),
            ("torch.nn.BCEWithLogitsLoss", "bce_with_logits", "loss"),
            ("torch.randn", "noise", "creation"),
            ("torch.optim.RMSprop", "optimizer", "optimizer"),
            ("torch.nn.init.xavier_uniform", "xavier", "init"),
            ("torch.nn.utils.parametrizations.spectral_norm", "spectral_norm", "wrapper"),
        ],
    )
    def test_kind_and_family(self, name, kind, family):
        operation = find_operation(name)
        assert operation.kind == kind
        assert operation.is_a(family)

    def test_functions_name_their_layer(self):
        assert find_operation("torch.Tensor.relu").layer == "torch.nn.ReLU"
        assert find_operation("torch.nn.functional.conv_transpose2d").layer == "torch.nn.ConvTranspose2d"

    def test_every_named_layer_is_described(self):
        layers = {find_operation(name).layer for name in list_operations()} - {None}
        assert [name for name in layers if find_operation(name) is None] == []

    def test_pool_to_one_position_is_global(self):
        assert bind("torch.nn.AdaptiveAvgPool2d", (1, 1)).kind == "global_pool"
        assert bind("torch.nn.AdaptiveAvgPool2d", 7).kind == "pool"
        assert bind("torch.nn.MaxPool2d", 1).kind == "pool"

    def test_in_place_functions(self):
        assert find_operation("torch.nn.init.normal_").in_place
        assert not find_operation("torch.normal").in_place


class TestPartialShapes:
    """What is known of the result when little is known of the input."""

    def test_convolution_of_anything_has_rank_and_channels(self):
        assert bind("torch.nn.Conv2d", 3, 64, 4).shape([None]) == shape_of(None, 64, None, None)

    def test_linear_of_unknown_rank_has_features(self):
        assert bind("torch.nn.Linear", 8, 16).shape([None]) == Shape(features=16)

    def test_batch_norm_gives_rank_and_channels(self):
        assert bind("torch.nn.BatchNorm2d", 32).shape([None]) == shape_of(None, 32, None, None)
        assert bind("torch.nn.BatchNorm1d", 32).shape([None]) == Shape(channels=32)

    def test_batch_norm_of_other_channels_keeps_them(self):
        assert bind("torch.nn.BatchNorm2d", 32).shape([shape_of(None, 16, 4, 4)]) == shape_of(None, 16, 4, 4)

    def test_reshape_by_its_own_batch_size(self):
        known = shape_of(None, 128, 7, 7)
        assert bind("torch.Tensor.view", BATCH, -1).shape([known]).dims[1] == 128 * 49
        assert bind("torch.Tensor.view", object(), -1).shape([known]) == shape_of(None, None)
        assert bind("torch.Tensor.view", -1, 128 * 49).shape([known]) == shape_of(None, 128 * 49)

    def test_flatten_of_unknown_rank_is_a_matrix(self):
        assert bind("torch.nn.Flatten").shape([None]) == shape_of(None, None)

    def test_squeeze_of_unknown_size_loses_the_rank(self):
        assert bind("torch.Tensor.squeeze").shape([shape_of(None, 1, 1, 1)]) == Shape()

    def test_broadcast_of_unknown_and_known(self):
        both = [shape_of(None, 64, None), shape_of(8, 1, 5)]
        assert bind("torch.mul", None, None).shape(both) == shape_of(8, 64, 5)

    def test_opaque_arguments_make_sizes_unknown(self):
        assert bind("torch.nn.Conv2d", 3, object(), object()).shape([shape_of(2, 3, 8, 8)]) == shape_of(
            2, None, None, None
        )


def test_nothing_raises_on_unknown_arguments():
    inputs = [[], [None], [None, None, None], [Shape()], [shape_of(2, 3)] * 3, [shape_of(None, 3, None, None)] * 3]
    for name in list_operations():
        operation = find_operation(name)
        known = [p for p in operation.params if not p.variadic]
        for filling in (None, object(), -1, 0, "same", (), (2, 3), (None, object()), True, 1.5):
            # Parameters that stand before `*sizes` cannot be given by keyword.
            bound = bind_arguments(operation, [], {p.name: filling for p in known})
            for shapes in inputs:
                bound.shape(shapes)


def test_signature_text():
    params = parse_signature("a, b=(1, 2), *c, d, e=inf, **f")
    assert [(p.name, p.variadic, p.keyword_only) for p in params] == [
        ("a", "", False),
        ("b", "", False),
        ("c", "*", False),
        ("d", "", True),
        ("e", "", True),
        ("f", "**", False),
    ]
    assert params[0].default is REQUIRED
    assert params[1].default == (1, 2)
    assert params[4].default == "inf"


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


#: Classes of torch.nn that are no part of a network.
NOT_LAYERS = {"LinearCrossEntropyOptions", "RNNBase", "RNNCellBase"}


class TestAgainstTorch:
    def test_every_class_of_torch_nn_is_described(self, torch):
        classes = {name for name in dir(torch.nn) if inspect.isclass(getattr(torch.nn, name))}
        assert {n for n in classes - NOT_LAYERS if find_operation(f"torch.nn.{n}") is None} == set()

    def test_every_optimizer_and_init_is_described(self, torch):
        optimizers = {f"torch.optim.{n}" for n in dir(torch.optim) if inspect.isclass(getattr(torch.optim, n))}
        inits = {f"torch.nn.init.{n}" for n in dir(torch.nn.init) if n.endswith("_") and not n.startswith("_")}
        assert {n for n in optimizers | inits if find_operation(n) is None} == {"torch.optim.Optimizer"}

    def test_every_name_exists(self, torch):
        if not _follows_tables(torch):
            pytest.skip(f"the tables follow torch {TABLES_FOLLOW}")
        assert [name for name in list_operations() if _resolve(torch, name) is None] == []

    def test_every_signature_equals_torchs(self, torch):
        compared = 0
        for name in list_operations():
            theirs = _read_signature(torch, name)
            if theirs is None:
                continue
            ours = _describe(find_operation(name).params)
            if _follows_tables(torch):
                assert ours == theirs, name
            else:
                shared = [key for key in ours if key in theirs]
                assert shared == [key for key in theirs if key in ours], name
            compared += 1
        assert compared > 250


def _follows_tables(torch):
    return torch.__version__.startswith(TABLES_FOLLOW + ".")


def _resolve(torch, name):
    value = torch
    for part in name.split(".")[1:]:
        value = getattr(value, part, None)
    return value


#: Classes whose signature torch gives as `*args, **kwargs`; the tables hold the documented one.
OVERLOADED = re.compile(r"\.(RNN|GRU|LSTM|Identity|Module|Container|LogSigmoid|Sigmoid|Tanh|Tanhshrink|Softsign)$")
#: Wrappers of old names and dispatchers, whose own signature says nothing.
OPAQUE = ({"args", "kwargs"}, {"args"}, {"kwargs"})
#: torch compiles these with defaults that depend on its build, or takes arguments that inspect does not see.
LOOSE = {
    "torch.Tensor.split",
    "torch.Tensor.type",
    "torch.Tensor.backward",
    "torch.jit.script",
    "torch.compile",
    "torch.nn.parallel.DistributedDataParallel",
    "torch.utils.checkpoint.checkpoint",
    "torch.autograd.Variable",
    "torch.autograd.variable.Variable",
}


def _read_signature(torch, name):
    if name in LOOSE or OVERLOADED.search(name):
        return None
    try:
        signature = inspect.signature(_resolve(torch, name))
    except (TypeError, ValueError):
        return None
    params = [p for p in signature.parameters.values() if p.name != "self"]
    if {p.name for p in params} in OPAQUE and name != "torch.nn.Sequential":
        return None
    return {
        p.name: "required" if p.default is p.empty else getattr(p.default, "__name__", None) or str(p.default)
        for p in params
    }


def _describe(params):
    return {p.name: "required" if p.default is REQUIRED else str(p.default) for p in params}


def check_shape(torch, name, args, kwargs, sizes, *, batch=(True, False)):
    """Compare the shape of a call with torch's, with the batch known and unknown."""
    operation = find_operation(name)
    tensors = [torch.zeros(size) for size in sizes]
    try:
        if operation.is_module:
            result = _resolve(torch, name)(*args, **kwargs)(*tensors)
        else:
            result = _resolve(torch, name)(*tensors, *args, **kwargs)
    except (RuntimeError, ValueError):
        return 0
    takes_self = operation.is_module or operation.is_method
    bound = bind_arguments(operation, [*([] if takes_self else tensors), *args], kwargs)
    for known in batch:
        shapes = [shape_of(*(size if known else (None, *size[1:]))) for size in sizes]
        _agree(result, bound.shape(shapes), (name, args, kwargs, sizes), exact=known)
    return 1


def _agree(result, shape, case, *, exact):
    if isinstance(result, (tuple, list)):
        assert isinstance(shape, tuple), case
        assert len(shape) == len(result), case
        for part, part_shape in zip(result, shape, strict=True):
            _agree(part, part_shape, case, exact=exact)
        return
    if shape is None and not exact:
        return
    assert shape is not None, case
    if shape.dims is None:
        assert not exact, case
        return
    assert len(shape.dims) == result.dim(), case
    pairs = list(zip(shape.dims, result.shape, strict=True))
    if exact:
        assert all(ours == theirs for ours, theirs in pairs), (case, shape.dims, tuple(result.shape))
    else:
        assert all(ours in {None, theirs} for ours, theirs in pairs), (case, shape.dims, tuple(result.shape))


class TestShapesAgainstTorch:
    """Random configurations from a fixed seed; those torch refuses do not count."""

    @pytest.fixture(autouse=True)
    def _seed(self, torch):
        self.random = random.Random(7)
        self.torch = torch

    def pick(self, *choices):
        return self.random.choice(choices)

    def repeat(self, make, least, rounds=60):
        assert sum(check_shape(self.torch, *make()) for _ in range(rounds)) >= least

    @pytest.mark.parametrize("dim", [1, 2, 3])
    @pytest.mark.parametrize("name", ["Conv", "ConvTranspose"])
    def test_convolutions(self, name, dim):
        def make():
            channels = self.pick(2, 4)
            kwargs = {"stride": self.pick(1, 2, (2,) * dim), "padding": self.pick(0, 1, 2), "dilation": self.pick(1, 2)}
            kwargs["groups"] = self.pick(1, 2)
            if name == "ConvTranspose":
                kwargs["output_padding"] = self.pick(0, 1)
            elif kwargs["stride"] == 1:
                kwargs["padding"] = self.pick("same", "valid", 0)
            size = (2, channels, *(self.pick(5, 8, 9) for _ in range(dim)))
            return f"torch.nn.{name}{dim}d", (channels, 6, self.pick(1, 3, 4, (3,) * dim)), kwargs, [size]

        self.repeat(make, 25)

    @pytest.mark.parametrize("dim", [1, 2, 3])
    def test_functional_convolutions(self, dim):
        def make():
            kernel = (self.pick(1, 3, 4),) * dim
            transposed = self.pick(True, False)
            name = "conv_transpose" if transposed else "conv"
            weight = (4, 6, *kernel) if transposed else (6, 4, *kernel)
            sizes = [(2, 4, *(self.pick(6, 9) for _ in range(dim))), weight]
            return f"torch.nn.functional.{name}{dim}d", (), {"stride": self.pick(1, 2)}, sizes

        for _ in range(20):
            assert check_shape(self.torch, *make(), batch=(True,))

    @pytest.mark.parametrize("dim", [1, 2, 3])
    @pytest.mark.parametrize("kind", ["Max", "Avg"])
    def test_pools(self, kind, dim):
        def make():
            kwargs = {
                "stride": self.pick(None, 1, 2, 3),
                "padding": self.pick(0, 1),
                "ceil_mode": self.pick(True, False),
            }
            if kind == "Max":
                kwargs["dilation"] = self.pick(1, 2)
                kwargs["return_indices"] = self.pick(True, False)
            size = (2, 3, *(self.pick(5, 6, 7, 10) for _ in range(dim)))
            return f"torch.nn.{kind}Pool{dim}d", (self.pick(2, 3, (2,) * dim),), kwargs, [size]

        self.repeat(make, 40, rounds=100)

    @pytest.mark.parametrize("dim", [1, 2, 3])
    def test_adaptive_and_other_pools(self, dim):
        size = (2, 3, *(8, 9, 10)[:dim])
        last = (None, 5, 2)[:dim]
        assert check_shape(self.torch, f"torch.nn.AdaptiveAvgPool{dim}d", (1,), {}, [size])
        if dim > 1:
            assert check_shape(self.torch, f"torch.nn.AdaptiveMaxPool{dim}d", (last,), {}, [size])
            assert check_shape(self.torch, f"torch.nn.FractionalMaxPool{dim}d", (2, 3), {}, [size])
        assert check_shape(self.torch, f"torch.nn.LPPool{dim}d", (2, 3), {"ceil_mode": True}, [size])

    @pytest.mark.parametrize("dim", [1, 2, 3])
    def test_pads(self, dim):
        size = (2, 3, *(6, 7, 8)[:dim])
        padding = tuple(range(2 * dim))
        for name, args in itertools.product(("Reflection", "Replication", "Zero"), ((2,), (padding,))):
            assert check_shape(self.torch, f"torch.nn.{name}Pad{dim}d", args, {}, [size])
        assert check_shape(self.torch, f"torch.nn.ConstantPad{dim}d", (1, 0.5), {}, [size])
        assert check_shape(self.torch, "torch.nn.functional.pad", (padding,), {}, [size])

    def test_upsampling_and_shuffling(self):
        image = [(2, 16, 5, 6)]
        for name in ("torch.nn.Upsample", "torch.nn.UpsamplingNearest2d", "torch.nn.functional.interpolate"):
            for kwargs in ({"scale_factor": 2}, {"size": 9}, {"size": (3, 4)}, {"scale_factor": (1.5, 2.0)}):
                assert check_shape(self.torch, name, (), kwargs, image)
        assert check_shape(self.torch, "torch.nn.functional.interpolate", (), {"scale_factor": 0.5}, image)
        assert check_shape(self.torch, "torch.nn.PixelShuffle", (4,), {}, image)
        assert check_shape(self.torch, "torch.nn.PixelUnshuffle", (2,), {}, [(2, 3, 4, 6)])
        assert check_shape(self.torch, "torch.nn.ChannelShuffle", (4,), {}, image)
        grid = [(2, 3, 4, 5), (2, 7, 8, 2)]
        assert check_shape(self.torch, "torch.nn.functional.grid_sample", (), {"align_corners": False}, grid)

    def test_linear_maps_and_embeddings(self):
        assert check_shape(self.torch, "torch.nn.Linear", (5, 7), {}, [(2, 3, 5)])
        assert check_shape(self.torch, "torch.nn.functional.linear", (), {}, [(2, 5), (7, 5)], batch=(True,))
        assert check_shape(self.torch, "torch.nn.Bilinear", (3, 4, 6), {}, [(2, 3), (2, 4)])
        tokens = self.torch.zeros(2, 5, dtype=self.torch.long)
        result = self.torch.nn.Embedding(10, 8)(tokens)
        assert bind("torch.nn.Embedding", 10, 8).shape([shape_of(2, 5)]).dims == tuple(result.shape)

    @pytest.mark.parametrize(
        "sizes",
        [
            [(3, 4), (4, 5)],
            [(4,), (4,)],
            [(3, 4), (4,)],
            [(4,), (4, 5)],
            [(2, 3, 4), (4, 5)],
            [(7, 1, 3, 4), (2, 4, 5)],
        ],
    )
    def test_products(self, sizes):
        assert check_shape(self.torch, "torch.matmul", (), {}, sizes, batch=(True,))
        assert check_shape(self.torch, "torch.Tensor.matmul", (), {}, sizes, batch=(True,))

    @pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
    def test_recurrent(self, name):
        for batch_first, bidirectional in itertools.product((True, False), repeat=2):
            kwargs = {"batch_first": batch_first, "bidirectional": bidirectional, "num_layers": 2}
            assert check_shape(self.torch, f"torch.nn.{name}", (5, 7), kwargs, [(3, 4, 5)])
        assert check_shape(self.torch, f"torch.nn.{name}Cell", (5, 7), {}, [(3, 5)])
        if name == "LSTM":
            assert check_shape(self.torch, "torch.nn.LSTM", (5, 7), {"proj_size": 2}, [(3, 4, 5)])

    def test_norms_and_activations_keep_the_shape(self):
        for name in list_operations():
            operation = find_operation(name)
            if not operation.is_module or operation.kind not in {"activation", "sigmoid", "tanh", "softmax", "dropout"}:
                continue
            args = (0.1, 20) if name.endswith("Threshold") else ()
            assert check_shape(self.torch, name, args, {}, [(2, 4, 5, 6)]) or "1d" in name or "3d" in name
        for dim, kind in itertools.product((1, 2, 3), ("BatchNorm", "InstanceNorm")):
            assert check_shape(self.torch, f"torch.nn.{kind}{dim}d", (4,), {}, [(2, 4, *(5, 6, 7)[:dim])])
        assert check_shape(self.torch, "torch.nn.BatchNorm1d", (4,), {}, [(2, 4)])
        assert check_shape(self.torch, "torch.nn.GroupNorm", (2, 4), {}, [(2, 4, 5, 5)])

    @pytest.mark.parametrize(
        ("name", "args", "kwargs", "sizes"),
        [
            ("torch.nn.Flatten", (), {}, [(2, 3, 4, 5)]),
            ("torch.nn.Flatten", (1, 2), {}, [(2, 3, 4, 5)]),
            ("torch.nn.Unflatten", (1, (3, 4)), {}, [(2, 12)]),
            ("torch.nn.Unflatten", (1, (-1, 4)), {}, [(2, 12)]),
            ("torch.flatten", (), {}, [(2, 3, 4)]),
            ("torch.Tensor.flatten", (1,), {}, [(2, 3, 4)]),
            ("torch.Tensor.view", (-1, 12), {}, [(2, 3, 4)]),
            ("torch.Tensor.view", (2, -1), {}, [(2, 3, 4)]),
            ("torch.Tensor.view", ((2, 3, 2, 2),), {}, [(2, 12)]),
            ("torch.reshape", ((-1,),), {}, [(2, 3)]),
            ("torch.Tensor.reshape_as", (), {}, [(2, 3), (3, 2)]),
            ("torch.squeeze", (), {}, [(2, 1, 3, 1)]),
            ("torch.Tensor.squeeze", (1,), {}, [(2, 1, 3)]),
            ("torch.Tensor.squeeze", (2,), {}, [(2, 1, 3)]),
            ("torch.unsqueeze", (-1,), {}, [(2, 3)]),
            ("torch.Tensor.permute", (0, 2, 1), {}, [(2, 3, 4)]),
            ("torch.permute", ((2, 0, 1),), {}, [(2, 3, 4)]),
            ("torch.Tensor.transpose", (1, -1), {}, [(2, 3, 4)]),
            ("torch.Tensor.t", (), {}, [(2, 3)]),
            ("torch.movedim", (1, -1), {}, [(2, 3, 4)]),
            ("torch.Tensor.expand", (-1, 3, 4), {}, [(2, 3, 1)]),
            ("torch.Tensor.expand", (5, 2, 3), {}, [(2, 3)]),
            ("torch.Tensor.expand_as", (), {}, [(2, 1), (2, 3)]),
            ("torch.Tensor.repeat", (1, 2, 3), {}, [(2, 3)]),
            ("torch.tile", ((2,),), {}, [(2, 3)]),
            ("torch.Tensor.repeat_interleave", (2,), {"dim": 1}, [(2, 3)]),
            ("torch.chunk", (2, 1), {}, [(2, 5)]),
            ("torch.chunk", (4, 1), {}, [(2, 6)]),
            ("torch.split", (2, 1), {}, [(2, 5)]),
            ("torch.Tensor.split", ([1, 4], 1), {}, [(2, 5)]),
            ("torch.unbind", (1,), {}, [(2, 3)]),
            ("torch.narrow", (1, 0, 2), {}, [(2, 3)]),
            ("torch.select", (1, 0), {}, [(2, 3, 4)]),
            ("torch.flip", ((1,),), {}, [(2, 3)]),
            ("torch.add", (), {}, [(2, 3, 1), (3, 4)]),
            ("torch.Tensor.clamp", (0, 1), {}, [(2, 3)]),
            ("torch.mean", (), {}, [(2, 3)]),
            ("torch.mean", (1,), {}, [(2, 3, 4)]),
            ("torch.Tensor.mean", ((2, 3),), {"keepdim": True}, [(2, 3, 4, 5)]),
            ("torch.Tensor.sum", (-1,), {}, [(2, 3, 4)]),
            ("torch.std", (0,), {}, [(2, 3)]),
            ("torch.max", (1,), {}, [(2, 3)]),
            ("torch.max", (), {}, [(2, 3)]),
            ("torch.max", (), {}, [(2, 3), (2, 3)]),
            ("torch.Tensor.norm", (2,), {"dim": 1}, [(2, 3)]),
            ("torch.cumsum", (1,), {}, [(2, 3)]),
            ("torch.topk", (2,), {}, [(2, 3)]),
            ("torch.sort", (), {}, [(2, 3)]),
            ("torch.nn.functional.unfold", (3,), {"padding": 1, "stride": 2}, [(2, 3, 8, 9)]),
            ("torch.nn.Fold", ((4, 5), 2), {}, [(2, 12, 12)]),
            ("torch.nn.GLU", (1,), {}, [(2, 6, 4)]),
            ("torch.nn.MSELoss", (), {}, [(2, 3), (2, 3)]),
            ("torch.nn.L1Loss", (), {"reduction": "none"}, [(2, 3), (2, 3)]),
            ("torch.nn.functional.scaled_dot_product_attention", (), {}, [(2, 4, 8), (2, 5, 8), (2, 5, 6)]),
        ],
    )
    def test_one_call(self, name, args, kwargs, sizes):
        assert check_shape(self.torch, name, args, kwargs, sizes)

    @pytest.mark.parametrize(("name", "dim"), [("cat", 1), ("cat", -1), ("stack", 0), ("stack", 2)])
    def test_joins(self, name, dim):
        sizes = [(2, 3), (2, 3)]
        result = getattr(self.torch, name)([self.torch.zeros(size) for size in sizes], dim=dim)
        shape = bind(f"torch.{name}", object(), dim).shape([shape_of(*size) for size in sizes])
        assert shape.dims == tuple(result.shape)

    @pytest.mark.parametrize(
        ("name", "args"),
        [
            ("randn", (2, 3)),
            ("zeros", ((2, 3),)),
            ("full", ((2, 3), 1.0)),
            ("randint", (0, 5, (2, 3))),
            ("eye", (3,)),
            ("eye", (3, 4)),
            ("arange", (5,)),
            ("arange", (1, 8, 2)),
            ("linspace", (0, 1, 5)),
            ("randperm", (6,)),
            ("tensor", ([[1, 2], [3, 4]],)),
            ("Tensor", (2, 3)),
            ("FloatTensor", ([1.0, 2.0],)),
        ],
    )
    def test_creations(self, name, args):
        result = getattr(self.torch, name)(*args)
        assert bind(f"torch.{name}", *args).shape([]).dims == tuple(result.shape)


def test_what_every_module_has_is_what_torch_gives_it():
    torch = pytest.importorskip("torch")
    if not _follows_tables(torch):
        pytest.skip(f"the tables follow torch {TABLES_FOLLOW}")
    assert {name for name in dir(torch.nn.Module()) if not name.startswith("_")} == MODULE_ATTRIBUTES
