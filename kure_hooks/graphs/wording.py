"""The words that all pictures have in common; none of them is escaped yet."""

from collections.abc import Iterator

from kure_hooks.stack.outline import Part

NOTHING = "no clusters"
DRIFTED = "drifted"
"""The word for a part that differs; of two revisions that differ on purpose there is another."""


def kind(part: Part) -> str:
    """Return what a part is, such as `application (AppWorkload)`."""
    if part.kind == "owner":
        return part.detail
    return f"{part.kind} ({part.detail})" if part.detail else part.kind


def title(part: Part) -> str:
    """Return what a part is with its name, such as `application web (AppWorkload)`."""
    if part.kind == "owner":
        return f"{part.detail} {part.name}"
    named = f"{part.kind} {part.name}"
    return f"{named} ({part.detail})" if part.detail else named


def mark(part: Part, drifted: str = DRIFTED) -> str:
    """Return the word for a part that drifted or waits for itself, and nothing for others."""
    if part.deadlocked:
        return "deadlock"
    return drifted if part.drifted else ""


def sentence(part: Part, drifted: str = DRIFTED) -> Iterator[str]:
    """Yield all there is to say about a part: its title, what it waits for, whether it drifted."""
    yield title(part)
    if part.needs:
        yield f"after {', '.join(_needed(name, part) for name in part.needs)}"
    if word := mark(part, drifted):
        yield word


def _needed(name: str, part: Part) -> str:
    return f"{name} (external)" if name in part.external else name
