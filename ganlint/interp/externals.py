"""Names of packages outside the tree other than torch: the standard library, numpy, dotted dictionaries, tqdm."""

from __future__ import annotations

import math
import posixpath
from typing import TYPE_CHECKING

import libcst as cst

from ganlint.interp.calls import BUILTINS, EXTERNAL_FALLBACK, EXTERNALS, Call, call_value
from ganlint.interp.config_files import read_config_text, read_dotted_config
from ganlint.interp.images import read_array
from ganlint.interp.importing import find_global
from ganlint.interp.iterate import iterate_value, unpack_value
from ganlint.interp.literals import plain_value, text_of
from ganlint.interp.modules import copy_module
from ganlint.interp.natives import fold_function
from ganlint.interp.options import declare_flag
from ganlint.interp.parameters import collect_parameters
from ganlint.interp.syntax import is_called
from ganlint.interp.torch_values import ModuleV, ParametersV, TensorV
from ganlint.interp.values import (
    NONE,
    BoundV,
    ClassV,
    Const,
    DictV,
    ExternalV,
    FunctionV,
    ImportedV,
    InstanceV,
    ListV,
    NativeV,
    ParserV,
    PartialV,
    Unknown,
    Value,
)
from ganlint.torch_api.shape import UNKNOWN, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _is_class(call: Call) -> Value:
    value = call.args[0] if call.args else None
    if isinstance(value, ClassV):
        return Const(value=True)
    return Const(value=False) if isinstance(value, (FunctionV, ModuleV, InstanceV, Const)) else Unknown("isclass")


def _partial(call: Call) -> Value:
    return PartialV(call.args[0], call.args[1:], dict(call.keywords)) if call.args else Unknown("partial")


def _ordered_dict(call: Call) -> Value:
    source = call.args[0] if call.args else None
    if isinstance(source, ListV):
        result = DictV({}, exact=source.exact, node=call.node, scope=call.scope)
        for pair in source.items:
            parts = unpack_value(pair, 2)
            if parts is not None and isinstance(parts[0], Const):
                result.items[parts[0].value] = parts[1]
            else:
                result.exact = False
        return result
    return BUILTINS["dict"].run(call)


def _parser(_call: Call) -> Value:
    return ParserV()


def _namespace(call: Call) -> Value:
    result = InstanceV(None, "namespace", exact=call.exact)
    result.attrs.update(call.keywords)
    return result


def _dotted_dict(call: Call) -> Value:
    source = call.args[0] if call.args else None
    result = DictV({}, by_attribute=True, node=call.node, scope=call.scope)
    if isinstance(source, DictV):
        result.items.update({key: _dot_deeply(value) for key, value in source.items.items()})
        result.exact = source.exact
    elif source is not None:
        result.exact = False
    result.items.update(call.keywords)
    return result


def _dot_deeply(value: Value) -> Value:
    if isinstance(value, DictV):
        return DictV(
            {key: _dot_deeply(item) for key, item in value.items.items()}, exact=value.exact, by_attribute=True
        )
    return value


def _namedtuple(call: Call) -> Value:
    names = plain_value(call.argument(1, "field_names"))
    if isinstance(names, str):
        names = names.replace(",", " ").split()
    if not isinstance(names, (list, tuple)):
        return Unknown("namedtuple with unknown fields")
    fields = [str(name) for name in names]
    defaults = iterate_value(call.keywords["defaults"]).items if "defaults" in call.keywords else []

    def build(inner: Call) -> Value:
        instance = InstanceV(None, "namespace")
        for name, default in zip(reversed(fields), reversed(defaults), strict=False):
            instance.attrs[name] = default
        for name, value in zip(fields, inner.args, strict=False):
            instance.attrs[name] = value
        instance.attrs.update(inner.keywords)
        return instance

    return NativeV("namedtuple", build)


def _chain(call: Call) -> Value:
    modules, complete = collect_parameters(ListV(call.args))
    if complete:
        return ParametersV(modules)
    items: list[Value] = []
    exact = True
    for arg in call.args:
        elements = iterate_value(arg)
        items.extend(elements.items)
        exact = exact and elements.exact
    return ListV(items, exact=exact)


