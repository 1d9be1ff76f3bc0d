"""Asks the API server's own code what it says of custom resources.

The program is tests/oracles/apiextensions, which .ci/tools builds.
"""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.support.tools import tool

Object = dict[str, Any]
"""A Kubernetes object, or a part of one, as JSON has it."""


class Change(NamedTuple):
    """An update: the object that a cluster has, and the one it shall have."""

    old: Object
    new: Object


class Fault(NamedTuple):
    """One error of the API server: its type as in a Status, the field, and the text."""

    type: str
    field: str
    detail: str


@dataclass(frozen=True)
class Judgement:
    """The API server's answer to one request with strict field validation.

    The errors are those that are left when unknown fields are dropped; the server itself tells
    unknown and duplicate fields first, and alone. `stored` is the object with its defaults, where
    it was asked for and no error is in the way.
    """

    errors: tuple[Fault, ...]
    unknown: tuple[str, ...] = ()
    duplicate: tuple[str, ...] = ()
    stored: Object | None = None

    @property
    def valid(self) -> bool:
        return not (self.errors or self.unknown or self.duplicate)

    @property
    def fields(self) -> set[tuple[str, str]]:
        """The type and the field of each error."""
        return {(fault.type, fault.field) for fault in self.errors}


def definition(
    schema: Object,
    *,
    scope: str = "Namespaced",
    subresources: Object | None = None,
    kind: str = "Thing",
) -> Object:
    """Return a CRD of example.com with one version, v1, of the given schema."""
    plural = f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.example.com"},
        "spec": {
            "group": "example.com",
            "scope": scope,
            "names": {"kind": kind, "plural": plural},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                    "subresources": subresources or {},
                },
            ],
        },
    }


def judge(
    crd: Object,
    objects: Iterable[Object | Change | str],
    *,
    version: str,
    stored: bool = False,
    check: bool = False,
) -> tuple[Judgement, list[Judgement]]:
    """Return what the API server says of a CRD and of objects of one of its versions.

    The CRD itself is only judged, before it is taken as it is, where `check` is true.

    An object is created, a Change is an update. A string is the JSON of an object as it is sent,
    for what Python's dictionaries cannot say, such as a key that is there twice.
    """
    lines = [json.dumps({"crd": crd, "check": check})]
    head = f'{{"version": {json.dumps(version)}, "stored": {json.dumps(stored)}, "object": '
    for item in objects:
        match item:
            case str():
                lines.append(f"{head}{' '.join(item.splitlines())}}}")
            case Change(old, new):
                lines.append(f'{head}{json.dumps(new)}, "old": {json.dumps(old)}}}')
            case _:
                lines.append(f"{head}{json.dumps(item)}}}")
    done = subprocess.run(
        [tool("apiextensions-oracle")],
        input="\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    first, *rest = (_judgement(json.loads(line)) for line in done.stdout.rstrip("\n").split("\n"))
    assert len(rest) == len(lines) - 1
    return first, rest


def _judgement(answer: Object) -> Judgement:
    assert "failure" not in answer, answer["failure"]
    return Judgement(
        errors=tuple(Fault(**error) for error in answer["errors"]),
        unknown=tuple(answer["unknown"]),
        duplicate=tuple(answer["duplicate"]),
        stored=answer.get("stored"),
    )
