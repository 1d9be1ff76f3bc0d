"""What git knows about the files: the index and revisions as trees, questions, and history."""

from kure_hooks.repository.blobs import blob_id
from kure_hooks.repository.checkout import CheckoutTree
from kure_hooks.repository.history import Commit, Touch, changed_by, last_commits, touches
from kure_hooks.repository.holding import Content, contents, keep
from kure_hooks.repository.index import changed_in_index
from kure_hooks.repository.nesting import NestedError
from kure_hooks.repository.questions import git_path, ignored, same_for_git, tracked, unmerged
from kure_hooks.repository.root import checkouts, find_root
from kure_hooks.repository.trees import IndexTree, RevisionTree, merge_base

__all__ = [
    "CheckoutTree",
    "Commit",
    "Content",
    "IndexTree",
    "NestedError",
    "RevisionTree",
    "Touch",
    "blob_id",
    "changed_by",
    "changed_in_index",
    "checkouts",
    "contents",
    "find_root",
    "git_path",
    "ignored",
    "keep",
    "last_commits",
    "merge_base",
    "same_for_git",
    "touches",
    "tracked",
    "unmerged",
]
