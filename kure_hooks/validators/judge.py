"""Judges objects of one kind as the API server does: by their schema, and what it can't say."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from kure_hooks.errors import UsageError
from kure_hooks.manifests import value_at
from kure_hooks.schemas.conversion import DECODED_TIME, FORMAT, Conversion
from kure_hooks.schemas.formats import FORMATS, is_decoded_time
from kure_hooks.schemas.structure import Part, duplicates, settled
from kure_hooks.validators.complaints import OUT_OF_BOUNDS, Complaint
from kure_hooks.validators.errors import TYPE, UNKNOWN, VALUE, complaints

if TYPE_CHECKING:
    from kure_hooks.validators.ruling import Ruling

_SCALES = 2**31
"""One more than the most replicas that the scale subresource takes."""


class Judge(Protocol):
    """Judges objects of one kind; `source` says where the schema is from."""

    @property
    def source(self) -> str:
        """The path of a schema, or the name of a collection of them."""
        ...

    def complaints(self, manifest: Mapping[str, Any]) -> Iterator[Complaint]:
        """Yield all that is wrong with an object that has apiVersion and kind.

        Raises UsageError for a schema that can't be used.
        """
        ...


class SchemaJudge(Struct, frozen=True, dict=True):
    """Judges by a JSON Schema alone."""

    source: str
    schema: Mapping[str, Any]

    def complaints(self, manifest: Mapping[str, Any]) -> Iterator[Complaint]:
        """See Judge."""
        return complaints(self._validator.iter_errors(manifest), self.schema)

    @cached_property
    def _validator(self) -> Any:
        return _validator(self.schema, self.source, check_formats=False)


class BuiltinJudge(Struct, frozen=True, dict=True):
    """Judges objects of a kind of Kubernetes itself by its OpenAPI schema."""

    source: str
    schema: Mapping[str, Any]

    def complaints(self, manifest: Mapping[str, Any]) -> Iterator[Complaint]:
        """See Judge."""
        return complaints(self._validator.iter_errors(manifest), self._json_schema)

    @cached_property
    def _json_schema(self) -> dict[str, Any]:
        return Conversion(builtin=True).document(self.schema)

    @cached_property
    def _validator(self) -> Any:
        return _validator(self._json_schema, self.source, check_formats=True)


class CustomJudge(Struct, frozen=True, dict=True):
    """Judges custom resources by the OpenAPI schema of their CRD.

    `metadata` is the JSON Schema of the metadata of all objects. The API server drops a status that
    somebody applies, once its keys are known, unless it `keeps_status`. `replicas` are the places
    of numbers that something else scales.
    """

    source: str
    schema: Mapping[str, Any]
    metadata: Mapping[str, Any]
    keeps_status: bool = False
    replicas: Sequence[Sequence[str]] = ()

    def complaints(self, manifest: Mapping[str, Any]) -> Iterator[Complaint]:
        """See Judge."""
        value = settled(manifest, self._part)
        is_blocked = False
        for complaint in complaints(self._validator.iter_errors(value), self._json_schema):
            if not self._is_dropped(complaint, value):
                is_blocked = is_blocked or complaint.blocks
                yield complaint
        if not self.keeps_status:
            value.pop("status", None)
        for steps in self.replicas:
            number = value_at(value, *steps)
            if type(number) is int and not 0 <= number < _SCALES:
                yield Complaint(tuple(steps), OUT_OF_BOUNDS, f"0 to {_SCALES - 1}", VALUE)
        for pointer in duplicates(value, self._part):
            yield Complaint(pointer, "this item is there already", rule="VA014")
        if self.ruling and self.ruling.is_possible and not is_blocked:
            yield from self.ruling.complaints(value)

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Complaint]:
        """Yield the rules about changes that a new version of an object breaks.

        Where the new version is wrong in itself, the API server does not ask them.
        """
        if not (self.ruling and self.ruling.is_possible):
            return
        before, after = (settled(version, self._part) for version in (old, new))
        faults = complaints(self._validator.iter_errors(after), self._json_schema)
        if any(fault.blocks for fault in faults if not self._is_dropped(fault, after)):
            return
        for version in () if self.keeps_status else (before, after):
            version.pop("status", None)
        yield from self.ruling.changes(before, after)

    def _is_dropped(self, complaint: Complaint, value: Any) -> bool:
        if complaint.steps[:1] != ("status",) or self.keeps_status or complaint.rule == UNKNOWN:
            return False
        # The keys of a mapping in the place of another type are unknown ones.
        return complaint.rule != TYPE or not _has_keys(value_at(value, *complaint.steps))

    @cached_property
    def ruling(self) -> "Ruling | None":
        """The rules in CEL, None where the schema has none."""
        if not self._part.is_ruled:
            return None
        from kure_hooks.validators.ruling import Ruling  # noqa: PLC0415 - few kinds have rules

        return Ruling(self.schema, self._part)

    @cached_property
    def _part(self) -> Part:
        return Part.whole(self.schema)

    @cached_property
    def _json_schema(self) -> dict[str, Any]:
        return Conversion(metadata=self.metadata).document(self.schema)

    @cached_property
    def _validator(self) -> Any:
        return _validator(self._json_schema, self.source, check_formats=True)


def _has_keys(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_keys, value))
    return isinstance(value, dict) and bool(value)


def _validator(schema: Mapping[str, Any], source: str, *, check_formats: bool) -> Any:
    library = import_module("jsonschema_rs")
    try:
        return library.Draft202012Validator(
            schema,
            formats={
                **{f"{FORMAT}{name}": check for name, check in FORMATS.items()},
                DECODED_TIME: is_decoded_time,
            },
            validate_formats=check_formats,
            # Linear in the length of a text, as Go's are, so that no pattern can hang.
            pattern_options=library.RegexOptions(),
            offline=True,
        )
    except (library.ValidationError, library.ReferencingError) as error:
        raise UsageError(
            f"the schema in {source} can't be used: {error.message}. Correct it."
        ) from error
