"""GitOps controllers as `drift` knows them, by the effects of their objects.

The module keeps the protocol `Controllers`. The fate of objects that controllers applied is
reckoned in `consequences`, which is loaded once any of them may be deleted.
"""

from collections.abc import Iterable, Mapping

from kure_hooks.drift.consequences import Consequences
from kure_hooks.drift.paths import FieldPath
from kure_hooks.drift.result import Risk
from kure_hooks.engines.annotations import is_made_again
from kure_hooks.engines.effects import effects, tools
from kure_hooks.kustomize import is_kustomization
from kure_hooks.manifests import Identity, Manifest, identity


def is_build(path: str) -> bool:
    """See Controllers."""
    return is_kustomization(path)


def switches(manifest: Manifest, path: FieldPath, change: FieldPath) -> Risk | None:
    """See Controllers."""
    found = (tool.switches(manifest, path, change) for tool in tools().values())
    return next((each for each in found if each), None)


def applies_otherwise(before: Manifest, after: Manifest) -> bool:
    """See Controllers."""
    return effects(before) != effects(after)


def replaces(manifest: Manifest) -> bool:
    """See Controllers."""
    return is_made_again(manifest)


def cascades_otherwise(before: Manifest, after: Manifest) -> bool:
    """See Controllers."""
    return _cascading(before) != _cascading(after)


def _cascading(manifest: Manifest) -> list[Identity]:
    """Return which of an object and the objects that it makes take along what they applied."""
    own = effects(manifest)
    made = [(each, effects(each)) for each in own.makes] if own else []
    return [identity(each) for each, found in [(manifest, own), *made] if found and found.cascades]


def consequences(
    root: str, before: Mapping[str, bytes], after: Mapping[str, bytes], changed: Iterable[str]
) -> Consequences:
    """See Controllers."""
    from kure_hooks.engines.consequences import consequences as of_trees  # noqa: PLC0415 - see above

    return of_trees(root, before, after, changed)
