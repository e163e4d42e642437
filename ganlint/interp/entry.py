"""One run of an entry: the module, then what the module's own run left unexecuted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ganlint.finding import Problem
from ganlint.interp.calls import call_function, call_value, implicit_call, name_arguments, parameter_names
from ganlint.interp.emit import emit_facts
from ganlint.interp.events import Events
from ganlint.interp.forks import Variant
from ganlint.interp.forward import trace_alone
from ganlint.interp.journal import Journal
from ganlint.interp.lightning import fit_module, list_arguments, records_nothing
from ganlint.interp.machine import IDLE_STEPS, BudgetExceededError, Machine
from ganlint.interp.modules import build_instance
from ganlint.interp.project import Project
from ganlint.interp.roles import find_hosted, is_holder
from ganlint.interp.scope import Frame, ModuleScope
from ganlint.interp.syntax import attribute_words, called_names
from ganlint.interp.torch_values import ModuleV
from ganlint.interp.trainers import find_inherited_training
from ganlint.interp.values import ClassV, Const, FunctionV, InstanceV, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import libcst as cst

    from ganlint.facts.store import Facts
    from ganlint.source import SourceFile

#: Steps one unit (the module, a function, a class) may take, and all units of an entry together.
_UNIT_BUDGET = 150_000
_ENTRY_BUDGET = 500_000
#: Steps that all units may take that do nothing to networks, data or losses, and what each may take after those.
_IDLE_BUDGET = 40_000
_SHORT_PATIENCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryResult:
    """The facts of one entry, what could not be analysed, and the classes whose networks its program builds.

    `parts` describes the classes of the file that appear only inside other networks, built with their defaults;
    `variants` are runs with other values of its options.
    """

    facts: Facts
    problems: tuple[Problem, ...]
    constructed: frozenset[str]
    parts: Facts | None = None
    variants: tuple[Variant, ...] = ()


class EntryRun:
    """One run of an entry: the module, then what the module's own run left unexecuted."""

    def __init__(self, project: Project, source: SourceFile, *, spent: int = 0) -> None:
        self.project = project
        self.source = source
        #: What was given up, and where; places become lines once, at the end.
        self.gave_up: list[tuple[str, int | None]] = []
        project.add_source(source)
        project.read.clear()
        self.machine = Machine(project, Events(), _UNIT_BUDGET)
        self.scope = ModuleScope(source=source, file=Path(source.path), name="__main__")
        self.machine.scope = self.scope
        self.assumed: set[int] = set()
        self.instances: dict[ClassV, Value] = {}
        self.spent = spent
        self.exhausted = False
        #: The steps of units that did nothing to networks, data or losses, and the units that were left early for it.
        self.idle = 0
        self.left_early: list[tuple[str, cst.CSTNode | None]] = []

    def run(self, *, with_parts: bool) -> EntryResult:
        """Run everything, and return what became of it."""
        machine, scope = self.machine, self.scope
        machine.base = Journal(None)
        scope.namespace["__name__"] = Const("__main__")
        scope.namespace["__file__"] = Const(self.source.path)
        self._run_unit(
            "the module's statements", lambda: machine.execute(scope.source.module.body, Frame(scope, scope.namespace))
        )
        machine.reached = False
        self._run_functions()
        self._run_classes()
        self._run_lambdas()
        self._trace_networks()
        facts, constructed = emit_facts(machine.events, self.source.path, self.assumed, self._sources(), self._files())
        parts = self._describe_parts() if with_parts else None
        machine.base.take_back()
        for module in machine.events.called.values():
            module.trace = None
        problems = [*self._list_problems(), *self.source.problems]
        problems.extend(problem for path, problem in self.project.problems.items() if path in self.project.read)
        return EntryResult(facts=facts, problems=tuple(problems), constructed=constructed, parts=parts)

    def _sources(self) -> tuple[str, ...]:
        return tuple(sorted({self.source.path, *self.project.read}))

    def _files(self) -> list[cst.Module]:
        sources = map(self.project.find_source, self._sources())
        return [source.module for source in sources if source is not None]

    def _run_unit(self, what: str, run: Callable[[], object], node: cst.CSTNode | None = None) -> None:
        machine = self.machine
        remaining = _ENTRY_BUDGET - self.spent
        if remaining <= 0:
            if not self.exhausted:
                self._add_problem(f"gave up following the program after {self.spent} steps; the rest is unknown", node)
            self.exhausted = True
            return
        patient = self.idle < _IDLE_BUDGET
        machine.reset(min(_UNIT_BUDGET, remaining), IDLE_STEPS if patient else _SHORT_PATIENCE)
        machine.scope = self.scope
        try:
            run()
        except BudgetExceededError:
            # What comes behind may step them.
            for optimizer in machine.events.optimizers:
                optimizer.escaped = True
            if patient or machine.has_progressed():
                self._add_problem(
                    f"gave up following {what} after {machine.steps - 1} steps; what comes behind is unknown", node
                )
            else:
                self.left_early.append((what, node))
        except RecursionError:
            self._add_problem(f"gave up following {what}: it nests too deeply; what comes behind is unknown", node)
        self.spent += machine.steps
        if not machine.has_progressed():
            self.idle += machine.steps

    def _add_problem(self, message: str, node: cst.CSTNode | None) -> None:
        self.gave_up.append((message, self.source.mark(node) if node is not None else None))

    def _list_problems(self) -> list[Problem]:
        if self.left_early:
            (what, node), others = self.left_early[0], len(self.left_early) - 1
            also = f" and {others} more that nothing calls" if others else ""
            self._add_problem(
                f"gave up following {what}{also} early: nothing before had to do with a network, data or a loss", node
            )
        spans = self.source.locate([mark for _, mark in self.gave_up if mark is not None])
        problems = []
        for message, mark in self.gave_up:
            line, column, cell = 1, 1, None
            if mark is not None:
                span = spans[mark]
                line, column, cell = span.line, span.column, span.cell
            problems.append(
                Problem(path=self.source.path, message=message, line=line, column=column, cell=cell, fatal=False)
            )
        return problems

    def _run_functions(self) -> None:
        for _ in range(3):
            waiting = [
                function
                for function in self.machine.events.functions
                if function.owner is None
                and function.scope is self.scope
                and function.node not in self.machine.executed
            ]
            if not waiting:
                return
            called = _called_names(waiting)
            first = [function for function in waiting if function.name not in called] or waiting
            for function in first:
                if function.node not in self.machine.executed:
                    self._run_unit(f"function {function.name}", partial(self._call, function), function.node)

    def _call(self, function: FunctionV, receiver: Value | None = None, args: list[Value] | None = None) -> Value:
        call = implicit_call(self.machine, function.node, function.scope, args)
        return call_function(call, function, receiver=receiver)

    def _run_lambdas(self) -> None:
        for function in self.machine.events.lambdas:
            if function.node not in self.machine.executed and function.scope is self.scope:
                self._run_unit("a lambda", partial(self._call, function), function.node)

    def _run_classes(self) -> None:
        own = [cls for cls in self.machine.events.classes if cls.scope is self.scope]
        # Trainers first: they build the networks with the arguments that are meant.
        ordered = [cls for cls in own if not cls.is_module] + [cls for cls in own if cls.is_lightning]
        ordered += [cls for cls in own if cls.is_module and not cls.is_lightning]
        bases = {id(base) for cls in own for base in cls.order[1:]}
        # Networks before their blocks: a block that a network builds needs no assumption.
        waiting = [cls for cls in ordered if cls.is_module and cls.node not in self.machine.executed]
        parts = _called_names(waiting)
        ordered.sort(key=lambda cls: (id(cls) in bases, cls.is_module and cls.name in parts))
        for cls in ordered:
            if cls.node not in self.machine.executed and (id(cls) not in bases or cls.is_module):
                self._run_unit(f"class {cls.name}", partial(self._build, cls), cls.node)
        for cls in own:
            instance = self.instances.get(cls) or self._find_instance(cls)
            if instance is not None:
                self._fit(cls, instance)
                self._run_methods(cls, instance)
                for method in find_inherited_training(cls, instance, self.machine.events):
                    self._run_unit(f"method {cls.name}.{method.name}", partial(self._call, method, instance), cls.node)

    def _build(self, cls: ClassV) -> None:
        instance = build_instance(implicit_call(self.machine, cls.node, cls.scope), cls)
        if cls.is_module and not cls.is_lightning:
            self.machine.events.first_args.pop(cls, None)
        self.instances[cls] = instance
        if isinstance(instance, ModuleV):
            self.assumed.add(id(instance))

    def _find_instance(self, cls: ClassV) -> Value | None:
        for module in self.machine.events.modules:
            if module.cls is cls:
                return module
        for value in self.scope.namespace.values():
            if isinstance(value, InstanceV) and value.cls is cls:
                return value
        return None

    def _fit(self, cls: ClassV, instance: Value) -> None:
        """Train a LightningModule that no trainer of the program is given."""
        step = cls.find("training_step")
        if not (cls.is_lightning and isinstance(instance, ModuleV)):
            return
        if isinstance(step, FunctionV) and step.node not in self.machine.executed:
            call = implicit_call(self.machine, step.node, step.scope)
            self._run_unit(f"the training of {cls.name}", lambda: fit_module(call, instance), cls.node)

    def _run_methods(self, cls: ClassV, instance: Value) -> None:
        for name, member in list(cls.namespace.items()):
            if not isinstance(member, FunctionV) or member.node in self.machine.executed:
                continue
            if name in ("forward", "__init__", "__repr__", "__str__") or "property" in member.flags:
                continue
            receiver = None if "staticmethod" in member.flags else cls if "classmethod" in member.flags else instance
            for args in list_arguments(member):
                self._run_unit(
                    f"method {cls.name}.{name}",
                    partial(self._call_method, member, receiver, args),
                    member.node,
                )

    def _call_method(self, function: FunctionV, receiver: Value | None, args: list[Value]) -> None:
        self.machine.no_grad = int(records_nothing(function))
        steps = len(self.machine.events.steps)
        self._call(function, receiver, args)
        if len(self.machine.events.steps) > steps and not self.machine.events.steps[-1].loops:
            self._repeat(function, receiver, args)

    def _repeat(self, function: FunctionV, receiver: Value | None, args: list[Value]) -> None:
        """Run a training step again that users call in their loop: a step may meet the gradients of the one before.

        What else it is given may be made anew before each call, and so may what clears its gradients be called.
        """
        others = function.owner.order if function.owner is not None else ()
        members = [member for cls in others for member in cls.namespace.values() if isinstance(member, FunctionV)]
        if any(member is not function and "zero_grad" in attribute_words(member.node.body) for member in members):
            return
        self.machine.repeating = True
        self._call(function, receiver, args)

    def _trace_networks(self) -> None:
        hosted = find_hosted(self.machine.events.modules)
        waiting = [module for module in self.machine.events.modules if self._is_untraced(module, hosted)]
        # What holds networks runs them with the inputs they get there, so it comes before them.
        for module in sorted(waiting, key=lambda module: not is_holder(module)):
            if module.trace is None:
                self._trace(module)

    def _is_untraced(self, module: ModuleV, hosted: set[int]) -> bool:
        if module.trace is not None:
            return False
        if module.owner is None:
            return module.free or id(module) in self.assumed or id(module) in hosted
        return is_holder(module.owner)

    def _trace(self, module: ModuleV) -> None:
        if module.cls is None and module.op.qualname != "torch.nn.Sequential":
            return
        if module.cls is not None and (module.cls.is_lightning or not module.attrs):
            return
        if id(module) in self.machine.events.called and _is_loss(module):
            return
        name = module.cls.name if module.cls is not None else "a Sequential"
        call = implicit_call(self.machine, module.node, module.scope)
        node = module.node if module.scope.source is self.source else None
        self._run_unit(f"the forward pass of {name}", lambda: trace_alone(call, module), node)

    def _describe_parts(self) -> Facts:
        """Build each class that appears only inside others again, with its defaults and what a call gave for the rest.

        A class that the program builds is built with its defaults as well, if it has one for every parameter.
        """
        machine = self.machine
        outer = machine.events
        built = {id(module.cls) for module in outer.modules if module.cls is not None and module.owner is None}
        classes = [cls for cls in outer.classes if cls.scope is self.scope and cls.is_module]
        classes.extend(cls for cls in outer.first_args if cls.is_module and cls not in classes)
        real = {id(module.cls) for module in outer.modules if id(_outermost(module)) not in self.assumed}
        machine.events = Events()
        parts: set[int] = set()
        defaults: set[int] = set()
        for cls in classes:
            if id(cls) in built and (cls.scope is not self.scope or not _needs_nothing(cls)):
                continue
            found = defaults if id(cls) in built else parts
            self._run_unit(f"class {cls.name}", partial(self._build_part, cls, outer, found), cls.node)
        self._trace_networks_of(parts | defaults)
        assumed = {id(m) for m in machine.events.modules if id(m) in parts and id(m.cls) not in real} | defaults
        facts, _ = emit_facts(
            machine.events,
            self.source.path,
            assumed,
            self._sources(),
            self._files(),
            only=parts | defaults,
            defaults=defaults,
        )
        machine.events = outer
        return facts

    def _build_part(self, cls: ClassV, outer: Events, parts: set[int]) -> None:
        call = implicit_call(self.machine, cls.node, cls.scope)
        given = outer.first_args.get(cls)
        init = cls.find("__init__")
        if given is not None and isinstance(init, FunctionV):
            by_name = name_arguments(cls, *given)
            call.keywords.update({name: value for name, value in by_name.items() if name not in init.defaults})
        instance = call_value(call, cls)
        parts.add(id(instance))

    def _trace_networks_of(self, parts: set[int]) -> None:
        for module in list(self.machine.events.modules):
            if id(module) in parts and module.trace is None:
                self._trace(module)


def _needs_nothing(cls: ClassV) -> bool:
    init = cls.find("__init__")
    return isinstance(init, FunctionV) and all(name in init.defaults for name in parameter_names(init)[1:])


def _is_loss(module: ModuleV) -> bool:
    """Tell whether a module computes a loss and nothing else: one that was called needs no pass of its own."""
    layers = [child for _, child, _ in module.walk() if child.cls is None]
    return bool(layers) and all(child.op.is_a("loss") for child in layers)


def _outermost(module: ModuleV) -> ModuleV:
    while module.owner is not None:
        module = module.owner
    return module


def _called_names(definitions: Sequence[FunctionV | ClassV]) -> set[str]:
    """Return the names that are called in the body of another function or class."""
    names: set[str] = set()
    for definition in definitions:
        names |= called_names(definition.node.body) - {definition.name}
    return names
