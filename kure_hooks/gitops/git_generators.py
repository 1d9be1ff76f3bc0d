"""The parameters that generators of git make of directories and files (Argo CD 3.5)."""

from collections.abc import Callable, Iterator, Sequence
from posixpath import basename, dirname
from typing import Any

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.parameters import Parameters, flattened
from kure_hooks.gitops.patterns import PatternError, matches, select
from kure_hooks.gitops.templating.functions import normalize
from kure_hooks.gitops.templating.rendering import Templates
from kure_hooks.gitops.templating.values import TemplateError, Texts, UnknownError, intake
from kure_hooks.manifests import Manifest, mappings_at, text_at
from kure_hooks.yamlio import Pointer, read

# Directories that stand for other repositories.
_MAPPED = "@"


def of_git(
    fields: Manifest,
    pointer: Pointer,
    templates: Templates,
    files: Files,
    is_here: Callable[[str], bool],
) -> list[Parameters]:
    """Return the sets of a generator of git whose templates are filled.

    Raises UnknownError for another repository and for files that can't be read.
    """
    url = text_at(fields, "repoURL")
    if not is_here(url):
        message = f"reads {url or 'no repository'} with a generator of git, which is not here"
        raise UnknownError(message)
    directories, items = (list(mappings_at(fields, key)) for key in ("directories", "files"))
    prefix = text_at(fields, "pathParamPrefix")
    made: list[tuple[dict[str, Any], Pointer]] = []
    if directories:
        made = [
            (_of_path(path, "", prefix, is_go=templates.is_go), pointer)
            for path in _directories(files, directories)
        ]
    elif items:
        made = [
            (values, pointer)
            for path in _files(files, items)
            for values in _of_file(files, path, prefix, is_go=templates.is_go)
        ]
    else:
        message = "has a generator of git without directories and files"
        raise TemplateError(message)
    for values, _ in made:
        own = templates.values(fields.get("values"), values)
        if own and templates.is_go:
            values["values"] = Texts(own)
        else:
            values.update({f"values.{key}": text for key, text in own.items()})
    return [Parameters(*item) for item in made]


def _directories(files: Files, items: Sequence[Manifest]) -> Iterator[str]:
    """Yield the directories that a pattern takes in and none takes out, in Go's order of a walk."""
    for path in sorted(files.directories - {""}, key=lambda path: path.split("/")):
        if path.startswith(_MAPPED) or any(name.startswith(".") for name in path.split("/")):
            continue
        answers = [
            item.get("exclude") is True for item in items if _matches(text_at(item, "path"), path)
        ]
        if answers and not any(answers):
            yield path


def _matches(pattern: str, path: str) -> bool:
    try:
        return matches(pattern, path)
    except PatternError:  # Argo CD goes on with the next one
        return False


def _files(files: Files, items: Sequence[Manifest]) -> list[str]:
    chosen: set[str] = set()
    paths = sorted(
        path for path in files.paths if not path.endswith("/") and not path.startswith(_MAPPED)
    )
    for excludes in (False, True):
        for item in items:
            if (item.get("exclude") is True) is excludes:
                try:
                    matching = select(text_at(item, "path"), paths)
                except PatternError as error:
                    message = f"has the pattern {error} for files, which is not followed here"
                    raise UnknownError(message) from error
                chosen = chosen - set(matching) if excludes else chosen | set(matching)
    return sorted(chosen)


def _of_file(files: Files, path: str, prefix: str, *, is_go: bool) -> Iterator[dict[str, Any]]:
    for item in _decoded(files, path):
        values = intake(item) if is_go else flattened(intake(item))
        values.pop("", None)
        yield values | _of_path(dirname(path) or ".", basename(path), prefix, is_go=is_go)


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
