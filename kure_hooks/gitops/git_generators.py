"""The parameters that generators of git make of directories and files (Argo CD 3.5)."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from posixpath import basename, dirname
from typing import Any

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.parameters import Parameters, flattened
from kure_hooks.gitops.patterns import PatternError, literal, matches, select
from kure_hooks.gitops.templating.functions import normalize
from kure_hooks.gitops.templating.rendering import Templates
from kure_hooks.gitops.templating.values import Budget, TemplateError, Texts, UnknownError, intake
from kure_hooks.manifests import Manifest, mappings_at, text_at
from kure_hooks.yamlio import Pointer, read

# Directories that stand for other repositories.
_MAPPED = "@"
# The answers for so many patterns are kept.
_MOST_PATTERNS = 100
# Matching a character with one of a pattern is so much faster than copying one.
_MATCHING = 64


class Checkout:
    """A repository as generators of git read it: the paths of patterns, and parsed files."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._matching: dict[str, frozenset[str]] = {}
        self._selected: dict[str, frozenset[str]] = {}
        self._parameters: dict[tuple[str, bool], list[dict[str, Any]]] = {}

    def directories(self, items: Sequence[Manifest], budget: Budget) -> list[str]:
        """Return the directories that an item takes in and none takes out, as Go walks them."""
        chosen: set[str] = set()
        for excludes in (False, True):
            for item in items:
                if (item.get("exclude") is True) is excludes:
                    matching = self._of_directories(text_at(item, "path"), budget)
                    budget.spend(0, values=len(matching))
                    chosen = chosen - matching if excludes else chosen | matching
        return sorted(chosen, key=lambda path: path.split("/"))

    def files(self, items: Sequence[Manifest], budget: Budget) -> list[str]:
        """Return the sorted files that an item takes in and none takes out.

        Raises UnknownError for a pattern that is not followed.
        """
        chosen: set[str] = set()
        for excludes in (False, True):
            for item in items:
                if (item.get("exclude") is True) is excludes:
                    try:
                        matching = self._of_files(text_at(item, "path"), budget)
                    except PatternError as error:
                        message = f"has the pattern {error} for files, which is not followed here"
                        raise UnknownError(message) from error
                    budget.spend(0, values=len(matching))
                    chosen = chosen - matching if excludes else chosen | matching
        return sorted(chosen)

    def parameters(self, path: str, budget: Budget, *, is_go: bool) -> list[dict[str, Any]]:
        """Return the parameters of a file, a mapping for each of its items; nobody changes them.

        Raises UnknownError for one that can't be read, TemplateError for one of another shape.
        """
        key = path, is_go
        if key not in self._parameters:
            items = [intake(item) for item in _decoded(self._files, path)]
            made = items if is_go else [flattened(item, budget) for item in items]
            for values in made:
                values.pop("", None)
            self._parameters[key] = made
        return self._parameters[key]

    @cached_property
    def _directories(self) -> list[str]:
        return sorted(
            path
            for path in self._files.directories
            if path and not path.startswith((_MAPPED, ".")) and "/." not in path
        )

    @cached_property
    def _paths(self) -> list[str]:
        paths = self._files.paths
        return sorted(path for path in paths if not path.endswith("/") and path[:1] != _MAPPED)

    def _of_directories(self, pattern: str, budget: Budget) -> frozenset[str]:
        if pattern not in self._matching:
            paths = _beginning(self._directories, literal(pattern))
            _spend(pattern, paths, budget)
            chosen = frozenset(path for path in paths if _matches(pattern, path))
            _keep(self._matching, pattern, chosen)
        return self._matching[pattern]

    def _of_files(self, pathspec: str, budget: Budget) -> frozenset[str]:
        if pathspec not in self._selected:
            plain = "/".join(part for part in pathspec.split("/") if part not in ("", "."))
            paths = _beginning(self._paths, literal(plain))
            _spend(pathspec, paths, budget)
            _keep(self._selected, pathspec, frozenset(select(pathspec, paths)))
        return self._selected[pathspec]


