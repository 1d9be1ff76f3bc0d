"""Words of Argo CD's settings that any file of a repository may have, also one of no objects.

Settings may be in the values of a chart, in a script, or in the files of another tool: a rule that
misses one looks here before it says that the setting is not there.
"""

import re
from enum import Enum
from weakref import WeakKeyDictionary

from kure_hooks.errors import ReadError
from kure_hooks.files.tree import MAX_LARGE
from kure_hooks.gitops.files import Files


class Setting(Enum):
    """The settings of Argo CD that rules look for, by the words that a file with them has."""

    APPLICATION_HEALTH = rb"argoproj\.io[_/]Application\b|\bresourceHealthChecks\b"
    GLOBAL_PROJECTS = rb"\bglobalProjects\b"


_PATTERNS = {setting: re.compile(setting.value) for setting in Setting}
_WITHOUT_SETTINGS = re.compile(r"\.(png|jpe?g|gif|ico|svg|pdf|t?gz|zip|md|go|py|[cm]?[jt]sx?)\Z")
_KNOWN: WeakKeyDictionary[Files, frozenset[Setting]] = WeakKeyDictionary()


def is_mentioned(setting: Setting, files: Files) -> bool:
    """Tell whether any file, or its name, has the words of a setting."""
    if files not in _KNOWN:
        _KNOWN[files] = _mentioned(files)
    return setting in _KNOWN[files]


def _mentioned(files: Files) -> frozenset[Setting]:
    settings: set[Setting] = set()
    for path in sorted(files.paths):
        if path.endswith("/") or _WITHOUT_SETTINGS.search(path):
            continue
        try:
            data = files.tree.read(path, MAX_LARGE)
        except ReadError:
            data = b""
        for setting, pattern in _PATTERNS.items():
            if pattern.search(data) or pattern.search(path.encode()):
                settings.add(setting)
    return frozenset(settings)
