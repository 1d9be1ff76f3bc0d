"""The layers of an application's `spec`: its document, overrides and the profile of the cluster."""

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, of_rule
from kure_hooks.yamlio.place import Place


class Layer(Struct, frozen=True):
    """Values for the `spec` of one application: what gives them, and where they are written."""

    giver: str
    """The part that gives the values, such as `override of the bundle web` or `profile eu`."""
    place: Place

    def has(self, place: Place) -> bool:
        """Tell whether a place lies in this layer."""
        document, inside = place.document.origin(place.pointer)
        own = self.place
        return document is own.document and inside[: len(own.pointer)] == own.pointer


class Scope(Struct, frozen=True):
    """The overrides of a cluster, node or bundle, and the applications that it has.

    `names` grows while the applications are loaded.
    """

    part: str
    place: Place
    names: set[str] = field(default_factory=set)

    def layers(self, name: str) -> Iterator[Layer]:
        """Yield the layer of an application of this name, if there is one."""
        self.names.add(name)
        patch = self.place.below(name)
        if patch.exists and isinstance(patch.value, dict):
            yield Layer(f"override of the {self.part}", patch)

    @of_rule("ST047")
    def unused(self, *, whole: bool) -> Iterator[Finding]:
        """Yield a finding for each override of no application.

        Where not all applications can be loaded, a name has to be nearly that of another one.
        """
        for name in self.place.value if isinstance(self.place.value, dict) else ():
            hint = nearest(name, self.names) if name not in self.names else None
            if hint is not None and (whole or hint.endswith("?")):
                problem = f"the {self.part} has no application {name}"
                yield self.place.below(name).key_fault(problem, hint)


class Scopes(Struct, frozen=True):
    """The scopes around a part of a cluster, the outermost first."""

    chain: tuple[Scope, ...] = ()
    every: dict[Place, Scope] = field(default_factory=dict)
    """All scopes of the cluster, which those inside share."""

    def inside(self, part: str, place: Place) -> "Scopes":
        """Return the scopes inside a part at a place, which may have overrides of its own."""
        overrides = place.below("overrides")
        if not overrides.exists:
            return self
        scope = self.every.setdefault(overrides, Scope(part, overrides))
        return Scopes((*self.chain, scope), self.every)

    def layers(self, name: str) -> Sequence[Layer]:
        """Return the layers of an application of this name, the weakest first."""
        return [layer for scope in self.chain for layer in scope.layers(name)]

    def unused(self, *, whole: bool) -> Iterator[Finding]:
        """Yield a finding for each override of no application, after they are loaded."""
        for scope in self.every.values():
            yield from scope.unused(whole=whole)
