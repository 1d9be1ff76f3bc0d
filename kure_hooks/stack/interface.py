"""The interface of application kinds, and the products that they make of applications."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, get_args, get_origin

from msgspec import Struct, field
from msgspec.structs import fields, replace

from kure_hooks.findings import Location
from kure_hooks.manifests import Identity, Manifest
from kure_hooks.package_code import optional
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Place, Problem

if TYPE_CHECKING:  # few applications take in directories
    from kure_hooks.objects.holdings import Holdings


Trace = Mapping[Pointer, Place]
"""Parts of a manifest that an author wrote as they are, each with its place in the document.

The empty pointer is the manifest itself, whose place is that of what asks for it.
"""


class ConfigMapGenerator(Struct, frozen=True):
    """A ConfigMap that kustomize makes; its name gets a suffix that changes with its content.

    `files` maps each key to the name of one of the product's files, `places` to where it is asked
    for. One that `keeps_name` gets no suffix. With a `behavior` it changes one of an overlay.
    """

    name: str
    namespace: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    immutable: bool = False
    keeps_name: bool = False
    behavior: str = ""

    @property
    def manifest(self) -> Manifest:
        """The ConfigMap without its data and the suffix of its name."""
        metadata = {
            "name": self.name,
            "namespace": self.namespace,
            "labels": self.labels,
            "annotations": self.annotations,
        }
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


class Overlay(Struct, frozen=True):
    """Directories that a kustomization.yaml takes in, and the changes that it makes to them.

    `resources` and `components` are paths of the repository, `places` tells where each is asked
    for. `holdings` are the objects without the changes, `fields` further ones of the file.
    Labels and annotations are set on the objects, neither on their pods nor in selectors.
    """

    holdings: "Holdings"
    resources: Sequence[str] = ()
    components: Sequence[str] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


class Stage(Struct, frozen=True, order=True):
    """A stage of an application's roll-out: its manifests go out together, after earlier stages.

    `rank` orders phases: below 0 before the application itself, above 0 after it. Within a phase
    the weight decides. Names of stages are the same whatever other stages there are.
    """

    rank: int = 0
    phase: str = ""
    weight: int = 0

    @property
    def name(self) -> str:
        """The name of the stage: of its phase, and of its weight unless that is 0."""
        sign = "minus-" if self.weight < 0 else ""
        return f"{self.phase}-{sign}{abs(self.weight)}" if self.weight else self.phase


MAIN = Stage()
"""The stage of the application itself."""


class Product(Struct, frozen=True):
    """The product of an application: its manifests, and what augments them.

    `files` maps the name of an extra file to its bytes; it is written next to the manifests as it
    is. `config_maps` are made of those files. An `overlay` takes in directories that exist, and
    `fields` are further ones of the kustomization.yaml. With
    any of these the application has a directory of its own. `places` says in which line of a file
    each manifest is, in their order; it is empty where none comes from a file. `stages` says
    likewise when each is rolled out; it is empty where all are at once. `traces` tell of manifests
    which parts of them stand in the application's document.

    `replaced` are manifests that a tool has to delete and create again when the API server refuses
    their change, `superseded` those whose name changes with their content: pods of the last
    revision need the old one until new pods are ready.
    """

    manifests: Sequence[Manifest] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    config_maps: Sequence[ConfigMapGenerator] = ()
    places: Sequence[Location | None] = ()
    overlay: Overlay | None = None
    replaced: Collection[Identity] = ()
    superseded: Collection[Identity] = ()
    traces: Mapping[Identity, Trace] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    stages: Sequence[Stage] = ()

    def __post_init__(self) -> None:
        """Refuse places of other manifests, which would tell wrong lines."""
        if self.places and len(self.places) != len(self.manifests):
            raise ValueError(f"{len(self.places)} places for {len(self.manifests)} manifests")
        if self.stages and len(self.stages) != len(self.manifests):
            raise ValueError(f"{len(self.stages)} stages for {len(self.manifests)} manifests")

    def without(self, manifests: Sequence[Manifest]) -> "Product":
        """Return the product without what equals one of these manifests."""
        return self._with([at for at, each in enumerate(self.manifests) if each not in manifests])

    def of_stage(self, stage: Stage) -> "Product":
        """Return the product with the manifests of one stage alone; those have no stages."""
        kept = [at for at, one in enumerate(self.stages) if one == stage]
        return replace(self._with(kept), stages=()) if self.stages else self

    def _with(self, kept: Sequence[int]) -> "Product":
        return replace(
            self,
            manifests=[self.manifests[at] for at in kept],
            places=[self.places[at] for at in kept] if self.places else (),
            stages=[self.stages[at] for at in kept] if self.stages else (),
        )


class Kind(Protocol):
    """A kind of application document, as far as the loader needs to know it.

    It may have more members. `Usual` is for `spec_type`. `MERGE_KEYS` maps the name of each list
    that overrides merge to the keys of which one tells its items apart; all other lists are
    replaced. `gaps(spec, profile)` yields pairs of pointers: to a value in a `spec` that is not
    decoded yet, and to the value in the profile of the cluster that is taken where the `spec`
    leaves it out.
    """

    @property
    def Spec(self) -> type[Struct]:  # noqa: N802 - a module's class, seen through the protocol
        """The type that the document's `spec` decodes to."""
        ...

    def problems(self, spec: Any) -> Iterator[Problem]:
        """Yield what types can't tell: pointer inside `spec`, what is wrong, what is expected."""
        ...

    def augments(self, spec: Any) -> bool:
        """Tell whether the product has more than manifests; `never` is the answer of most kinds."""
        ...


def spec_type(kind: Kind, written: Any) -> type[Struct]:
    """Return the type that a written spec decodes to.

    A kind with a large `Spec` may have as `Usual` the base of it that does for most documents,
    and load the rest only for a document with a key that the base lacks. A map of structs, of
    which the `Spec` may have ones with more keys, counts as well.
    """
    usual: type[Struct] | None = optional(kind, "Usual")
    return usual if usual and _has_all_keys(usual, written) else kind.Spec


def _has_all_keys(usual: type[Struct], written: Any) -> bool:
    if not isinstance(written, dict) or not written.keys() <= _keys(usual):
        return False
    maps = ((written.get(key), _keys(struct)) for key, struct in _maps(usual).items())
    return all(
        not isinstance(value, dict) or value.keys() <= keys
        for values, keys in maps
        if isinstance(values, dict)
        for value in values.values()
    )


@cache
def _keys(struct: type[Struct]) -> frozenset[str]:
    return frozenset(field.encode_name for field in fields(struct))


@cache
def _maps(struct: type[Struct]) -> Mapping[str, type[Struct]]:
    """Return the keys of a struct's maps of structs, and what their values are."""
    values = {
        field.encode_name: get_args(field.type)[1]
        for field in fields(struct)
        if get_origin(field.type) in (dict, Mapping)
    }
    return {
        key: value
        for key, value in values.items()
        if isinstance(value, type) and issubclass(value, Struct)
    }


def never(spec: Any) -> bool:
    """Answer for kinds whose products are manifests alone."""
    del spec  # whatever it says
    return False
