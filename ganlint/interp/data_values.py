"""Abstract values of data loading: images that are no tensors yet, transforms and datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganlint.interp.values import InstanceV, NativeV, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from ganlint.interp.calls import Call
    from ganlint.interp.events import DatasetEvent
    from ganlint.interp.scope import ModuleScope
    from ganlint.torch_api.registry import Operation

Size = tuple[int | None, int | None]
NO_SIZE: Size = (None, None)


class PictureV(Value):
    """An image of PIL, whose numbers are whole and lie between 0 and 255; `size` is height and width."""

    __slots__ = ("channels", "size")

    def __init__(self, channels: int | None = None, size: Size = NO_SIZE) -> None:
        self.channels = channels
        self.size = size


class TransformV(NativeV):
    """A transform of torchvision or albumentations, with the arguments it was built with.

    `exact` is false where a star argument of unknown content may have given more.
    """

    __slots__ = ("exact", "node", "operation", "scope", "values")

    def __init__(
        self,
        operation: Operation,
        values: dict[str, Value],
        run: Callable[[Call, TransformV], Value],
        node: cst.CSTNode,
        scope: ModuleScope,
        *,
        exact: bool,
    ) -> None:
        super().__init__(operation.qualname, lambda call: run(call, self))
        self.operation = operation
        self.values = values
        self.node = node
        self.scope = scope
        self.exact = exact


class DatasetV(InstanceV):
    """A dataset of torchvision or torch.utils.data, or what ganlint made of one that the program defines.

    `sample` is what one index gives, None where that is not known; `event` describes the dataset; `length` is the
    number of samples. Attributes the program sets are in `attrs`, as for any object.
    """

    __slots__ = ("event", "length", "refresh", "sample")

    def __init__(self, event: DatasetEvent | None, sample: Value | None, length: int | None = None) -> None:
        super().__init__(None, "dataset")
        self.event = event
        self.sample = sample
        self.length = length
        #: Works the sample out again, for what the program has changed of the dataset since.
        self.refresh: Callable[[Call], None] | None = None
