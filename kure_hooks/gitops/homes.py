"""The URL by which the Applications of a repository name the repository itself."""

from collections.abc import Hashable, Iterator

from kure_hooks.files.globs import literal_prefix
from kure_hooks.gitops.application_sources import sources
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.urls import key_of, may_be_fork, same_repository
from kure_hooks.manifests import Manifest, kind_of, mappings_at, text_at, value_at

_TEMPLATE = "{{"


def assumed_home(files: Files, origin: str) -> str:
    """Return the URL from which Applications take paths of this repository, empty for none.

    A fork, whose repository has the same name, is read under the URL of its original, and without
    an `origin` nothing else tells. The URL with the most paths that are there is it, if no more of
    its paths are missing. Where one is that of `origin`, no other is assumed.
    """
    places: dict[Hashable, tuple[str, set[str]]] = {}
    for url, directory in _all(files):
        if origin and same_repository(url, origin):
            return ""
        key = key_of(url)
        if key is not None:
            places.setdefault(key, (url, set()))[1].add(directory)
    scores: dict[str, int] = {}
    for url, paths in places.values():
        if origin and not may_be_fork(url, origin):
            continue
        present = sum(path in files.directories or path in files.paths for path in paths)
        if 2 * present >= len(paths):
            scores[url] = present
    most = max(scores.values(), default=0)
    best = [url for url, present in scores.items() if present == most]
    return best[0] if len(best) == 1 and most else ""


def _all(files: Files) -> Iterator[tuple[str, str]]:
    for path in files.manifests:
        if files.mentions(path):
            for item in files.objects(path):
                yield from _named(item.manifest)


def _named(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield the URLs and paths that an Application or a set names, without templates."""
    if kind_of(manifest) == ("argoproj.io", "Application"):
        for source in sources(manifest):
            if not source.chart and source.path:
                yield source.repo_url, source.path if source.directory is None else source.directory
    elif kind_of(manifest) == ("argoproj.io", "ApplicationSet"):
        template = value_at(manifest, "spec", "template")
        for source in sources({"spec": value_at(template, "spec")}):
            if source.path and _TEMPLATE not in f"{source.repo_url}{source.path}":
                yield source.repo_url, source.directory or ""
        yield from _of_generators(value_at(manifest, "spec"))


def _of_generators(spec: object) -> Iterator[tuple[str, str]]:
    """Yield what generators of git name: the directories that all they take in lies below."""
    for generator in mappings_at(spec, "generators"):
        git = generator.get("git")
        for key in ("directories", "files"):
            for item in mappings_at(git, key):
                path = text_at(item, "path")
                url = text_at(git, "repoURL")
                if _TEMPLATE not in f"{url}{path}" and item.get("exclude") is not True:
                    yield url, literal_prefix(path)
        for kind in ("matrix", "merge"):
            yield from _of_generators(generator.get(kind))
