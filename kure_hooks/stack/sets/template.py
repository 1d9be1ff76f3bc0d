"""The template of a set: where its parameters stand, and the document that values make of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, inspect

from kure_hooks.decoding import nearest
from kure_hooks.decoding.faults import accepts, alternatives, unwrapped
from kure_hooks.findings import Finding
from kure_hooks.stack.sets.documents import FIELDS, ClusterTemplate, Value
from kure_hooks.stack.sets.parameters import Parameter, as_text
from kure_hooks.yamlio import Document, limits
from kure_hooks.yamlio.document import Marks
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

MAX_GROWTH = 1 << 20
"""Characters that values may add to one cluster."""

# One more dollar sign in front makes it a text.
_REFERENCE = re.compile(r"(?<!\$)\$\{params\.([^{}]*)\}")
OPENING = "${params."
_ESCAPED = f"${OPENING}"
_UNENDED = re.compile(rf"(?<!\$){re.escape(OPENING)}")
_ANY = inspect.AnyType()
_TYPED = (inspect.AnyType, inspect.IntType, inspect.FloatType, inspect.BoolType)


class Text(Struct, frozen=True):
    """A string with parameters: texts and names of parameters in turns.

    One that is a parameter alone and stands for a number or a boolean `is_typed`.
    """

    parts: Sequence[str]
    is_typed: bool

    @property
    def has_parameters(self) -> bool:
        """Tell whether a parameter is in it; without one it has signs that only look like one."""
        return len(self.parts) > 1

    @property
    def is_whole(self) -> bool:
        """Tell whether the string is one parameter and nothing else."""
        return len(self.parts) == len(("", "name", "")) and not (self.parts[0] or self.parts[2])

    def filled(self, values: Mapping[str, Value]) -> Value:
        """Return the string with the values of a row, or the value itself."""
        if self.is_whole:
            value = values[self.parts[1]]
            return value if self.is_typed else as_text(value)
        return "".join(
            as_text(values[part]) if index % 2 else part for index, part in enumerate(self.parts)
        )


class Mold(Struct, frozen=True):
    """A mapping or a list, and what has parameters in it, by key or index."""

    value: Any
    holes: Mapping[str | int, "Mold | Text"]

    def filled(self, values: Mapping[str, Value], marks: Marks) -> Any:
        """Return the container with the values of a row; `marks` get those of new containers."""
        copy = self.value.copy()
        for step, hole in self.holes.items():
            inner = hole.filled(values) if isinstance(hole, Text) else hole.filled(values, marks)
            copy[step] = inner
        marks[id(copy)] = marks[id(self.value)]
        return copy


class Template(Struct, frozen=True):
    """The template of a set, taken apart.

    `uses` counts the references to each parameter, `places` has the first where its value becomes
    a part of a longer text. A `name` without parameters is a string; it is None where it is missing
    or has a wrong reference. `nodes` is the size of the template as `limits.nodes` counts it.
    """

    document: Document
    mold: Mold
    name: Text | str | None
    uses: Mapping[str, int]
    places: Mapping[str, Place]
    nodes: int

    def filled(self, values: Mapping[str, Value]) -> Document:
        """Return the document with the values of a row; places in it are those of the template."""
        document = self.document
        marks = dict(document.marks)
        value = self.mold.filled(values, marks)
        return Document(document.path, value, document.line, document.column, marks)

    def growth(self, values: Mapping[str, Value]) -> int:
        """Return how many characters the values of a row add."""
        return sum(count * len(as_text(values[name])) for name, count in self.uses.items())


def template(
    document: Document, parameters: Mapping[str, Parameter]
) -> tuple[Template, list[Finding]]:
    """Return the template of a ClusterSet document and what is wrong with its references."""
    spec = document.value["spec"]
    reader = _Reader(document, parameters)
    place = Place(document, ("spec", "template"))
    wanted = inspect.type_info(ClusterTemplate)
    inner = reader.read(place, spec["template"], wanted, is_free=False)
    short = {"template": spec["template"]}
    whole = {**document.value, "spec": short}
    mold = Mold(whole, {"spec": Mold(short, {"template": inner} if inner else {})})
    reader.marks[id(whole)] = document.marks.get(id(document.value), {})
    reader.marks[id(short)] = document.marks.get(id(spec), {})
    made = Template(
        document=Document(document.path, whole, document.line, document.column, reader.marks),
        mold=mold,
        name=_at(inner, spec["template"], "metadata", "name"),
        uses=reader.uses,
        places=reader.places,
        nodes=reader.nodes,
    )
    return made, reader.findings[: limits.FINDINGS]


def stray(place: Place) -> Iterator[Finding]:
    """Yield a finding for each string below a place with a reference, where none is replaced."""
    value = place.value
    if isinstance(value, str) and (match := _REFERENCE.search(value)):
        problem = f"parameters are replaced in spec.template alone, so {shown(match[0])} would stay"
        expected = "Write a value, or write this part into the template."
        yield place.fault(problem, expected, rule="ST042")
    for step, _ in _items(value):
        yield from stray(place.below(step))


def _at(mold: Mold | Text | None, value: Any, *steps: str) -> Text | str | None:
    """Return the string at some keys, as it is to be filled; None for none."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
        mold = mold.holes.get(step) if isinstance(mold, Mold) else None
    if isinstance(mold, Text):
        return mold if mold.has_parameters else mold.parts[0]
    return value if isinstance(value, str) and OPENING not in value else None


