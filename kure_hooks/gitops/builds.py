"""Builds of directories: the objects that a controller makes of one, without any program."""

from collections.abc import Iterable, Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.directories import Directories
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.kustomizations.building import Build, Builder
from kure_hooks.gitops.kustomizations.generators import with_suffix_of_content
from kure_hooks.gitops.kustomizations.items import Item
from kure_hooks.gitops.kustomizations.loading import Loader
from kure_hooks.gitops.kustomizations.reading import names_in
from kure_hooks.gitops.kustomizations.references import with_references
from kure_hooks.gitops.payload import Payload, Way

_CHART = ("holds a Helm chart",)


class Builds:
    """The payloads of a tree's directories; each is built once for each way."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._payloads: dict[tuple[str, Way], Payload] = {}
        self._directories = Directories(files)
        loader = Loader(files)
        self._builders = {
            way: Builder(files, loader, restricted=way is Way.KUSTOMIZE)
            for way in (Way.FLUX, Way.KUSTOMIZE)
        }

    def payload(self, directory: str, way: Way) -> Payload:
        """Return the objects of a directory, whose path is `''` for the root of the tree.

        A directory that does not exist has none. The resources of one with faults are those that
        would be there without them.
        """
        key = directory, way
        if key not in self._payloads:
            self._payloads[key] = self._payload(directory, way)
        return self._payloads[key]

    def _payload(self, directory: str, way: Way) -> Payload:
        if way is Way.CHART:
            return Payload(directory, way, directories=frozenset({directory}), unknown=_CHART)
        if way in (Way.DIRECTORY, Way.RECURSIVE):
            return self._directories.payload(directory, way)
        builder = self._builders[way]
        if names_in(self.files, directory):
            build = builder.build(directory)
            if way is Way.FLUX:
                # Flux writes the file anew before it builds it.
                minded = set(builder.file(directory).lenient)
                faults = [fault for fault in build.faults if fault not in minded]
            else:
                faults = build.faults
        elif way is Way.FLUX:
            build = self._directories.generated(directory, builder)
            faults = build.faults
        else:
            return Payload(directory, way, unknown=("has no kustomization.yaml",))
        return _finished(directory, way, build, faults)


def _finished(directory: str, way: Way, build: Build, faults: Iterable[Finding]) -> Payload:
    unknown = list(build.unknown)
    items = [with_suffix_of_content(item) if item.hashed else item for item in build.items]
    items = list(with_references(items, unknown.append))
    return Payload(
        directory,
        way,
        tuple(item.resource() for item in _present(items)),
        frozenset(build.files),
        frozenset(build.directories),
        tuple(dict.fromkeys(faults)),
        tuple(dict.fromkeys(unknown)),
    )


def _present(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the objects that no annotation keeps out of the build."""
    return (item for item in items if not item.is_local)
