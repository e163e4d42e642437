"""The state of one interpretation, and the dispatch from syntax to the functions that give it meaning.

`EXPRESSIONS`, `STATEMENTS` and the other tables are filled by the modules beside this one when they are imported,
so that those modules need to know only the machine and not each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganlint.interp.journal import Journal
from ganlint.interp.torch_values import ModuleV, TensorV
from ganlint.interp.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import libcst as cst

    from ganlint.interp.events import Events
    from ganlint.interp.gates import Gate
    from ganlint.interp.project import Project
    from ganlint.interp.scope import Frame, ModuleScope
    from ganlint.interp.torch_values import LoaderV
    from ganlint.interp.trace import Trace
    from ganlint.interp.values import ClassV, FunctionV, Value

    Evaluator = Callable[["Machine", Any, Frame], Value]
    Executor = Callable[["Machine", Any, Frame], int]

#: How a statement ended.
NORMAL, RETURN, RAISE, BREAK, CONTINUE = 0, 1, 2, 3, 4

EXPRESSIONS: dict[type, Evaluator] = {}
STATEMENTS: dict[type, Executor] = {}

#: Deepest chain of calls that is followed, and how often one function may stand in it.
_MAX_CALL_DEPTH = 60
_MAX_RECURSION = 12
#: The same for a function that is given nothing new: nothing would tell one level from the next, nor end them.
_MAX_BLIND_RECURSION = 2
#: Steps that a unit may take without touching a network, a loss or data.
IDLE_STEPS = 30_000


class BudgetExceededError(Exception):
    """The step budget of a unit of the program is used up."""


class Machine:
    """One interpretation of a program: where it stands and what it has seen."""

    __slots__ = (
        "arguments", "autocast", "backwards", "base", "budget", "building", "built", "call_depth", "calls", "depth",
        "doubted", "entered", "events", "executed", "explored", "exploring", "gates", "given", "graded", "guarded",
        "imported", "iterations", "journal", "limit", "loaders", "loops", "no_grad", "patches", "patience", "progress",
        "project", "reached", "recent", "repeating", "returned_at", "scope", "serial", "sites", "spreading", "state",
        "steps", "trace",
    )  # fmt: skip

    def __init__(self, project: Project, events: Events, budget: int) -> None:
        self.project = project
        self.events = events
        #: The steps a unit may take in all, between two looks at whether it gets anywhere, and until the next look.
        self.limit = budget
        self.patience = IDLE_STEPS
        self.budget = min(budget, self.patience)
        self.steps = 0
        #: What had happened in the program when that was asked last.
        self.progress = 0
        #: What options are set to in place of their defaults, by the identity of what says the default.
        self.given: dict[int, object] = {}
        #: Conditions about CUDA around the current statement, outermost first.
        self.gates: list[Gate] = []
        #: True once the rest of the program runs only under such a condition.
        self.guarded = False
        #: What imports gave that waited until their names were looked up, by the module that imports and the name.
        self.imported: dict[tuple[ModuleScope, str], Value] = {}
        self.journal: Journal | None = None
        #: Takes back, after the run, what the program did to the modules it imports.
        self.base: Journal | None = None
        #: How many undecided branches surround the current statement.
        self.depth = 0
        #: How many branches that the options' defaults do not take surround the current statement, how many steps such
        #: branches took, and which options are something else there, by the identity of what says the default.
        self.exploring = 0
        self.explored = 0
        self.doubted: frozenset[int] = frozenset()
        #: True while a step is run again whose inputs nothing makes anew, as its caller would.
        self.repeating = False
        #: Modules whose `__init__` is running, outermost first.
        self.building: list[ModuleV] = []
        #: Grows with every layer built, list grown or operation traced: a loop that leaves it alone need not go on.
        self.built = 0
        self.serial = 0
        self.call_depth = 0
        self.calls: dict[cst.CSTNode, int] = {}
        #: What each function was given when it started last.
        self.arguments: dict[cst.CSTNode, tuple[Value, ...]] = {}
        #: How many undecided branches surrounded the outermost running call of each function.
        self.entered: dict[cst.CSTNode, int] = {}
        self.executed: set[cst.CSTNode] = set()
        self.trace: Trace | None = None
        self.loaders: list[LoaderV] = []
        self.no_grad = 0
        #: Devices of the autocast regions around the current statement.
        self.autocast: list[str] = []
        #: How many backward passes the program made.
        self.backwards = 0
        #: Iterations of training loops, by number, and those the current statement stands in.
        self.iterations = 0
        self.loops: tuple[tuple[int, int], ...] = ()
        #: What the program has done to its networks: gradients, modes, frozen weights, counts of updates.
        self.state: dict[object, Value] = {}
        #: The networks that were called, by identity.
        self.graded: dict[int, ModuleV] = {}
        #: The backward passes since an optimiser was last stepped.
        self.recent: list[Value] = []
        #: What the program has put in the place of names of packages outside the tree.
        self.patches: dict[str, Value] = {}
        #: The function that is being applied to every module of a network.
        self.spreading: FunctionV | None = None
        #: True while the program runs as it stands, false while ganlint calls what nothing calls.
        self.reached = True
        #: The return statement that ran last, and its module.
        self.returned_at: tuple[cst.CSTNode, ModuleScope] | None = None
        #: The calls of the program's functions around the current statement, outermost first.
        self.sites: list[tuple[cst.CSTNode, ModuleScope]] = []
        #: The module whose code is running.
        self.scope: ModuleScope | None = None

    def evaluate(self, node: cst.BaseExpression, frame: Frame) -> Value:
        """Return the abstract value of an expression.

        Raises BudgetExceededError when the step budget is used up.
        """
        self.steps += 1
        if self.steps > self.budget:
            self._extend_budget()
        handler = EXPRESSIONS.get(node.__class__)
        if handler is None:
            return Unknown(f"{node.__class__.__name__} is not interpreted")
        return handler(self, node, frame)

    def execute(self, statements: Sequence[cst.CSTNode], frame: Frame) -> int:
        """Run statements until one of them leaves the block; return how the block ended."""
        for statement in statements:
            self.steps += 1
            if self.steps > self.budget:
                self._extend_budget()
            handler = STATEMENTS.get(statement.__class__)
            if handler is not None:
                signal = handler(self, statement, frame)
                if signal:
                    return signal
        return NORMAL

    def _extend_budget(self) -> None:
        """Let a unit go on that has done something to networks, data or losses since it was asked last."""
        if self.steps > self.limit or not self.has_progressed():
            raise BudgetExceededError
        self.progress = self._measure_progress()
        self.budget = min(self.limit, self.steps + self.patience)

    def has_progressed(self) -> bool:
        """Tell whether the unit has done anything to networks, data or losses since that was asked by itself last."""
        return self._measure_progress() != self.progress

    def _measure_progress(self) -> int:
        events = self.events
        traced = len(self.trace.ops) if self.trace is not None else 0
        trained = len(events.forwards) + len(events.losses) + len(events.optimizers) + len(events.steps)
        return self.serial + self.backwards + traced + trained + len(events.loaders) + len(events.datasets)

    def write(self, names: dict[Any, Value], key: object, value: Value) -> None:
        """Bind a name, key or attribute so that an undecided branch can be taken back."""
        if self.journal is not None:
            self.journal.record(names, key)
        elif self.base is not None:
            self.base.record(names, key)
        names[key] = value

    def touch(self, items: list[Value]) -> None:
        """Announce that a list is about to change."""
        self.built += 1
        if self.journal is not None:
            self.journal.record_list(items)
        elif self.base is not None:
            self.base.record_list(items)

    def change(self, tensor: TensorV) -> None:
        """Announce that a tensor is about to be changed in place, and what it shares its memory with."""
        journal = self.journal if self.journal is not None else self.base
        if journal is not None:
            for shared in tensor.sharing():
                journal.record_tensor(shared)

    def note_list(self, items: list[Value]) -> list[Value]:
        """Announce that a list was made, and return it."""
        if self.journal is not None:
            self.journal.made[id(items)] = items
        return items

    def reset(self, budget: int, patience: int = IDLE_STEPS) -> None:
        """Start a new unit of the program: whatever the one before was in the middle of is over."""
        self.limit = budget
        self.patience = patience
        self.budget = min(budget, patience)
        self.steps = 0
        self.journal = None
        self.depth = 0
        self.exploring = 0
        self.explored = 0
        self.repeating = False
        self.doubted = frozenset()
        self.gates.clear()
        self.building.clear()
        self.call_depth = 0
        self.sites.clear()
        self.calls.clear()
        self.arguments.clear()
        self.trace = None
        self.loaders.clear()
        self.no_grad = 0
        self.autocast.clear()
        self.loops = ()
        self.state = {}
        self.graded = {}
        self.recent = []
        self.spreading = None
        self.progress = self._measure_progress()

    def next_serial(self) -> int:
        """Return the next number in the order of construction."""
        self.serial += 1
        self.built += 1
        return self.serial

    @property
    def owner(self) -> ModuleV | None:
        """The module whose construction is running, if any."""
        return self.building[-1] if self.building else None

    def enter(self, function: FunctionV, given: tuple[Value, ...] = ()) -> bool:
        """Note that a function starts; False if that goes too deep.

        A function that calls itself with nothing new will do so again, and so will one that does not know when to stop.
        """
        count = self.calls.get(function.node, 0)
        if not count:
            self.entered[function.node] = self.depth
        limit = _MAX_RECURSION
        if count and (
            self.depth > self.entered[function.node] + _MAX_BLIND_RECURSION
            or (given and _says_nothing_new(given, self.arguments.get(function.node, ())))
        ):
            limit = _MAX_BLIND_RECURSION
        if self.call_depth >= _MAX_CALL_DEPTH or count >= limit:
            return False
        self.calls[function.node] = count + 1
        self.arguments[function.node] = given
        self.call_depth += 1
        self.executed.add(function.node)
        return True

    def leave(self, function: FunctionV) -> None:
        """Note that a function ended."""
        self.calls[function.node] -= 1
        self.call_depth -= 1

    def note_class(self, cls: ClassV) -> None:
        """Note that the program instantiates a class."""
        self.executed.add(cls.node)


def _says_nothing_new(given: tuple[Value, ...], before: tuple[Value, ...]) -> bool:
    return all(
        isinstance(value, Unknown) or any(value is other or value.matches(other) for other in before) for value in given
    )
