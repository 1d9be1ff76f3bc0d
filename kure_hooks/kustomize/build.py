"""Builds of kustomizations by the program kustomize (written for 5.8), which reaches no network."""

import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kure_hooks import process
from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import is_below, join_relative, reach_problem
from kure_hooks.files.tree import MAX_LARGE, Tree
from kure_hooks.kustomize.intake import Intake
from kure_hooks.secrecy.texts import scrub
from kure_hooks.yamlio import Document, read

PROGRAM = "kustomize"
MAX_BUILD = 64 << 20
"""The most bytes that a build may have."""

_SECONDS = 60
_MOST_AT_ONCE = 4
_FAILED = 1
_FILES, _BUILDS, _NOTHING = "files", "builds", "nothing"
_ORIGIN = "config.kubernetes.io/origin"

# A proxy with this port can't be reached by anybody: Go refuses it before it opens a socket.
_NO_PROXY_AT_ALL = "http://127.0.0.1:99999"
OFFLINE = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NO_PROXY_AT_ALL),
    **dict.fromkeys(("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"), ""),
}
"""The environment that keeps a program in Go from reaching any host but this one by HTTP."""

_WRAPPER = """\
resources: [{}]
buildMetadata: [originAnnotations]
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a build.

    `origin` is the path of the file that it is from, or of the file of kustomize's that generates
    it; empty where kustomize does not tell.
    """

    document: Document
    origin: str


@dataclass(frozen=True, slots=True)
class Build:
    """The build of one directory: its objects and their bytes, or the reason of its failure."""

    parts: tuple[Part, ...] = ()
    failure: str = ""


def build(
    tree: Tree, program: str, intakes: Mapping[str, Intake], checkouts: tuple[Path, ...]
) -> dict[str, Build]:
    """Return the build of each directory, whose intake must be known and without faults.

    `program` is the absolute path of kustomize. It sees copies of the files that the tree has, and
    no other files; it runs no other program. Raises ToolError when it can't be run.
    """
    if not intakes:
        return {}
    with TemporaryDirectory(prefix="kure-hooks-") as name:
        copies = Path(name).resolve()
        (copies / _NOTHING).mkdir()
        _copy(tree, intakes.values(), copies / _FILES)
        runs = [
            _Run(copies, program, directory, intake, f"{number:06}", checkouts)
            for number, (directory, intake) in enumerate(sorted(intakes.items()))
        ]
        with ThreadPoolExecutor(min(_MOST_AT_ONCE, os.cpu_count() or 1)) as pool:
            builds = list(pool.map(_Run.build, runs))
    return {run.directory: made for run, made in zip(runs, builds, strict=True)}


