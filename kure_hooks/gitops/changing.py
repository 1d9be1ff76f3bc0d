"""Files that may hold an owner that changes what it applies, told from others without parsing.

Reading a repository as the controllers do loads a hundred modules, and most trees do without it.
"""

import re
from collections.abc import Iterable

# What an object of Flux or Argo CD has where it changes others. A border before it would more than
# double the time, since the search could no longer skip to the first letters.
_CHANGES = re.compile(
    rb"(?:patches|patchesStrategicMerge|patchesJson6902|images|targetNamespace|namePrefix"
    rb"|nameSuffix|components|postBuild|commonMetadata|kustomize)\b[\"']?:"
)
# Those of a FluxInstance are controllers, while those of a Kustomization are directories.
_COMPONENTS = re.compile(rb"\bcomponents\b[\"']?:")
_INSTANCE, _KUSTOMIZATION = b"FluxInstance", b"Kustomization"


def may_change(files: Iterable[bytes]) -> bool:
    """Tell whether any of some files may have an owner that changes what it applies."""
    return any(_may_change(data) for data in files)


def _may_change(data: bytes) -> bool:
    if _INSTANCE in data and _KUSTOMIZATION not in data:
        data = _COMPONENTS.sub(b"", data)
    return _CHANGES.search(data) is not None
