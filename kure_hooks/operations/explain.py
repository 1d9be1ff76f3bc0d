"""The origin of a generated file, and what comes of a source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kure_hooks.decoding import nearest
from kure_hooks.drift.compare import owner
from kure_hooks.errors import InputError, UsageError
from kure_hooks.files.paths import base_name, is_below
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.findings import Location
from kure_hooks.manifests import named
from kure_hooks.operations.check import produce
from kure_hooks.operations.fleet import Fleet
from kure_hooks.operations.workspace import Workspace
from kure_hooks.origin import Origin
from kure_hooks.yamlio import read


@dataclass(frozen=True)
class Trace:
    """A generated path, the stack file behind it and the part of the stack.

    `row` is the row of the table of a cluster set, where it is one.
    """

    path: str
    stack: str
    origin: Origin
    row: Location | None = None

    def lines(self) -> list[tuple[str, str]]:
        """Return names and values of what is known, from the stack down."""
        named = (
            ("path", self.path),
            ("stack", self.stack),
            ("row", str(self.row or "")),
            ("cluster", self.origin.cluster),
            ("node", self.origin.node),
            ("bundle", self.origin.bundle),
            ("application", self.origin.application),
            ("written at", str(self.origin.at)),
        )
        return [(name, value) for name, value in named if value]


@dataclass(frozen=True)
class Uses:
    """A source, and what comes of it: the objects of each generated file, by cluster.

    `clusters` maps the name of a cluster, with its stack in brackets, to the files that are made of
    the source, each with its objects. `is_exact` is False where only the stacks are known that read
    it, so that the files are all of theirs.
    """

    source: str
    clusters: Mapping[str, Mapping[str, Sequence[str]]]
    is_exact: bool = True

    def lines(self) -> list[tuple[str, str]]:
        """Return names and values of what is known, cluster by cluster."""
        lines = [("source", self.source)]
        if not self.is_exact:
            lines.append(("note", "any part of its stacks may use it, so this is all of them"))
        for cluster, files in self.clusters.items():
            lines.append(("cluster", cluster))
            for path, objects in files.items():
                lines.append(("file", path))
                lines += [("object", name) for name in objects]
        return lines


def explain(workspace: Workspace, path: str) -> Trace | Uses:
    """Return what a generated path comes from, or what comes of a source.

    A directory of the output stands for its kustomization.yaml; a source is a stack file, an
    application file, a file that one of them reads, or a directory of such. Raises UsageError for
    a path that is neither.
    """
    generated = produce(workspace, ())
    (inside,) = workspace.named([path])
    for name in (inside, f"{inside}/kustomization.yaml"):
        if name in generated.origins:
            directory = next(each for each in generated.directories if name.startswith(f"{each}/"))
            stack, row = generated.directories[directory], generated.rows.get(directory)
            return Trace(name, stack, generated.origins[name], row)
    if uses := _uses(generated, inside):
        return uses
    hint = nearest(inside, [*generated.files, *_sources(generated)])
    expected = hint if hint.endswith("?") else "Name a generated file, or one that a stack reads."
    raise UsageError(f"No stack generates {path}, and none reads it. {expected}")


def _sources(generated: Fleet) -> set[str]:
    return {path for inputs in generated.inputs.values() for path in inputs.files}


def _uses(generated: Fleet, source: str) -> Uses | None:
    """Return what comes of a file or directory of sources, None for one that no stack reads."""
    stacks = {
        stack
        for stack, inputs in generated.inputs.items()
        if any(is_below(path, source) for path in inputs.files)
    }
    if not stacks:
        return None
    made = {
        path
        for path, origin in generated.origins.items()
        if _stack(generated, path) in stacks
        and any(
            is_below(name, source) for name in (origin.at.path, *generated.reads.get(origin.at, ()))
        )
    }
    # The table of a set makes its clusters as its stack file does.
    tables = {
        generated.directories[directory]: row.path for directory, row in generated.rows.items()
    }
    named = {
        stack
        for stack in stacks
        if is_below(stack, source) or is_below(tables.get(stack, stack), source)
    }
    is_stack = bool(named)
    whole = {path for path in generated.files if _stack(generated, path) in (named or stacks)}
    chosen = whole if is_stack or not made else made
    clusters: dict[str, dict[str, Sequence[str]]] = {}
    for path in sorted(chosen):
        directory = owner(path, generated.directories)
        name = f"{base_name(directory)} ({generated.directories[directory]})"
        clusters.setdefault(name, {})[path] = _objects(generated.files[path], path)
    return Uses(source or ".", clusters, is_exact=bool(is_stack or made))


def _stack(generated: Fleet, path: str) -> str:
    return generated.directories[owner(path, generated.directories)]


def _objects(data: bytes, path: str) -> list[str]:
    """Return the names of the objects in a generated file; none for one that is no manifest."""
    try:
        documents = read(data, path, most=MAX_LARGE)
    except InputError:
        return []
    identities = (named(item.value) for item in documents if isinstance(item.value, dict))
    return [str(who) for who in identities if who]
