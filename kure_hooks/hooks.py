"""The hook catalogue: what pre-commit and prek offer to those who name this repository."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.yamlio import dump

# Stage names without deprecation warnings, and with them the oldest pre-commit that knows them.
MINIMUM_PRE_COMMIT = "3.2.0"
_COMMIT = ("pre-commit", "pre-merge-commit", "manual")

# The value of --source that stands for the version which `judged` names.
SOURCE = "hook"


class Hook(Struct, frozen=True):
    """A command of kure-hooks that judges the whole of what is staged, or pushed.

    `entry` fixes what makes it a hook; the `args` of a user's configuration come behind it. `files`
    is a pattern of the paths that it runs for; without one it always runs. `language` tells who
    installs kure-hooks: with `python` the runner, with `system` the user, on PATH.
    """

    id: str
    name: str
    description: str
    entry: str
    stages: tuple[str, ...]
    files: str = ""
    language: str = "python"


# Those that the runner installs.
MANAGED = (
    Hook(
        id="kure-check",
        name="kure check",
        description="Fail when the GitOps tree, staged or pushed, is not what its stacks generate",
        entry=f"kure-hooks check --source {SOURCE}",
        stages=(*_COMMIT, "pre-push"),
    ),
    Hook(
        id="kure-generate",
        name="kure generate",
        description="Regenerate the GitOps tree from what is staged; fail until that is staged too",
        entry="kure-hooks generate --source index",
        stages=_COMMIT,
    ),
    Hook(
        id="kure-validate",
        name="kure validate",
        description="Fail when the API server would refuse a manifest that is staged",
        entry="kure-hooks validate --source index .",
        stages=_COMMIT,
        files=r"\.(ya?ml|json)$",
    ),
    Hook(
        id="kure-lint",
        name="kure lint",
        description="Fail when Flux CD or Argo CD would stumble over what is staged",
        entry="kure-hooks lint --source index",
        stages=_COMMIT,
        files=r"\.(ya?ml|json)$",
    ),
)


def _on_path(hook: Hook) -> Hook:
    """Return the variant of a hook that runs the kure-hooks on PATH."""
    return replace(
        hook,
        id=f"{hook.id}-system",
        name=f"{hook.name} (system)",
        description=f"{hook.description} (runs the kure-hooks on PATH)",
        language="system",
    )


CATALOGUE = (*MANAGED, *map(_on_path, MANAGED))


def judged(variables: Mapping[str, str]) -> str | None:
    """Return the version that a hook has to judge: a revision or `index`; None for nothing.

    pre-commit 4.7 and prek 0.5 tell a hook what is pushed, or looked at with --to-ref: the commit
    or tag as PRE_COMMIT_TO_REF; pre-commit, when a repository's first commit is pushed, only the
    local name as PRE_COMMIT_LOCAL_BRANCH. Zeros, and `(delete)`, stand for a deletion (git 2.39).
    """
    revision = variables.get("PRE_COMMIT_TO_REF") or variables.get("PRE_COMMIT_LOCAL_BRANCH")
    if not revision:
        return "index"
    return None if revision == "(delete)" or not revision.strip("0") else revision


def manifest() -> str:
    """Return the text of `.pre-commit-hooks.yaml`."""
    text = dump({"hooks": [_entry(hook) for hook in CATALOGUE]})
    return text.removeprefix("hooks:\n")


def _entry(hook: Hook) -> dict[str, object]:
    """Return a hook in the words of pre-commit 3.2.

    It takes no file names: a list may be cut into several calls. Without a pattern it always runs,
    as staged deletions are in no list of names; what is deleted can't be refused.
    """
    return {
        "id": hook.id,
        "name": hook.name,
        "description": hook.description,
        "entry": hook.entry,
        "language": hook.language,
        **({"files": hook.files} if hook.files else {"always_run": True}),
        "pass_filenames": False,
        "require_serial": True,
        "stages": list(hook.stages),
        "minimum_pre_commit_version": MINIMUM_PRE_COMMIT,
    }
