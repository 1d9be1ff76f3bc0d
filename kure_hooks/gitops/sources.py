"""Sources of Flux: the directory of the repository that the artifact of a source has."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath

from kure_hooks.files.paths import is_below, join_relative
from kure_hooks.gitops.left_out import NOTHING, LeftOut
from kure_hooks.manifests import Identity, Manifest, mappings_at, text_at, value_at

SOURCE = "source.toolkit.fluxcd.io"
EXTENSIONS = "source.extensions.fluxcd.io"
_ANY = "/**"
_ARTIFACT = "@artifact/"


@dataclass(frozen=True, slots=True)
class Artifact:
    """The content of a source as directories of the repository, without what is `left_out`.

    `copies` are pairs of a directory in the artifact and the one of the repository that it is a
    copy of, the longest first. `elsewhere` is the end of the sentence `<owner> ...` for a source
    whose content is not here; `is_assumed` tells that nothing in the repository says it is, and
    `is_missing` that the cluster has no such source.
    """

    copies: tuple[tuple[str, str], ...] = ()
    elsewhere: str = ""
    is_assumed: bool = False
    is_missing: bool = False
    left_out: LeftOut = NOTHING

    def directory(self, path: str) -> str | None:
        """Return the directory of the repository at a path of the artifact.

        None where the artifact has no such directory. A path that leaves the artifact is one from
        its root, as for kustomize-controller, which joins them securely.
        """
        inside = normpath(f"/{path}").lstrip("/")
        for start, directory in self.copies:
            if is_below(inside, start):
                return join_relative(directory, inside[len(start) :].lstrip("/") or ".")
        return None


HERE = Artifact((("", ""),))
"""The artifact of this repository itself."""
ASSUMED = Artifact((("", ""),), is_assumed=True)
"""The artifact of a source that nothing defines, taken for this repository."""


def reference(manifest: Manifest) -> Identity:
    """Return the source that a Kustomization names, in the group that its kind is of."""
    named = value_at(manifest, "spec", "sourceRef")
    kind = text_at(named, "kind")
    namespace = text_at(named, "namespace") or text_at(manifest, "metadata", "namespace")
    group = EXTENSIONS if kind == "ArtifactGenerator" else SOURCE
    return Identity(group, kind, namespace, text_at(named, "name"))


class Generator:
    """An ArtifactGenerator (source-watcher 2.0), and the ExternalArtifacts that it makes."""

    def __init__(self, manifest: Manifest) -> None:
        self.namespace = text_at(manifest, "metadata", "namespace")
        self._aliases = {
            text_at(source, "alias"): Identity(
                SOURCE,
                text_at(source, "kind"),
                text_at(source, "namespace") or self.namespace,
                text_at(source, "name"),
            )
            for source in mappings_at(manifest, "spec", "sources")
        }
        self._artifacts: dict[str, Manifest] = {}
        for made in mappings_at(manifest, "spec", "artifacts"):
            self._artifacts.setdefault(text_at(made, "name"), made)

    @property
    def names(self) -> Iterable[str]:
        """The names of its artifacts."""
        return self._artifacts

    def artifact(self, name: str, artifact_of: Callable[[Identity], Artifact]) -> Artifact:
        """Return one of its artifacts.

        Only whole directories are followed: `@alias/dir/**` to `@artifact/dir/`.
        """
        copies = tuple(_copies(self._artifacts[name], self._aliases, artifact_of))
        ordered = sorted(copies, key=lambda pair: -len(pair[0]))
        unknown = "" if copies else "has an artifact that is not followed"
        lacks = {artifact_of(source).left_out for source in self._aliases.values()}
        # Of several sources nobody tells here from which one a file is.
        left_out = lacks.pop() if len(lacks) == 1 else NOTHING
        return Artifact(tuple(ordered), unknown, left_out=left_out)


def _copies(
    made: Manifest,
    aliases: Mapping[str, Identity],
    artifact_of: Callable[[Identity], Artifact],
) -> Iterator[tuple[str, str]]:
    for copy in mappings_at(made, "copy"):
        alias, _, pattern = text_at(copy, "from").removeprefix("@").partition("/")
        target = text_at(copy, "to")
        if alias not in aliases or not target.startswith(_ARTIFACT):
            continue
        if pattern != "**" and (not pattern.endswith(_ANY) or "*" in pattern[: -len(_ANY)]):
            continue
        directory = artifact_of(aliases[alias]).directory(pattern.removesuffix("**") or ".")
        if directory is not None:
            start = normpath(target.removeprefix(_ARTIFACT) or ".")
            yield "" if start == "." else start, directory
