"""Stacks that are not there and removals that look like a mistake: somebody has to mean them."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress

from kure_hooks.config import FILE_NAME, Settings
from kure_hooks.errors import KureHooksError, ReadError, UsageError
from kure_hooks.files.globs import literal_prefix
from kure_hooks.files.mark import marked_content, stack_of
from kure_hooks.files.paths import parent
from kure_hooks.files.tree import Tree
from kure_hooks.operations import fleet
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.repository import RevisionTree

# More removals than this at once look like a mistake in the stacks.
_MANY = 200
_FEW = 10

# A document of a stack file, by its API or by what every cluster has.
_STACK = re.compile(rb"^apiVersion: *[\"']?stack\.gokure\.dev/|^node:", re.MULTILINE)


def doubt(workspace: Workspace, generated: Fleet, tree: Tree, removals: Collection[str]) -> str:
    """Return why the removal of these files of a tree may be a mistake, or an empty text."""
    kept = len(generated.files)
    if not removals:
        return ""
    if not generated.inputs:
        return f"no stack is left, and all {len(removals)} generated files would be removed"
    if len(removals) > _MANY or len(removals) > max(kept, _FEW):
        return f"{len(removals)} generated files would be removed, and {kept} kept"
    known = {path for inputs in generated.inputs.values() for path in inputs.files}
    known.update(generated.elsewhere.values())
    # Named stacks say nothing of the others, and what belongs to those is not looked at.
    for path in removals if generated.complete else ():
        stack = stack_of(marked_content(tree, path))
        if stack not in known and _is_there(workspace, stack):
            return (
                f"{path} would be removed, and {stack}, which it is generated from, is still there"
            )
    return ""


def check_stacks(workspace: Workspace) -> None:
    """Raise UsageError when there is no stack, unless all stacks were removed.

    They were when a generated file is left, of which the stack is gone, here or in the last commit.
    Who has no stack any more says so with an empty list in the settings.
    """
    patterns = ", ".join(workspace.settings.stacks)
    if not patterns or fleet.find(workspace.tree, workspace.settings):
        return
    stacks = set(_stacks_of_leftovers(workspace))
    if present := sorted(stack for stack in stacks if _is_there(workspace, stack)):
        raise UsageError(
            f"no stack file matches {patterns}, but {present[0]} is there, and the tree "
            "is generated from it. Correct `stacks` in .kure-hooks.yaml."
        )
    if not stacks:
        raise UsageError(no_stack(workspace.tree, workspace.settings, workspace.root.name))


def _stacks_of_leftovers(workspace: Workspace) -> Iterator[str]:
    trees: list[Tree] = [workspace.tree]
    if workspace.git and workspace.source in ("worktree", "index"):
        trees.append(RevisionTree(workspace.root, "HEAD"))
    for tree in trees:
        with suppress(KureHooksError):
            for path in tree.paths(workspace.settings.output):
                if content := marked_content(tree, path):
                    yield stack_of(content)


def _is_there(workspace: Workspace, stack: str) -> bool:
    return bool(stack) and stack in workspace.tree.paths(stack)


def no_stack(tree: Tree, settings: Settings, root: str) -> str:
    """Return the message for a repository without stacks; `root` is its name for the reader."""
    if not settings.stacks:
        return f'No stack files found: "stacks" of {FILE_NAME} is empty. Add a pattern to it.'
    has_settings = bool(tree.paths(FILE_NAME))
    absence = "" if has_settings else f" (there is no {FILE_NAME})"
    looked = f"looked for {', '.join(settings.stacks)} in {root}{absence}"
    text = f"No stack files found: {looked}. Start with `kure-hooks init`."
    if other := _other_stack(tree, settings):
        text += f' (Found {other}: add "{_pattern(other)}" to stacks.)'
    return text


def _other_stack(tree: Tree, settings: Settings) -> str:
    """Return a file that looks like a stack beside those of the patterns, empty for none."""
    directories = {literal_prefix(pattern) or "stacks" for pattern in settings.stacks} | {"stacks"}
    for directory in sorted(directories):
        for path in tree.paths(directory):
            if path.endswith((".yaml", ".yml")):
                with suppress(ReadError):
                    if _STACK.search(tree.read(path)):
                        return path
    return ""


def _pattern(path: str) -> str:
    return f"{parent(path)}/*.{path.rpartition('.')[2]}"
