"""The origin of a generated file."""

from dataclasses import dataclass

from kure_hooks.errors import UsageError
from kure_hooks.operations.check import produce
from kure_hooks.operations.workspace import Workspace
from kure_hooks.origin import Origin


@dataclass(frozen=True)
class Trace:
    """A generated path, the stack file behind it and the part of the stack."""

    path: str
    stack: str
    origin: Origin

    def lines(self) -> list[tuple[str, str]]:
        """Return names and values of what is known, from the stack down."""
        named = (
            ("path", self.path),
            ("stack", self.stack),
            ("cluster", self.origin.cluster),
            ("node", self.origin.node),
            ("bundle", self.origin.bundle),
            ("application", self.origin.application),
            ("written at", str(self.origin.at)),
        )
        return [(name, value) for name, value in named if value]


def explain(workspace: Workspace, path: str) -> Trace:
    """Return what a generated path comes from; a directory stands for its kustomization.yaml.

    Raises UsageError for a path that no stack generates.
    """
    generated = produce(workspace, ())
    (inside,) = workspace.named([path])
    for name in (inside, f"{inside}/kustomization.yaml"):
        if name in generated.origins:
            directory = next(each for each in generated.directories if name.startswith(f"{each}/"))
            return Trace(name, generated.directories[directory], generated.origins[name])
    raise UsageError(f"no stack generates {path}")
