"""A payload: the objects that a controller makes of one directory, before it changes any."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum

from kure_hooks.findings import Finding
from kure_hooks.manifests import Manifest
from kure_hooks.objects.built import BuiltObject

Resource = BuiltObject
"""An object as it comes to a cluster; it knows where a file of the repository has it."""


class Way(Enum):
    """The ways in which a controller reads a directory."""

    FLUX = "kustomize, which Flux gives all of the source and a file of its own where there is none"
    KUSTOMIZE = "kustomize, as Argo CD runs it: files in or below each directory alone"
    DIRECTORY = "the manifests of the directory"
    RECURSIVE = "the manifests of the directory and of all below it"
    CHART = "a Helm chart"


@dataclass(frozen=True, slots=True)
class Payload:
    """The objects of a directory, and what is known about them.

    `files` and `directories` are all that the build reads. `faults` say why the controller could
    not build it, each with its rule. `unknown` are ends of the sentence `<directory> ...` about
    what it takes in that can't be known here: objects may be missing then, or have other names.
    """

    directory: str
    way: Way
    resources: tuple[Resource, ...] = ()
    files: AbstractSet[str] = frozenset()
    directories: AbstractSet[str] = frozenset()
    faults: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()


def made_of(resource: Resource, manifest: Manifest) -> Resource:
    """Return an object that a controller makes because of another one."""
    return Resource(
        document=resource.document,
        pointer=(),
        manifest=manifest,
        kustomization=resource.at("spec"),
        source=None,
    )
