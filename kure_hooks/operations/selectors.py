"""Names of rules in settings and options: a misspelt one must not make lint see less."""

from collections.abc import Container, Iterable, Iterator, Sequence

from kure_hooks import config
from kure_hooks.config.lint import Lint
from kure_hooks.decoding import nearest
from kure_hooks.errors import InputError, UsageError
from kure_hooks.findings import Finding
from kure_hooks.lint.selection import covers
from kure_hooks.operations.workspace import Workspace
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Place


def refuse_unknown(workspace: Workspace, given: Iterable[str], known: Sequence[str]) -> None:
    """Raise InputError for selectors of the settings that mean none of the rules.

    For one of the `given`, which are of the command line, it is a UsageError.
    """
    for selector in given:
        if not _means_any(selector, known):
            raise UsageError(f"There is no rule {selector}. {_expected(selector, known)}")
    lint = workspace.settings.lint
    unknown = [pair for pair in _selectors(lint) if not _means_any(pair[1], known)]
    if not unknown:
        return
    place = config.place_of(workspace.tree, workspace.config)
    if place:
        raise InputError(_fault(place, pair, known) for pair in unknown)


def refuse_taken(workspace: Workspace, known: Container[str]) -> None:
    """Raise InputError for policies that have the identifier of one of the rules."""
    policies = workspace.settings.policies
    taken = [index for index, policy in enumerate(policies) if policy.id in known]
    place = config.place_of(workspace.tree, workspace.config) if taken else None
    if place:
        raise InputError(
            place.below("policies", index, "id").fault(
                f"{policies[index].id} is the name of another rule",
                "Write an identifier of your own, such as ACME001.",
                rule="CF006",
            )
            for index in taken
        )


def _selectors(lint: Lint) -> Iterator[tuple[Pointer, str]]:
    """Yield each selector of the settings with the place of it."""
    for key, selectors in (("select", lint.select), ("ignore", lint.ignore)):
        yield from (((key, index), selector) for index, selector in enumerate(selectors))
    for pattern, selectors in lint.paths.items():
        yield from (
            (("paths", pattern, index), selector) for index, selector in enumerate(selectors)
        )
    yield from ((("severity", selector), selector) for selector in lint.severity)


def _fault(place: Place, pair: tuple[Pointer, str], known: Sequence[str]) -> Finding:
    pointer, selector = pair
    listed = place.below("lint", *pointer)
    return listed.key_fault(
        f'there is no rule "{selector}"', _expected(selector, known), rule="CF006"
    )


def _expected(selector: str, known: Sequence[str]) -> str:
    return nearest(selector, known) or "Name one that `kure-hooks rule` lists."


def _means_any(selector: str, known: Sequence[str]) -> bool:
    return any(covers(selector, name) for name in known)