class _Reader:
    """Finds the references of a template; faults are `findings`."""

    def __init__(self, document: Document, parameters: Mapping[str, Parameter]) -> None:
        self.document = document
        self.parameters = parameters
        self.findings: list[Finding] = []
        self.uses: Counter[str] = Counter()
        self.places: dict[str, Place] = {}
        self.marks: Marks = {}
        self.nodes = 0

    def read(self, place: Place, value: Any, info: Any, *, is_free: bool) -> Mold | Text | None:
        """Return what has parameters in a value of a type, None for nothing.

        They are replaced where `is_free`, and in the keys that `FIELDS` has.
        """
        self.nodes += 1
        kind = _kind(info, value)
        if isinstance(value, str):
            return self._text(place, value, info, is_free=is_free)
        if not isinstance(value, (dict, list)):
            return None
        self.marks[id(value)] = self.document.marks.get(id(value), {})
        holes: dict[str | int, Mold | Text] = {}
        for step, item in _items(value):
            if isinstance(step, str) and OPENING in step:
                problem = "parameters are not replaced in keys"
                fault = place.below(step).key_fault(problem, "Write the key itself.", rule="ST042")
                self.findings.append(fault)
            inner, free = _inside(kind, step, is_free=is_free)
            if hole := self.read(place.below(step), item, inner, is_free=free):
                holes[step] = hole
        return Mold(value, holes) if holes else None

    def _text(self, place: Place, text: str, info: Any, *, is_free: bool) -> Text | None:
        self.nodes += len(text) // limits.TEXT_OF_A_NODE
        if OPENING not in text:
            return None
        parts = _REFERENCE.split(text)
        names = parts[1::2]
        if refusal := self._refusal(parts, is_free=is_free):
            self.findings.append(place.fault(*refusal, rule="ST042"))
            return None
        kinds = (type(unwrapped(kind)[0]) for kind in alternatives(info))
        parts[::2] = [part.replace(_ESCAPED, OPENING) for part in parts[::2]]
        made = Text(parts, any(issubclass(kind, _TYPED) for kind in kinds))
        self.uses.update(names)
        if not made.is_whole:
            for name in names:
                self.places.setdefault(name, place)
        return made

    def _refusal(self, parts: Sequence[str], *, is_free: bool) -> tuple[str, str] | None:
        """Return what is wrong with the references of a text, and what is expected."""
        if any(_UNENDED.search(part) for part in parts[::2]):
            return "a reference to a parameter has no end", "Write ${params.NAME}."
        names = parts[1::2]
        if names and not is_free:
            problem = (
                f"parameters are not replaced here, so ${{params.{shown(names[0])}}} would stay"
            )
            return (
                problem,
                "Write a value, or see docs/cluster-sets.md for the keys that take them.",
            )
        for name in names:
            if name not in self.parameters:
                expected = nearest(name, self.parameters) or "Declare it in spec.parameters."
                return f'the parameter "{shown(name)}" is not declared', expected
        return None


def _items(value: Any) -> Iterable[tuple[str | int, Any]]:
    """Return the parts of a mapping or a list; none of anything else."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _kind(info: Any, value: Any) -> Any:
    """Return the type among those of a union that has the shape of a value."""
    kinds = (unwrapped(kind)[0] for kind in alternatives(info))
    return next((kind for kind in kinds if accepts(kind, value)), _ANY)


def _inside(kind: Any, step: str | int, *, is_free: bool) -> tuple[Any, bool]:
    """Return the type of a part, and whether parameters are replaced in it."""
    match kind:
        case inspect.StructType():
            fields = {field.encode_name: field.type for field in kind.fields}
            own = FIELDS.get(kind.cls.__name__)
            # A key that is not known is refused later: nothing more has to be said of it.
            is_open = step not in fields or (is_free if own is None else step in own)
            return fields.get(str(step), _ANY), is_open
        case inspect.DictType():
            return kind.value_type, is_free
        case inspect.ListType() | inspect.VarTupleType():
            return kind.item_type, is_free
    return _ANY, is_free
