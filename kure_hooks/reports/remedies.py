"""The words for what can be done about drift, and for what was displaced."""

from kure_hooks.drift.result import Displaced, Obstacle
from kure_hooks.outcome import Outcome
from kure_hooks.reports.wording import whole


def remedy(outcome: Outcome) -> str:
    """Return what the commands of the outcome do, such as `To fix`; empty without any."""
    drifted = outcome.drift or whole(outcome)
    if not outcome.fix or not (drifted or outcome.written or outcome.removed):
        return ""
    if any(change.obstacle for change in outcome.drift):
        return "To take over what is in the way" if outcome.refused else "To take over and fix"
    return "To fix" if drifted else "To commit"


def advice(outcome: Outcome) -> str:
    """Return what else can be done about files in the way, in a sentence; empty without any."""
    begin = "Nothing was written. " if outcome.refused else ""
    if not any(change.obstacle is Obstacle.FILE for change in outcome.drift):
        return begin.rstrip()
    return (
        f"{begin}Move away what is in the way, or list it under drift.keep, or change output, "
        "in .kure-hooks.yaml."
    )


def displacement(displaced: Displaced) -> str:
    """Return what was written over or removed, as a note on the file."""
    if displaced.adopted:
        return "somebody wrote it without kure-hooks; its content is kept"
    return "its content was not committed and is kept"


def instead(displaced: Displaced) -> str:
    """Return where to make a change that is not to be written over; empty when nowhere."""
    origin = displaced.change.origin
    if displaced.adopted or not origin:
        return ""
    return f"To keep a change, make it in {origin.at}."


def getting_back(displaced: Displaced) -> str:
    """Return how the content of a file can be had again."""
    return f"To get it back: {displaced.restore}"
