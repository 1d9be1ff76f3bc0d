"""Git's knowledge of the files: the index and revisions as trees, and its answers.

The modules `history` and `holding`, which only drift needs, are imported by themselves.
"""

from kure_hooks.repository.blobs import blob_id
from kure_hooks.repository.checkout import CheckoutTree
from kure_hooks.repository.root import checkouts, find_root
from kure_hooks.repository.snapshot import NestedError, changed_in_index
from kure_hooks.repository.status import git_path, ignored, same_for_git, tracked, unmerged
from kure_hooks.repository.trees import IndexTree, RevisionTree, merge_base

__all__ = [
    "CheckoutTree",
    "IndexTree",
    "NestedError",
    "RevisionTree",
    "blob_id",
    "changed_in_index",
    "checkouts",
    "find_root",
    "git_path",
    "ignored",
    "merge_base",
    "same_for_git",
    "tracked",
    "unmerged",
]
