"""The hook catalogue: what pre-commit and prek offer to those who name this repository."""

from dataclasses import dataclass

from kure_hooks.yamlio import dump

# Stage names without deprecation warnings, and with them the oldest pre-commit that knows them.
MINIMUM_PRE_COMMIT = "3.2.0"
_COMMIT = ("pre-commit", "pre-merge-commit", "manual")


@dataclass(frozen=True)
class Hook:
    """A command of kure-hooks that judges the whole of what is staged.

    `entry` fixes what makes it a hook; the `args` of a user's configuration come behind it.
    """

    id: str
    name: str
    description: str
    entry: str
    stages: tuple[str, ...]


CATALOGUE = (
    Hook(
        id="kure-check",
        name="kure check",
        description="Fail when the staged GitOps tree is not what the staged stack files generate",
        entry="kure-hooks check --source index",
        stages=(*_COMMIT, "pre-push"),
    ),
    Hook(
        id="kure-generate",
        name="kure generate",
        description="Regenerate the GitOps tree from what is staged; fail until the result is, too",
        entry="kure-hooks generate --source index",
        stages=_COMMIT,
    ),
)


def manifest() -> str:
    """Return the text of `.pre-commit-hooks.yaml`."""
    text = dump({"hooks": [_entry(hook) for hook in CATALOGUE]})
    return text.removeprefix("hooks:\n")


def _entry(hook: Hook) -> dict[str, object]:
    """Return a hook in the words of pre-commit 3.2.

    It always runs and takes no file names: staged deletions are in no list of names, and a list may
    be cut into several calls.
    """
    return {
        "id": hook.id,
        "name": hook.name,
        "description": hook.description,
        "entry": hook.entry,
        "language": "python",
        "always_run": True,
        "pass_filenames": False,
        "require_serial": True,
        "stages": list(hook.stages),
        "minimum_pre_commit_version": MINIMUM_PRE_COMMIT,
    }
