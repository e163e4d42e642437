"""What the parent asks of the worker, and what the worker answers: plain data that travels as JSON lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

Record = dict[str, Any]
#: The two networks of a pair, in the order in which they are shown.
ROLES = ("generator", "discriminator")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLayer:
    """A torch layer as the facts know it; `line` is that of its construction in `file`."""

    path: str
    type: str
    file: str
    line: int
    args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRequest:
    """A network to build: its class, what its constructor is given, and the shapes of its inputs.

    `file` is the absolute path of the file that defines the class. `complete` is false where constructor arguments are
    not known. In `inputs` a size that is not known is None; the first is the batch. `inits` are the functions (file and
    name) that the program applies to initialise its networks. `layers` are those that the facts know, None where they
    do not know all; `output` is the range of values that the facts give what it makes.
    """

    name: str
    file: str
    qualname: str
    role: str | None
    arguments: Mapping[str, object] = field(default_factory=dict)
    complete: bool = True
    inputs: tuple[tuple[int | None, ...] | None, ...] = ()
    inits: tuple[tuple[str, str], ...] = ()
    layers: tuple[ExpectedLayer, ...] | None = None
    output: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRequest:
    """The networks of one program; `loss` is the kind its discriminator is judged by, None where it is not known.

    After a tenth of `seconds` no pass is begun that can be left out; after all of them its process is ended. `examine`
    names what verdicts need beside the passes (`examine.EXAMINATIONS`). `optimizers` say what steps each role: torch's
    name and its arguments; `steps` are taken before a last pass.
    """

    entry: str
    roots: tuple[str, ...]
    networks: tuple[NetworkRequest, ...]
    loss: str | None = None
    batch_size: int | None = None
    optimizers: Mapping[str, tuple[str, Mapping[str, object]]] = field(default_factory=dict)
    seeds: int = 3
    steps: int = 0
    examine: tuple[str, ...] = ()
    device: str = "auto"
    scratch: str = ""
    contained: bool = True
    seconds: float = 30.0
    memory_mb: int = 4096

    def to_record(self) -> Record:
        """Return the request as JSON can carry it; what the parent compares afterwards stays behind."""
        networks = tuple(replace(network, layers=None) for network in self.networks)
        return asdict(replace(self, networks=networks))


def read_request(record: Record) -> ProbeRequest:
    """Return the request that `to_record` wrote."""
    networks = tuple(
        NetworkRequest(
            **{
                **item,
                "inputs": tuple(tuple(dims) if dims else None for dims in item["inputs"]),
                "inits": tuple((file, name) for file, name in item["inits"]),
                "output": tuple(item["output"]),
            }
        )
        for item in record["networks"]
    )
    optimizers = {role: (name, arguments) for role, (name, arguments) in record["optimizers"].items()}
    changed = {"roots": tuple(record["roots"]), "networks": networks, "optimizers": optimizers}
    return ProbeRequest(**{**record, **changed})
