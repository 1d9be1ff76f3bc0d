"""Git's sight: whether it can tell which files have changed, and the settings that decide that."""

import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from kure_hooks import config
from kure_hooks.engines.source_ignore import FILE as SOURCE_IGNORE
from kure_hooks.errors import ToolError
from kure_hooks.operations.workspace import Workspace
from kure_hooks.process import find
from kure_hooks.repository import attributes, checkouts, elsewhere, find_root
from kure_hooks.repository.git import git

AT_ROOT = (config.FILE_NAME, attributes.FILE_NAME, ".gitignore", ".gitmodules", SOURCE_IGNORE)
"""The files at the root of a repository that have a say, whatever the stacks read."""

# With any other value, git may take a changed file for the same (git-config(1), git 2.39).
_SEEING = {"core.trustctime": "true", "core.checkstat": "default", "core.ignorestat": "false"}
# By this, git reads other settings on another branch.
_BY_BRANCH = "includeif.onbranch:"
# These name files that need not be there yet.
_ATTRIBUTES, _IGNORED = "core.attributesfile", "core.excludesfile"
_INCLUDING = ("include.", "includeif.")
_CONVERTING = ("core.autocrlf", "core.eol")
# The attributes by which git converts the ends of lines (gitattributes(5)).
_ENDS = (b"text", b"eol", b"crlf")


class Sight(Struct, frozen=True):
    """A git that can tell which files have changed.

    `files` are all that have a say beside those of the root, whether they are there or not, and
    `attributes` the contents of those among them that give files attributes.
    """

    program: str
    files: tuple[str, ...]
    attributes: tuple[bytes, ...]
    settings: Mapping[str, str]

    @property
    def sets_ends(self) -> bool:
        """Tell whether the settings have git convert the ends of lines."""
        return any(self.settings.get(key, "false") != "false" for key in _CONVERTING)

    @property
    def conversions(self) -> str:
        """One SHA-256 of all outside of the root that may have git convert files."""
        keys = sorted(key for key in self.settings if key.startswith(("core.", "filter.")))
        settings = "".join(f"{key}={self.settings[key]}\0" for key in keys).encode(errors="replace")
        parts = (settings, *self.attributes)
        return sha256(b"".join(b"%d\0%s" % (len(part), part) for part in parts)).hexdigest()

    def converts_ends(self, texts: Iterable[bytes]) -> bool:
        """Tell whether git may convert the ends of lines where the root has these attributes."""
        attributes = (*self.attributes, *texts)
        return self.sets_ends or any(word in text for text in attributes for word in _ENDS)


def sight_of(workspace: Workspace) -> Sight | None:
    """Return the sight of the git of a workspace, None where it may take files for unchanged.

    Raises OSError and KureHooksError.
    """
    program = find("git", checkouts(workspace.root))
    if program is None or _is_reached_through_links(workspace.config):
        return None
    read = _Settings(workspace.root)
    if "core.worktree" in read.settings and not _is_work_tree(workspace.root):
        return None
    if any(read.settings.get(key, value) != value for key, value in _SEEING.items()):
        return None
    if any(key.startswith(_BY_BRANCH) for key in read.settings):
        return None
    attributed = {*read.attributes, *elsewhere.attribute_files(workspace.root)}
    attributed.update(above / attributes.FILE_NAME for above in _above(workspace))
    return Sight(
        program,
        files=tuple(sorted({*map(str, attributed), *read.files, *map(str, _beside(workspace))})),
        attributes=tuple(elsewhere.contents(sorted(attributed))),
        settings=read.settings,
    )


def _beside(workspace: Workspace) -> Iterator[Path]:
    """Yield the files outside of the repository, and beside git's own, that have a say."""
    if workspace.config is not None:
        yield workspace.config.resolve()
    yield from elsewhere.files(workspace.root)
    yield from (above / name for above in _above(workspace) for name in AT_ROOT)


def _above(workspace: Workspace) -> Iterable[Path]:
    """Return the directories from the root up to the top of the work tree, the root left out."""
    return workspace.root.parents[: len(Path(workspace.below).parts)]


def _is_reached_through_links(file: Path | None) -> bool:
    """Tell whether another file may be found under the same path without a change of this one."""
    return file is not None and file.resolve() != Path(os.path.abspath(file))  # noqa: PTH100 - no link


def _is_work_tree(root: Path) -> bool:
    """Tell whether git takes the work tree around a directory for its own, not another one."""
    out = git(root, "rev-parse", "--show-toplevel", ok=(0, 128)).out
    return os.fsdecode(out.removesuffix(b"\n")) == str(find_root(root))


class _Settings:
    """Git's settings, the last value of each in lower case.

    `files` are those that they come from, or name; `attributes` those named for attributes.
    """

    def __init__(self, root: Path) -> None:
        self.settings: dict[str, str] = {}
        self.files: set[str] = set()
        self.attributes: set[Path] = set()
        try:
            out = git(root, "config", "--list", "--show-origin", "-z").out
        except ToolError:
            self.settings[_BY_BRANCH] = ""
            return
        fields = os.fsdecode(out).split("\0")[:-1]
        for origin, setting in zip(fields[::2], fields[1::2], strict=True):
            kind, _, file = origin.partition(":")
            key, _, value = setting.partition("\n")
            self.settings[key] = value.lower()
            if kind == "file":
                self.files.add(str(root / file))
            if key == _ATTRIBUTES:
                self.attributes.add(root / Path(value).expanduser())
            elif key == _IGNORED:
                self.files.add(str(root / Path(value).expanduser()))
            elif key.startswith(_INCLUDING) and key.endswith(".path"):
                self.files.add(str((root / file).parent / Path(value).expanduser()))
