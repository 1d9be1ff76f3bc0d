"""kustomize 5.8 as far as generated trees rely on it: directories that build, and patches."""

from collections.abc import Sequence

BUILD_FILES: Sequence[str] = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names of the file that makes a directory one of kustomize's; a directory has only one."""
