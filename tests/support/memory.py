"""A version of a repository that lives in memory, for tests that need no disk."""

from dataclasses import dataclass, field

from kure_hooks.errors import ReadError


@dataclass(frozen=True)
class MemoryTree:
    """A Tree over a mapping of path to text, or to bytes."""

    files: dict[str, str | bytes] = field(default_factory=dict)

    def paths(self, under=""):
        start = f"{under}/" if under else ""
        return sorted(path for path in self.files if path == under or path.startswith(start))

    def read(self, path, limit=0):
        del limit
        if path not in self.files:
            raise ReadError(path, "does not exist")
        data = self.files[path]
        return data if isinstance(data, bytes) else data.encode()

    def holds(self, path, data):
        return self.files[path].encode() == data if path in self.files else None

    def link(self, path):
        del path