def _beginning(paths: Sequence[str], start: str) -> Sequence[str]:
    """Return those of sorted paths that begin with a text."""
    first = bisect_left(paths, start)
    last = bisect_left(paths, f"{start}\U0010ffff", first)
    return paths[first:last]


def _spend(pattern: str, paths: Sequence[str], budget: Budget) -> None:
    characters = len(pattern) * sum(map(len, paths)) // _MATCHING
    budget.spend(len(pattern) + characters, steps=1 + len(paths))


def _keep(known: dict[str, frozenset[str]], pattern: str, paths: Iterable[str]) -> None:
    if len(known) >= _MOST_PATTERNS:
        known.clear()
    known[pattern] = frozenset(paths)


def of_git(
    fields: Manifest,
    pointer: Pointer,
    templates: Templates,
    checkout: Checkout,
    is_here: Callable[[str], bool],
) -> list[Parameters]:
    """Return the sets of a generator of git whose templates are filled.

    Raises UnknownError for another repository and for files that can't be read.
    """
    url = text_at(fields, "repoURL")
    if not is_here(url):
        message = f"reads {url or 'no repository'} with a generator of git, which is not here"
        raise UnknownError(message)
    made = []
    for values in _made(fields, templates, checkout):
        own = templates.values(fields.get("values"), values)
        if own and templates.is_go:
            values["values"] = Texts(own)
        else:
            values.update({f"values.{key}": text for key, text in own.items()})
        templates.budget.spend(0, steps=1, values=len(values))
        made.append(Parameters(values, pointer))
    return made


def _made(fields: Manifest, templates: Templates, checkout: Checkout) -> Iterator[dict[str, Any]]:
    """Yield what the directories or the files of a generator give, each a mapping of its own."""
    directories, items = (list(mappings_at(fields, key)) for key in ("directories", "files"))
    prefix = text_at(fields, "pathParamPrefix")
    is_go, budget = templates.is_go, templates.budget
    if directories:
        for path in checkout.directories(directories, budget):
            yield _of_path(path, "", prefix, is_go=is_go)
    elif items:
        for path in checkout.files(items, budget):
            for item in checkout.parameters(path, budget, is_go=is_go):
                yield item | _of_path(dirname(path) or ".", basename(path), prefix, is_go=is_go)
    else:
        message = "has a generator of git without directories and files"
        raise TemplateError(message)


def _matches(pattern: str, path: str) -> bool:
    try:
        return matches(pattern, path)
    except PatternError:  # Argo CD goes on with the next one
        return False


def _decoded(files: Files, path: str) -> list[dict[str, Any]]:
    try:
        documents = read(files.tree.read(path, MAX_LARGE), path, most=MAX_LARGE)
    except (InputError, ReadError) as error:
        message = f"takes parameters from {path}, which can't be read"
        raise UnknownError(message) from error
    value = documents[0].value if documents else None
    if isinstance(value, dict) or value is None:
        return [value or {}]
    if isinstance(value, list) and all(isinstance(item, dict | None) for item in value):
        return [item or {} for item in value]
    message = f"takes parameters from {path}, which is neither a mapping nor a list of mappings"
    raise TemplateError(message)


def _of_path(path: str, name: str, prefix: str, *, is_go: bool) -> dict[str, Any]:
    """Return the parameters of a directory, or of a file with a name in it."""
    base = basename(path) or path
    segments = path.split("/")
    names = {"basename": base, "basenameNormalized": normalize(base)}
    if name:
        names |= {"filename": name, "filenameNormalized": normalize(name)}
    if is_go:
        made = {"path": {"path": path, **names, "segments": segments}}
        return {prefix: made} if prefix else made
    key = f"{prefix}.path" if prefix else "path"
    numbered = {f"{key}[{at}]": segment for at, segment in enumerate(segments) if segment}
    return {key: path, **{f"{key}.{part}": text for part, text in names.items()}, **numbered}
