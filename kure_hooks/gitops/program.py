"""Builds by the program kustomize, of directories that have more than is followed here."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kure_hooks import process
from kure_hooks.errors import ToolError
from kure_hooks.files.memory import OverlaidTree
from kure_hooks.findings import Finding
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.items import MAX_ITEMS
from kure_hooks.gitops.kustomizations.reading import COMPONENT, REFUSES, names_in
from kure_hooks.gitops.payload import Payload, Resource
from kure_hooks.kustomize.intake import Intake, Intakes
from kure_hooks.objects.built import SourceFiles
from kure_hooks.objects.written import address_faults

MOST_BUILDS = 200
"""The most directories of a repository that the program builds."""

ABSENT = (
    "it has fields that only kustomize itself follows, so not all that it builds is known. "
    "Put kustomize 5 or newer on PATH, outside of this repository."
)
"""Why a directory was not built: there is no such program."""

_TOO_MANY = (
    f"kustomize builds no more than {MOST_BUILDS} directories and {MAX_ITEMS:,} objects for one "
    "run, so not all that this one builds is known"
)
_FAILED = "kustomize did not build it within its limits, so not all that it builds is known"
_OLDEST = 5
_VERSION = re.compile(rb"v([0-9]{1,3})\.")
# Entries of these lists have names, and a new one goes before an old one of its name.
_BY_NAME = ("images", "replicas")


@dataclass(frozen=True)
class Program:
    """The program kustomize: its absolute path, and the checkouts that it must not come from."""

    path: str
    checkouts: tuple[Path, ...] = ()

    @classmethod
    def on_path(cls, checkouts: tuple[Path, ...]) -> "Program | None":
        """Return the program that PATH has outside of the checkouts, None without one."""
        path = process.find("kustomize", checkouts)
        return cls(path, checkouts) if path else None

    @cached_property
    def is_known(self) -> bool:
        """True for version 5 and later: what older ones refuse may be right for a controller."""
        try:
            with TemporaryDirectory() as empty:
                done = process.run(self.path, "version", cwd=Path(empty), timeout=10)
        except ToolError:
            return False
        match = _VERSION.search(done.out)
        return match is not None and int(match[1]) >= _OLDEST


class ProgramBuilds:
    """The builds of a tree by the program, as many as are allowed.

    `unbuilt` are the directories that it could have built and did not, each with the reason.
    """

    def __init__(self, files: Files, program: Program | None) -> None:
        self.files = files
        self.unbuilt: dict[str, str] = {}
        self.program = program
        self._intakes = Intakes(files.tree)
        self._sources = SourceFiles(files.tree)
        self._builds = MOST_BUILDS
        self._items = MAX_ITEMS

    def known(self, payload: Payload, changes: Mapping[str, Any], of: Resource | None) -> Payload:
        """Return a payload as kustomize makes it; itself where it can't be made so either.

        `changes` are fields that the controller of the object `of` writes into the directory's
        file. A refusal of kustomize is a fault of the payload.
        """
        names = names_in(self.files, payload.directory)
        if not names or self._is_component(payload.directory):
            return payload
        intakes = self._changed(names[0], changes) if changes else self._intakes
        whole = intakes.whole(payload.directory)
        if whole.obstacles or whole.faults:
            return payload
        if self.program is None or not self.program.is_known:
            return self._unbuilt(payload, ABSENT)
        if self._builds <= 0 or self._items <= 0:
            return self._unbuilt(payload, _TOO_MANY)
        self._builds -= 1
        return self._built(payload, self.program, intakes, whole, of)

    def _unbuilt(self, payload: Payload, reason: str) -> Payload:
        """Return a payload as it is, and keep the reason."""
        self.unbuilt[payload.directory] = reason
        return payload

    def _changed(self, path: str, changes: Mapping[str, Any]) -> Intakes:
        documents = self.files.documents(path)
        fields = documents[0].value if documents else {}
        data = json.dumps(merged(fields, changes)).encode()
        return Intakes(OverlaidTree({path: data}, self.files.tree))

    def _is_component(self, directory: str) -> bool:
        document = self._intakes.fields(directory)
        return document is not None and document.value.get("kind") == COMPONENT

    def _built(
        self,
        payload: Payload,
        program: Program,
        intakes: Intakes,
        whole: Intake,
        of: Resource | None,
    ) -> Payload:
        from kure_hooks.kustomize.build import build  # noqa: PLC0415 - few directories need it

        directory = payload.directory
        builds = {directory: whole}
        try:
            made = build(intakes.tree, program.path, builds, program.checkouts)[directory]
        except ToolError:
            return self._unbuilt(payload, _FAILED)
        place = of.at("spec") if of else intakes.place(directory)
        if made.failure and whole.plugged and whole.leaves:
            # It may only be the guard that keeps plugins from files of the machine.
            return self._unbuilt(payload, _FAILED)
        if made.failure:
            fault = Finding(place, "", f"{REFUSES}{made.failure}", rule="KZ001")
            return replace(payload, faults=(*payload.faults, fault))
        objects = self._sources.built(made.parts, place)
        self._items -= len(objects)
        resources = tuple(item for item in objects if not any(address_faults(item)))
        return Payload(
            directory,
            payload.way,
            resources,
            payload.files | whole.files,
            payload.directories | whole.directories,
        )


def merged(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a file of kustomize's with more, as controllers write them into it.

    Lists grow at their end, and a named entry replaces one of its name (kustomize-controller 1.9,
    Argo CD 3.5 by `kustomize edit`).
    """
    made = dict(fields)
    for key, value in changes.items():
        old = made.get(key)
        if isinstance(value, list) and isinstance(old, list):
            names = {item.get("name") for item in value} if key in _BY_NAME else set()
            made[key] = [item for item in old if not names or item.get("name") not in names]
            made[key] += value
        elif isinstance(value, dict) and isinstance(old, dict):
            made[key] = {**old, **value}
        else:
            made[key] = value
    return made