def _copy(tree: Tree, intakes: Iterable[Intake], target: Path) -> None:
    """Write the files that builds read; what the tree refuses to read is not there."""
    made: set[Path] = set()
    for path in sorted({path for intake in intakes for path in intake.files}):
        if reach_problem(path):
            continue
        file = target / path
        if file.parent not in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            made.add(file.parent)
        with suppress(ReadError):
            file.write_bytes(tree.read(path, MAX_LARGE))


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the program, in a directory that takes in the one to build, asking for origins."""

    copies: Path
    program: str
    directory: str
    intake: Intake
    name: str
    checkouts: tuple[Path, ...]

    def build(self) -> Build:
        here = self.copies / _BUILDS / self.name
        here.mkdir(parents=True)
        source = f"../../{_FILES}/{self.directory}".rstrip("/")
        text = _WRAPPER.format(f"'{source.replace(chr(39), chr(39) * 2)}'")
        (here / "kustomization.yaml").write_text(text, errors="surrogateescape")
        # Flux lets a build read all of the repository. A configuration of a plugin could then name
        # any file of the machine.
        is_open = self.intake.leaves and not self.intake.plugged
        done = process.run(
            self.program,
            "build",
            "--load-restrictor",
            "LoadRestrictionsNone" if is_open else "LoadRestrictionsRootOnly",
            str(here),
            cwd=here,
            timeout=_SECONDS,
            ok=(0, _FAILED),
            max_output=MAX_BUILD,
            environment={**OFFLINE, "PATH": str(self.copies / _NOTHING)},
            checkouts=self.checkouts,
        )
        if done.code:
            return Build(failure=_reason(done.err, self.copies))
        try:
            documents = read(done.out, self.directory, most=MAX_BUILD)
        except InputError as error:
            return Build(failure=f"what it makes can't be read: {error.findings[0].problem}")
        return Build(tuple(Part(document, self._origin(document)) for document in documents))

    def _origin(self, document: Document) -> str:
        """Take the annotation that tells where an object is from out of it, and return its path."""
        metadata = document.value.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
        if not isinstance(annotations, dict) or _ORIGIN not in annotations:
            return ""
        origin = annotations.pop(_ORIGIN)
        if not annotations:
            del metadata["annotations"]
        path = join_relative(f"{_BUILDS}/{self.name}", _named(origin))
        if path is None or not is_below(path, _FILES):
            return ""
        return path.removeprefix(_FILES).lstrip("/")


def _named(origin: object) -> str:
    """Return the file in an annotation of kustomize's."""
    with suppress(InputError, IndexError, AttributeError):
        fields = read(str(origin).encode(), "origin")[0].value
        return str(fields.get("path") or fields.get("configuredIn") or "")
    return ""


def _reason(err: bytes, copies: Path) -> str:
    """Return what kustomize complains about, in a sentence without values of manifests."""
    text = err.decode(errors="replace").strip().rpartition("Error: ")[2]  # warnings go before it
    text = text.replace(f"{copies / _FILES}/", "").replace(str(copies), "")
    for pattern, words in _REASONS:
        if match := pattern.search(text):
            return scrub(words.format(*map(_plain, match.groups())))
    last = _VALUES.sub("", text.rpartition("': ")[2] or text).split("\n")[0].strip()
    return scrub(last[:_LONGEST])


def _plain(name: str | None) -> str:
    """Return an id such as `Deployment.v1.apps/web.[noNs]` as people write it."""
    match = _ID.fullmatch(name or "")
    if match is None:
        return name or ""
    kind, called, namespace = match.groups()
    return f"{kind} {called}" if namespace == "[noNs]" else f"{kind} {namespace}/{called}"


_LONGEST = 300
_ID = re.compile(r"\A(\w++)\.[^\s/]*+/(\S*)\.([\w-]++|\[noNs\])")
# The texts of patches and configurations, which may hold secrets.
_VALUES = re.compile(r" (from|with config:) (\[[\s\S]*|`[\s\S]*?`)")
_REASONS = (
    (re.compile(r"already registered id: ([^\s']+)"), "it takes in {0} twice"),
    (re.compile(r"no matches for Id (\S+?); failed"), "a patch is for {0}, which is not there"),
    (
        re.compile(r"unable to find patch target \"([^\"]+)\""),
        "a patch is for {0}, which is not there",
    ),
    (re.compile(r"unable to parse SM or JSON patch"), "a patch is neither an object nor JSON 6902"),
    (
        re.compile(r"([a-z]+) operation does not apply: doc is missing (?:path|key): \"?([^\":]+)"),
        "a patch would {0} {1}, which is not there",
    ),
    (
        re.compile(r"[Uu]nable to (\w+) nonexistent key: ([^\s:]+)"),
        "a patch would {0} {1}, which is not there",
    ),
    (
        re.compile(r"security; file '([^']+)' is not in or below"),
        "{0} is outside of its directory",
    ),
    (re.compile(r"cycle detected"), "it takes itself in"),
    (
        re.compile(r"cannot unmarshal (\w+) into Go struct field \w+\.(\S+) of type (\w+)"),
        "{1} is a {0}, where a {2} is expected",
    ),
)
