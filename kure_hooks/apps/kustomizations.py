"""Files of kustomize's among manifests: they say what is taken from their directory."""

from collections.abc import Iterator, Sequence

from kure_hooks.errors import ReadError
from kure_hooks.files.paths import ancestors, is_below, join_relative, parent
from kure_hooks.files.tree import Tree
from kure_hooks.kustomize.files import PLAIN, configuration, directories

FILES_ALONE = "list the files with its objects one by one: kustomize is not run on them"


def refuse(tree: Tree, met: Sequence[str], taken: Sequence[str]) -> None:
    """Raise ReadError for files of kustomize's that say another thing than `taken`.

    `met` are all files that a directory or a glob holds, `taken` those that are read as manifests.
    One that only lists these may be among them: it is no object and adds nothing. InputError for
    what is no YAML.
    """
    own = directories(met)
    for directory in own:
        document = configuration(tree, directory)
        if document is None:
            continue
        fields = document.value
        more = [key for key in fields if key not in PLAIN]
        if more or fields.get("kind", "Kustomization") != "Kustomization":
            what = ", ".join(more) or f"kind {fields['kind']}"
            raise ReadError(document.path, f"does more than list resources: it has {what}")
        governed = [path for path in taken if _nearest(path, own) == directory]
        for problem in _differences(directory, fields.get("resources") or (), governed, taken):
            raise ReadError(document.path, problem)


def _nearest(path: str, own: Sequence[str]) -> str:
    """Return the nearest directory above a file that has a file of kustomize's."""
    return next((each for each in reversed(["", *ancestors(path)]) if each in own), parent(path))


def _differences(
    directory: str, resources: Sequence[object], governed: Sequence[str], taken: Sequence[str]
) -> Iterator[str]:
    listed = [(resource, join_relative(directory, str(resource))) for resource in resources]
    for entry, path in listed:
        if path is None or not any(is_below(each, path) for each in taken):
            yield f"lists {entry}, which is not taken"
    for each in governed:
        if not any(path is not None and is_below(each, path) for _, path in listed):
            yield f"does not list {each}, which is taken"
