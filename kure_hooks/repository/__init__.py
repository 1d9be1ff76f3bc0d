"""What git knows about the files: the index and revisions as trees, and questions about paths."""

from kure_hooks.repository.questions import git_path, ignored, same_for_git, tracked
from kure_hooks.repository.root import find_root
from kure_hooks.repository.trees import IndexTree, RevisionTree

__all__ = [
    "IndexTree",
    "RevisionTree",
    "find_root",
    "git_path",
    "ignored",
    "same_for_git",
    "tracked",
]