def _deepcopy(call: Call) -> Value:
    value = call.args[0] if call.args else Unknown("deepcopy")
    if isinstance(value, DictV):
        items = {key: _deepcopy(call.with_args([item])) for key, item in value.items.items()}
        return DictV(items, exact=value.exact, by_attribute=value.by_attribute)
    return copy_module(call, value) if isinstance(value, ModuleV) else value


def _tqdm(call: Call) -> Value:
    return call.args[0] if call.args else call.keywords.get("iterable", Unknown("tqdm"))


def _spawn(call: Call) -> Value:
    """Run `torch.multiprocessing.spawn`: every process does the same, so the first stands for all.

    Where it is one of two ways to run the same, the other one is as good and needs no processes.
    """
    function, args = call.argument(0, "fn"), call.argument(1, "args")
    held = function.function if isinstance(function, BoundV) else function
    name = held.name if isinstance(held, FunctionV) else ""
    twice = call.machine.depth > 0 and is_called(call.scope.source.module, name)
    if function is not None and not twice:
        given = unpack_value(args) if args is not None else []
        rank = Const(0, call.node, call.scope)
        call_value(call.with_args([rank, *(given or [])], {}), function)
    return NONE


def _process(call: Call) -> Value:
    """Run `Process(target=f, args=(...))` and its like; what it does is done once it is started, which it is for."""
    function, args = call.argument(1, "target"), call.keywords.get("args")
    keywords = call.keywords.get("kwargs")
    if function is not None:
        given = unpack_value(args) if args is not None else []
        named = {str(key): value for key, value in keywords.items.items()} if isinstance(keywords, DictV) else {}
        call_value(call.with_args(given or [], named), function)
    return Unknown("a process")


def _load_text(call: Call) -> Value:
    file = call.argument(0, "stream") or call.argument(0, "fp") or call.argument(0, "s")
    if isinstance(file, InstanceV):
        text = file.attrs.get("text")
        return Unknown("configuration file is not known") if text is None else read_config_text(call, text)
    return read_config_text(call, file)


def _load_dotted(call: Call) -> Value:
    return read_dotted_config(call, call.args[0] if call.args else None)


def _instantiate(call: Call) -> Value:
    """Run hydra.utils.instantiate: call what `_target_` names with the other keys as arguments."""
    config = call.argument(0, "config")
    target = text_of(config.items.get("_target_")) if isinstance(config, DictV) else None
    if target is None or not isinstance(config, DictV):
        return Unknown("an object of an unknown class")
    keywords = {str(key): value for key, value in config.items.items() if not str(key).startswith("_")}
    inner = call.with_args(call.args[1:], keywords | call.keywords)
    module, _, name = target.rpartition(".")
    scope = call.machine.project.load_module(call.machine, module, call.scope)
    found = find_global(call.machine, scope, name) if scope is not None else None
    return call_value(inner, found or ExternalV(target))


def _import_module(call: Call) -> Value:
    """Run `importlib.import_module(name)` or `__import__(name)` of a module of the tree."""
    name = text_of(call.argument(0, "name"))
    if name is None:
        return Unknown("a module of an unknown name")
    scope = call.machine.project.load_module(call.machine, name, call.scope)
    return ExternalV(name) if scope is None else ImportedV(scope)


def _join_path(call: Call) -> Value:
    parts = [text_of(arg) for arg in call.args]
    known = [part for part in parts if part is not None]
    return Const(posixpath.join(*known)) if known and len(known) == len(parts) else Unknown("path")


def _product(call: Call) -> Value:
    value = plain_value(call.args[0]) if call.args else None
    if isinstance(value, (list, tuple)) and all(isinstance(item, (int, float)) for item in value):
        return fold_function(math.prod)(call)
    return Unknown("product of unknown numbers")


def _array(call: Call) -> Value:
    return call.args[0] if call.args else Unknown("array")


def _constant_array(number: float | None) -> Callable[[Call], Value]:
    """Return the native of numpy.ones and its kin: an array that holds one number everywhere."""

    def run(call: Call) -> Value:
        filled = Const(number, call.node, call.scope) if number is not None else call.argument(1, "fill_value")
        sizes = call.argument(0, "shape")
        numbers = [plain_value(item) for item in sizes.items] if isinstance(sizes, ListV) and sizes.exact else None
        shape = shape_of(*(size if type(size) is int else None for size in numbers)) if numbers is not None else UNKNOWN
        const = filled if isinstance(filled, Const) and isinstance(filled.value, (int, float)) else None
        return TensorV(shape=shape, source="constant" if const else None, const=const, node=call.node, scope=call.scope)

    return run


