"""Signs that another version of kure-hooks wrote the files that are checked in."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from kure_hooks.drift.objects import UnreadableError, held
from kure_hooks.drift.paths import keyed, leaves, path_text, without_keys
from kure_hooks.files.tree import Tree
from kure_hooks.operations.attribution.past_commit import content
from kure_hooks.operations.attribution.residue import WHOLE, Field, Residue

# A difference in one file is nobody's system.
_LEAST = 2
# One person may give so many files the same edit, and so may a regeneration.
_MANY = 3
# So many files that are in sync are read for each kind of object.
_SAMPLES = 100

_CONFIGURATION = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")
_WORKFLOWS = ".github/workflows"
# `uses: kure-hooks/kure-hooks@v0.2.0`, `kure-hooks==0.2.0`, and `rev: v0.2.0` below a repository.
_PIN = re.compile(
    rb"kure-hooks[\"']?[ \t]*(?:@|[=~<>]=|===)[ \t]*([^\s\"']{1,100})"
    rb"|kure-hooks(?:\.git)?[\"']?[ \t]*\r?\n[ \t]*rev[ \t]*[:=][ \t]*([^\s]{1,100})"
)
_KIND = re.compile(rb"^kind: (\S+)", re.MULTILINE)


def pins(tree: Tree) -> frozenset[bytes]:
    """Return the versions of kure-hooks that the hooks' and workflows' files of a tree name."""
    paths = [*_CONFIGURATION, *tree.paths(_WORKFLOWS)]
    files = (content(tree, path) or b"" for path in paths)
    return frozenset(b"".join(groups) for data in files for groups in _PIN.findall(data))


@dataclass(frozen=True)
class Systems:
    """The differences that are the same in several files and missing in none that could have them.

    `files` are all generated files, `drifted` those that are not in sync, and `residues` what is in
    those that are there which their inputs don't explain.
    """

    files: Mapping[str, bytes]
    drifted: Collection[str]
    residues: Mapping[str, Residue]

    def has(self, field: Field) -> bool:
        """Tell whether a difference is systematic."""
        return _general(field) in self._systematic

    def are_many(self, path: str) -> bool:
        """Tell whether so many files have the differences of one that a program may have made them.

        That includes another formatting, which other programs make as well.
        """
        files = (
            self._whole if field == WHOLE else self._systematic.get(_general(field), ())
            for field in self.residues.get(path, {WHOLE: None})
        )
        return path in self.residues and all(len(paths) >= _MANY for paths in files)

    @cached_property
    def _whole(self) -> Collection[str]:
        """The files of which no field tells what differs."""
        return [path for path, residue in self.residues.items() if WHOLE in residue]

    @cached_property
    def _samples(self) -> dict[str, list[set[str]]]:
        """The field paths of some objects whose files are in sync, by kind, as far as asked for."""
        return {}

    @cached_property
    def _systematic(self) -> Mapping[Field, Collection[str]]:
        files: defaultdict[Field, set[str]] = defaultdict(set)
        lacking: set[Field] = set()
        for path, residue in self.residues.items():
            for field, change in residue.items():
                files[_general(field)].add(path)
                if change is not None and change.after is None:
                    lacking.add(_general(field))
        return {
            field: paths
            for field, paths in files.items()
            if all(field) and len(paths) >= _LEAST and not self._is_refuted(field, lacking)
        }

    def _is_refuted(self, field: Field, lacking: Collection[Field]) -> bool:
        """Tell whether a file in sync has the field, or should have lost it as well."""
        kind, path = field
        return any(path in paths or field in lacking for paths in self._in_sync(kind))

    def _in_sync(self, kind: str) -> list[set[str]]:
        if kind not in self._samples:
            self._samples[kind] = list(self._sampled(kind))
        return self._samples[kind]

    def _sampled(self, kind: str) -> Iterator[set[str]]:
        right = sorted(self.files.keys() - self.drifted)
        named = kind.rstrip().encode()
        candidates = (path for path in right if named in _KIND.findall(self.files[path]))
        for path in islice(candidates, _SAMPLES):
            with suppress(UnreadableError):
                for each in held(path, self.files[path]):
                    if _kind(each.name) == kind:
                        yield set(_paths(each.manifest))


def _general(field: Field) -> Field:
    """Return the kind of the object and the path without the keys of lists."""
    return _kind(field[0]), without_keys(field[1])


def _kind(name: str) -> str:
    """Return the kind that an object's name begins with, and a blank if it has a name of its own.

    So the Kustomization of Flux is another kind than that of a kustomization.yaml.
    """
    kind, blank, _ = name.partition(" ")
    return kind + blank


def _paths(manifest: Mapping[str, object]) -> Iterator[str]:
    for steps, _ in leaves(keyed(manifest)):
        for length in range(1, len(steps) + 1):
            yield without_keys(path_text(steps[:length]))
