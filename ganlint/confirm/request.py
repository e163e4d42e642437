"""What the parent asks of the worker, and what the worker answers: plain data that travels as JSON lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Record = dict[str, Any]
#: The two networks of a pair, in the order in which they are shown.
ROLES = ("generator", "discriminator")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRequest:
    """A network to build: its class, what its constructor is given, and the shapes of its inputs.

    `file` is the absolute path of the file that defines the class. `complete` is false where constructor arguments are
    not known. In `inputs` a size that is not known is None; the first is the batch. `inits` are the functions (file and
    name) that the program applies to initialise its networks.
    """

    name: str
    file: str
    qualname: str
    role: str | None
    arguments: Mapping[str, object] = field(default_factory=dict)
    complete: bool = True
    inputs: tuple[tuple[int | None, ...] | None, ...] = ()
    inits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRequest:
    """The networks of one program; `loss` is the kind its discriminator is judged by, None where it is not known.

    After `seconds` its process is ended.
    """

    entry: str
    roots: tuple[str, ...]
    networks: tuple[NetworkRequest, ...]
    loss: str | None = None
    batch_size: int | None = None
    seeds: int = 3
    device: str = "cpu"
    scratch: str = ""
    contained: bool = True
    seconds: float = 30.0
    memory_mb: int = 4096

    def to_record(self) -> Record:
        """Return the request as JSON can carry it."""
        return asdict(self)


def read_request(record: Record) -> ProbeRequest:
    """Return the request that `to_record` wrote."""
    networks = tuple(
        NetworkRequest(
            **{
                **item,
                "inputs": tuple(tuple(dims) if dims else None for dims in item["inputs"]),
                "inits": tuple((file, name) for file, name in item["inits"]),
            }
        )
        for item in record["networks"]
    )
    return ProbeRequest(**{**record, "roots": tuple(record["roots"]), "networks": networks})
