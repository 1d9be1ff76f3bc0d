"""The bootstrap of a cluster: files of what is applied before a GitOps controller starts."""

import re
from contextlib import suppress
from functools import cached_property

from kure_hooks.errors import ReadError
from kure_hooks.files.tree import MAX_FILE
from kure_hooks.gitops.repository import Cluster

# Directories of tools that make clusters, and scripts that prepare them.
_DIRECTORY = re.compile(
    r"bootstrap|talos|terraform|tofu|ansible|pulumi|provision|cloud-?init|k3s|kubeadm"
    r"|(?:^|/)(?:\.?taskfiles?|scripts|hack|setup|install|\.just)(?:/|\Z)",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"helmfile|taskfile|makefile|justfile|bootstrap|\.(?:sh|tf|just|mk|ps1)(?:\.j2)?$",
    re.IGNORECASE,
)


class Bootstrap:
    """The files of a repository that bootstraps read, and no controller of the cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._known: dict[str, str] = {}

    def mention(self, *words: str) -> str:
        """Return the path of a file that has one of the words, empty where none has."""
        for word in words:
            if word not in self._known:
                self._known[word] = self._mention(word.encode())
        return next(filter(None, map(self._known.__getitem__, words)), "")

    def _mention(self, word: bytes) -> str:
        pattern = re.compile(rb"(?<![\w.-])%b(?!\w)" % re.escape(word))
        texts = self.texts.items()
        # To look for the bytes first is many times faster.
        return next((path for path, text in texts if word in text and pattern.search(text)), "")

    @cached_property
    def texts(self) -> dict[str, bytes]:
        """The content of each file by its path."""
        files = self._cluster.files
        texts = {}
        for path in sorted(filter(_is_read, files.paths - self._cluster.read)):
            with suppress(ReadError):
                texts[path] = files.tree.read(path, MAX_FILE)
        return texts


def _is_read(path: str) -> bool:
    """Tell whether a bootstrap may read the file at a path."""
    directory, _, name = path.rpartition("/")
    return bool(_DIRECTORY.search(directory) or _FILE.search(name))
