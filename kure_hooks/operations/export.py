"""Writing the packed schemas for other programs."""

from dataclasses import dataclass
from pathlib import Path

from kure_hooks import stages
from kure_hooks.errors import UsageError
from kure_hooks.files.paths import parent
from kure_hooks.files.writer import write_tree
from kure_hooks.operations.workspace import Workspace
from kure_hooks.schemas.export import MARK, Exporter
from kure_hooks.schemas.packed import Catalogue
from kure_hooks.validators.interface import full_version

_HEAD = 256


@dataclass(frozen=True)
class Export:
    """The schemas that were written: their number, and the version of Kubernetes."""

    count: int
    kubernetes: str


def export(workspace: Workspace, directory: Path, kubernetes: str = "") -> Export:
    """Write the schemas of all kinds for a version of Kubernetes, by default the settings'.

    A file of a directory that is there is only written over when an earlier export has made it.
    Raises UsageError for a version that is not packed, and before anything is written for a file of
    somebody else.
    """
    version = full_version(kubernetes or workspace.settings.validate.kubernetes)
    packed = Catalogue().versions
    if version.rpartition(".")[0] not in packed:
        raise UsageError(
            f"the schemas of Kubernetes {version} are not packed. Choose one from {packed[0]} to "
            f"{packed[-1]} by --kubernetes."
        )
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is no directory. Name one, or a path where nothing is.")
    stages.enter("writing the schemas")
    files = dict(Exporter(version).files())
    for path in files:
        if _is_foreign(directory / path):
            raise UsageError(
                f"{directory / path} is not from an earlier export. Choose another directory."
            )
    for above in {parent(path) for path in files}:
        (directory / above).mkdir(parents=True, exist_ok=True)
    write_tree(directory, files)
    return Export(len(files), version)


def _is_foreign(file: Path) -> bool:
    """Tell whether somebody else has written what is at a path."""
    if not file.exists() and not file.is_symlink():
        return False
    if file.is_symlink() or not file.is_file():
        return True
    with file.open("rb") as stream:
        return MARK.encode() not in stream.read(_HEAD)
