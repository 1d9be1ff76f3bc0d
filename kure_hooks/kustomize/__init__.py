"""kustomize 5.8 as far as generated trees rely on it: directories that build, and patches."""

from collections.abc import Sequence

from kure_hooks.files.paths import base_name

BUILD_FILES: Sequence[str] = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names of the file that makes a directory one of kustomize's; a directory has only one."""


def is_kustomization(path: str) -> bool:
    """Tell whether kustomize takes a file for its own, by its name."""
    return base_name(path) in BUILD_FILES
