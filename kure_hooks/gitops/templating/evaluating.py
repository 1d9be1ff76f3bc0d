"""The values of Go templates (text/template of Go 1.26)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kure_hooks.gitops.templating.functions import FUNCTIONS
from kure_hooks.gitops.templating.parsing import (
    Block,
    Literal,
    Name,
    Node,
    Operand,
    Pipeline,
)
from kure_hooks.gitops.templating.values import (
    MISSING,
    MOST_TEXT,
    Budget,
    TemplateError,
    Texts,
    UnknownError,
    is_empty,
    printed,
    too_long,
)

# So many values one template may look at.
_MOST_STEPS = 20_000
_FIRST = frozenset({"and", "or"})


def rendered(
    template: Sequence[Node], parameters: Mapping[str, Any], options: Sequence[str], budget: Budget
) -> str:
    """Return the text that a parsed template makes of parameters, with the options of Go.

    Raises TemplateError where Go does not, UnknownError for what is not followed.
    """
    missing = "default"
    for option in options:
        key, _, missing = str(option).partition("=")
        if key != "missingkey" or missing not in ("default", "invalid", "zero", "error"):
            message = f"has the unknown option {option} for its templates"
            raise TemplateError(message)
    run = _Run(parameters, missing, budget)
    try:
        run.write(template, parameters)
    except RecursionError:
        message = "has a template with values that are too deep to follow"
        raise UnknownError(message) from None
    return "".join(run.texts)


class _Run:
    """One rendering: the variables, innermost last, the texts and the steps so far.

    All work is taken from the budget, also that of a template that fails in the end.
    """

    def __init__(self, root: Any, missing: str, budget: Budget) -> None:
        self.texts: list[str] = []
        self._budget = budget
        self._missing = missing
        self._variables: list[tuple[str, Any]] = [("$", root)]
        self._steps = 0
        self._length = 0

    def write(self, nodes: Sequence[Node], dot: Any) -> None:
        """Write the texts of nodes."""
        for node in nodes:
            if isinstance(node, str):
                self._add(node)
            elif isinstance(node, Block):
                depth = len(self._variables)
                self._block(node, dot)
                del self._variables[depth:]
            else:
                value = self._value(node, dot)
                if not node.declared:
                    self._budget.weigh(value)
                    self._add(printed(value))

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > MOST_TEXT:
            raise too_long()
        self._budget.spend(len(text))
        self.texts.append(text)

    def _block(self, block: Block, dot: Any) -> None:
        if block.keyword == "range":
            self._range(block, dot)
            return
        value = self._value(block.pipeline, dot)
        if is_empty(value):
            self.write(block.otherwise, dot)
        else:
            self.write(block.body, value if block.keyword == "with" else dot)

    def _range(self, block: Block, dot: Any) -> None:
        if block.pipeline.assigns:
            message = "assigns in {{range}}, which is not followed here"
            raise UnknownError(message)
        plain = Pipeline(block.pipeline.commands)
        items = list(_items(self._value(plain, dot)))
        self._budget.spend(0, values=len(items))
        names = block.pipeline.declared
        depth = len(self._variables)
        for key, value in items:
            self._variables += zip(names, (key, value)[2 - len(names) :], strict=True)
            self.write(block.body, value)
            del self._variables[depth:]
        if not items:
            self.write(block.otherwise, dot)

    def _value(self, pipeline: Pipeline, dot: Any) -> Any:
        """Return the value of a pipeline; null is no value, as Go has it."""
        value: Any = None
        for index, command in enumerate(pipeline.commands):
            value = self._command(command, dot, (value,) if index else ())
            value = MISSING if value is None else value
        for name in pipeline.declared:
            self._keep(name, value, assigns=pipeline.assigns)
        return value

    def _keep(self, name: str, value: Any, *, assigns: bool) -> None:
        if not assigns:
            self._variables.append((name, value))
            return
        index = self._index(name)
        self._variables[index] = (name, value)

    def _index(self, name: str) -> int:
        self._budget.spend(len(self._variables))
        for index in range(len(self._variables) - 1, -1, -1):
            if self._variables[index][0] == name:
                return index
        message = f"has a template with the undefined variable {name}"
        raise TemplateError(message)

    def _command(self, command: Sequence[Operand], dot: Any, last: tuple[Any, ...]) -> Any:
        first, arguments = command[0], command[1:]
        if isinstance(first, Name):
            return self._call(first.name, arguments, dot, last)
        if arguments or last:
            message = "gives arguments to a value that is no function in its template"
            raise TemplateError(message)
        if isinstance(first, Literal) and first.value is None:
            message = "has a template where nil is a command"
            raise TemplateError(message)
        return self._operand(first, dot)

    def _call(self, name: str, operands: Sequence[Operand], dot: Any, last: tuple[Any, ...]) -> Any:
        self._count()
        if name in _FIRST:
            return self._first(name, operands, dot, last)
        if name not in FUNCTIONS:
            message = f"calls {name} in its template, which is not followed here"
            raise UnknownError(message)
        arguments = [self._operand(operand, dot) for operand in operands]
        return FUNCTIONS[name](self._budget, *arguments, *last)

    def _first(
        self, name: str, operands: Sequence[Operand], dot: Any, last: tuple[Any, ...]
    ) -> Any:
        """Return the first argument that decides, as `and` and `or` do; the rest has no value."""
        if not operands and not last:
            message = f"calls {name} without arguments in its template"
            raise TemplateError(message)
        value: Any = None
        for operand in operands:
            value = self._operand(operand, dot)
            if is_empty(value) is (name == "and"):
                return value
        return last[0] if last else value

    def _operand(self, operand: Operand, dot: Any) -> Any:
        self._count()
        if isinstance(operand, Literal):
            return operand.value
        if isinstance(operand, Name):
            return self._call(operand.name, (), dot, ())
        value = dot
        if isinstance(operand.base, Pipeline):
            value = self._value(operand.base, dot)
        elif operand.base:
            value = self._variables[self._index(operand.base)][1]
        self._budget.spend(0, values=len(operand.fields))
        for name in operand.fields:
            value = self._field(value, name)
        return value

    def _field(self, value: Any, name: str) -> Any:
        if value is MISSING:
            if self._missing == "error":
                message = f"looks for {name} in no value in its template"
                raise TemplateError(message)
            return MISSING
        if not isinstance(value, dict):
            message = f"looks for {name} in a value that is no mapping in its template"
            raise TemplateError(message)
        if name in value:
            return value[name]
        if self._missing == "error":
            message = f"has no parameter {name}, which its template needs"
            raise TemplateError(message)
        if self._missing == "zero":
            return "" if isinstance(value, Texts) else None
        return MISSING

    def _count(self) -> None:
        self._steps += 1
        self._budget.spend(0, steps=1)
        if self._steps > _MOST_STEPS:
            message = "has a template with too many steps to follow"
            raise UnknownError(message)


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield keys and values of what `range` goes over."""
    if value is MISSING:
        return
    if isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, dict):
        yield from sorted(value.items())
    else:
        message = "ranges over a value that is no list and no mapping in its template"
        raise UnknownError(message)
