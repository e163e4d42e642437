"""Networks: the layers they are built of and the operations a forward pass runs through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ganlint.facts.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorShape:
    """What is known of a tensor's shape; None means unknown.

    `rank` counts the batch dimension. `channels` is dimension 1 (the features, for rank 2).
    `spatial_size` is the number of positions behind the channels (1 for rank 2).
    `features` is the size of the last dimension.
    """

    rank: int | None = None
    channels: int | None = None
    spatial_size: int | None = None
    features: int | None = None
    dims: tuple[int | None, ...] | None = None


#: A shape of which nothing is known.
UNKNOWN_SHAPE = TensorShape()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A module that was constructed.

    `path` is its attribute path in its network (`model.0`; empty for a layer outside any network). `type` is the
    public torch name (`torch.nn.BatchNorm2d`), or the class name for a user's module without submodules.
    `kind` groups types (`batch_norm`, `conv`, `sigmoid`, ...), `families` the wider groups it belongs to
    (`activation`); `dim` is 1, 2 or 3 for layers that come in dimensions.
    `args` holds every constructor argument whose value is known, defaults included; `explicit` names those
    written at the call; `unknown_keywords` those the torch signature does not have.
    `index` grows in the order of construction; `shared` is true for a further place of a module that stands in
    several. `certain` is false where the layer stands in a branch or loop the interpreter could not decide.
    `registered` is false for a module kept in a plain list or dict. `unread` is the attribute that holds it (or what it
    is part of), where nothing in the program reads that attribute: the layer is built and never used.
    """

    place: Place
    network: int | None
    path: str
    type: str
    kind: str
    families: tuple[str, ...] = ()
    dim: int | None
    args: Mapping[str, object]
    explicit: tuple[str, ...]
    unknown_keywords: tuple[str, ...] = ()
    arg_places: Mapping[str, Place] = field(default_factory=dict)
    wrappers: tuple[str, ...] = ()
    index: int = 0
    certain: bool = True
    registered: bool = True
    shared: bool = False
    unread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One step of a network's forward pass: a layer that is called, or a function such as `torch.relu`.

    Ops of kind `input` and `output` stand for the forward's parameters and its returned tensors.
    `inputs` and `outputs` are the indices, in the `Facts.ops`, of the ops before and after it.
    `place` is the construction of the layer, or the call of the function; `call` is where it is applied.
    `columns` are the first and the last column that a subscript `x[:, a:b]` cuts out of its input, `overlaps` is a
    later subscript of the same input that shares some of them and is not the same. `unread_column` is the first of the
    op's own columns that no subscript cuts out, where nothing else uses the op.
    `certain` is false where the op runs only under a condition the interpreter could not decide.
    """

    place: Place
    call: Place
    network: int
    index: int
    kind: str
    families: tuple[str, ...] = ()
    type: str
    dim: int | None
    args: Mapping[str, object]
    explicit: tuple[str, ...]
    layer: int | None
    input: TensorShape
    output: TensorShape
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    name: str = ""
    wrappers: tuple[str, ...] = ()
    columns: tuple[int, int] | None = None
    overlaps: int | None = None
    unread_column: int | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network of the program: an instance of a Module class, or a Sequential held in a variable.

    `name` is the class name (the variable, for a bare Sequential); `variable` the name the program holds it by.
    `role` is `generator`, `discriminator` or None; `role_source` is `program`, `name` or None, and `role_reason`
    says it in words. `critic` is true for a discriminator trained with a Wasserstein loss.
    `assumed` networks were constructed by ganlint with their defaults because the program never constructs them.
    `reached` networks are built by the program as it runs, the others by a function or class nothing in it calls.
    `by_default` networks show a class that the program builds with other arguments as its parameter defaults make it.
    `part_of_other` is true for classes that only appear inside other networks.
    `adversarial` is true for every network of a program that has a generator or a discriminator.
    `output_activation` is what its (only) output went through last: `none`, `tanh`, `sigmoid`, `softmax`, `relu`, ...;
    `output_low` and `output_high` are the range of its values.
    `optimized` is true where an optimiser holds its parameters, false where the program has optimisers, all of whose
    parameters are known, and none holds them. `trained` is true where a loss is backpropagated that reaches it or is
    meant to. `evaluated` is true where it is put into eval mode. `distributed` is `data` or `distributed` where it is
    wrapped in DataParallel or DistributedDataParallel (at `distributed_place`); `sync_batch_norm` is true where its
    BatchNorm was converted.
    `pretrained` is true where its weights are loaded from a file or a model zoo.
    `complete` is false where the forward pass could not be followed to its end. `class_id` is the file and the
    qualified name of the class (`models.py::Generator`), the same in every program that uses it. `place` is where
    the class (or the bare Sequential) is written, `built` where the program constructs it.
    """

    place: Place
    built: Place
    name: str
    variable: str | None
    class_id: str
    role: str | None
    role_source: str | None
    role_reason: str | None
    critic: bool
    adversarial: bool
    assumed: bool
    reached: bool
    part_of_other: bool
    by_default: bool = False
    complete: bool
    output_activation: str | None = None
    output_low: float | None = None
    output_high: float | None = None
    optimized: bool | None = None
    trained: bool = False
    evaluated: bool = False
    distributed: str | None = None
    distributed_place: Place | None = None
    sync_batch_norm: bool = False
    pretrained: bool = False
    layers: tuple[int, ...]
    ops: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingAttribute:
    """An attribute that a forward pass reads and nothing in the program sets, so that PyTorch raises.

    `owner` is the class that reads it. `certain` is false where it is read only under a condition that is not known.
    """

    place: Place
    network: int | None
    owner: str
    attribute: str
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnregisteredLayers:
    """Layers with weights kept in a plain Python list or dict attribute, so that the network does not know them.

    `count` is how many they are, `size` how many modules the container holds, those without weights among them.
    """

    place: Place
    network: int
    attribute: str
    container: str
    count: int
    size: int
    used_in_forward: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """How the program makes a network, or a class of its parts (`network` is None): enough to make it again.

    `arguments` are the constructor's by parameter name. What is no constant or list is described by its `kind`:
    `tuple`, `set` (`items`), `dict`, `namespace` and `object` (`items`: pairs, `class`), `external` (`name`:
    `torch.nn.ReLU`), `defined` (`file`, `name`: a class or function of the program), `partial` and `call` (`function`,
    `arguments`, `keywords`). `complete` is false where some of them are not known. `inputs` are the shapes that its
    forward pass is called with, in order.
    """

    network: int | None
    class_id: str
    arguments: Mapping[str, object]
    complete: bool
    inputs: tuple[TensorShape, ...]