def _noise_array(position: int | None) -> Callable[[Call], Value]:
    """Return the native of a numpy noise function; `position` is where its size stands, None where sizes are spread."""

    def run(call: Call) -> Value:
        if position is None:
            sizes: Value | None = ListV(list(call.args), "tuple", exact=call.exact)
        else:
            sizes = call.argument(position, "size")
        shape = UNKNOWN
        if isinstance(sizes, ListV) and sizes.exact:
            numbers = [plain_value(item) for item in sizes.items]
            shape = shape_of(*(number if type(number) is int else None for number in numbers))
        tensor = TensorV(shape=shape, source="noise", node=call.node, scope=call.scope)
        tensor.loops = call.machine.loops
        return tensor

    return run


_MATH = {
    f"{package}.{name}": fold_function(function)
    for name, function in {
        "log2": math.log2,
        "log": math.log,
        "log10": math.log10,
        "sqrt": math.sqrt,
        "ceil": math.ceil,
        "floor": math.floor,
        "exp": math.exp,
        "isqrt": math.isqrt,
    }.items()
    for package in ("math", "numpy")
}

BUILTINS["__import__"] = NativeV("__import__", _import_module)
EXTERNALS.update(_MATH)
EXTERNALS.update(
    {
        "math.prod": _product,
        "numpy.prod": _product,
        "numpy.product": _product,
        "numpy.array": read_array,
        "numpy.asarray": read_array,
        "numpy.arange": BUILTINS["range"].run,
        "numpy.ones": _constant_array(1.0),
        "numpy.zeros": _constant_array(0.0),
        "numpy.full": _constant_array(None),
        "numpy.random.normal": _noise_array(2),
        "numpy.random.randn": _noise_array(None),
        "numpy.random.rand": _noise_array(None),
        "numpy.random.uniform": _noise_array(2),
        "numpy.random.randint": _noise_array(2),
        "numpy.random.choice": _noise_array(1),
        "numpy.random.random": _noise_array(0),
        "numpy.random.standard_normal": _noise_array(0),
        "math.pow": fold_function(math.pow),
        "numpy.int64": BUILTINS["int"].run,
        "functools.partial": _partial,
        "inspect.isclass": _is_class,
        "collections.OrderedDict": _ordered_dict,
        "collections.namedtuple": _namedtuple,
        "typing.OrderedDict": _ordered_dict,
        "types.SimpleNamespace": _namespace,
        "argparse.Namespace": _namespace,
        "argparse.ArgumentParser": _parser,
        "configargparse.ArgumentParser": _parser,
        "configargparse.ArgParser": _parser,
        "easydict.EasyDict": _dotted_dict,
        "munch.Munch": _dotted_dict,
        "addict.Dict": _dotted_dict,
        "ml_collections.ConfigDict": _dotted_dict,
        "omegaconf.OmegaConf.create": _dotted_dict,
        "omegaconf.OmegaConf.load": _load_dotted,
        "torch.multiprocessing.spawn": _spawn,
        "torch.multiprocessing.Process": _process,
        "multiprocessing.Process": _process,
        "threading.Thread": _process,
        "yaml.load": _load_text,
        "yaml.safe_load": _load_text,
        "yaml.full_load": _load_text,
        "json.load": _load_text,
        "json.loads": _load_text,
        "itertools.chain": _chain,
        "itertools.chain.from_iterable": _chain,
        "copy.deepcopy": _deepcopy,
        "copy.copy": _array,
        "tqdm.tqdm": _tqdm,
        "tqdm.auto.tqdm": _tqdm,
        "tqdm.notebook.tqdm": _tqdm,
        "tqdm.tqdm_notebook": _tqdm,
        "tqdm.trange": BUILTINS["range"].run,
        "os.path.join": _join_path,
        "importlib.import_module": _import_module,
        "hydra.utils.instantiate": _instantiate,
    }
)


def _declare_absl(call: Call, qualname: str) -> Value | None:
    if qualname.startswith("absl.flags.DEFINE_") and isinstance(call.node, cst.Call):
        if call.scope.flags is None:
            call.scope.flags = ParserV()
        declare_flag(call.machine, call.scope.flags, call.node, call.frame)
        return NONE
    return None


EXTERNAL_FALLBACK.append(_declare_absl)
