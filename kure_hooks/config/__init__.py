"""The settings file: found, read and frozen, with a value for every key."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, ValidationError, convert, structs

from kure_hooks import __version__
from kure_hooks.config.argocd import NOT_ONE, ArgocdSpec, problems
from kure_hooks.config.flux import FluxSpec
from kure_hooks.config.helm import Capabilities
from kure_hooks.config.layout import MODE_KEY, LayoutSpec, recursive_modes
from kure_hooks.config.lint import Lint, Policies
from kure_hooks.config.lint import problems as lint_problems
from kure_hooks.config.project_spec import problems as project_problems
from kure_hooks.config.validate import Validate, is_there, location_problem
from kure_hooks.decoding import decode
from kure_hooks.decoding.types import Input, Patterns, Text
from kure_hooks.errors import InputError, ReadError, UsageError
from kure_hooks.files.globs import literal_prefix
from kure_hooks.files.paths import is_below, path_problem, pattern_problem
from kure_hooks.files.tree import MAX_FILE, Tree
from kure_hooks.findings import Finding, Location, of_rule
from kure_hooks.yamlio import Pointer, read, strict
from kure_hooks.yamlio.place import Place
from kure_hooks.yamlio.scalars import shown

FILE_NAME = ".kure-hooks.yaml"


class Drift(Input, frozen=True, kw_only=True):
    """The rules for drift: files to keep, keys to reveal, and how files are compared."""

    keep: Patterns = ()
    """Patterns of files in the output that others write. They are never reported and never written
    over."""
    reveal: Patterns = ()
    """Keys whose values are shown in reports although they look secret, as patterns."""
    mode: Literal["exact", "semantic"] = "exact"
    """How files are compared with what is generated.

    - `exact`: Byte by byte.
    - `semantic`: By their objects, so that formatting and comments may differ.
    """


_Range = Annotated[str, Meta(description='a range such as ">=0.1,<2"', examples=[">=0.1,<2"])]


class Settings(Input, frozen=True, kw_only=True):
    """Everything the settings file says; without a file the defaults hold."""

    version: Annotated[int, Meta(ge=1, le=1, description="1")] = 1
    """The version of this file's format."""
    required_version: _Range = ""
    """The versions of kure-hooks that may read this repository, such as ">=0.1,<2". Any other one
    fails at once."""
    stacks: Patterns = ("stacks/*.yaml",)
    """Patterns of the stack files, which describe the clusters."""
    output: Text = "clusters"
    """The directory that kure-hooks writes. Cluster NAME is written to OUTPUT/NAME."""
    layout: LayoutSpec = LayoutSpec()
    """Rules for the shape of the generated trees. A stack's own `layout` goes before them."""
    flux: FluxSpec = FluxSpec()
    """Options of Flux for all clusters. A stack's own `gitops.flux` goes before them."""
    argocd: ArgocdSpec = ArgocdSpec()
    """Options of Argo CD for all clusters. A stack's own `gitops.argocd` goes before them."""
    drift: Drift = Drift()
    """How checked-in files are compared with what is generated."""
    validate: Validate = Validate()
    """How manifests are judged as the API server would judge them."""
    helm: Capabilities = Capabilities()
    """The cluster as it is told to charts with `render: true`. An application's own `capabilities`
    go before it."""
    lint: Lint = Lint()
    """The rules that `kure-hooks lint` checks. See
    https://github.com/kure-hooks/kure-hooks/blob/main/docs/rules.md"""
    policies: Policies = ()
    """Rules of your own, ready-made or in CEL. See
    https://github.com/kure-hooks/kure-hooks/blob/main/docs/lint.md"""

    @property
    def capabilities(self) -> Capabilities:
        """The cluster as charts are told of it, with a version of Kubernetes in any case."""
        version = self.helm.kube_version or self.validate.kubernetes
        return structs.replace(self.helm, kube_version=version)


class _Head(Struct, frozen=True, rename="camel"):
    """The key of the settings that is read before all others, whatever those are."""

    required_version: str = ""


def load(tree: Tree, file: Path | None = None) -> Settings:
    """Return the settings of a version of the repository, or those of `file` when it is given.

    Raises InputError for bad settings and UsageError when `file` can't be read.
    """
    return _settings(_given(file), file.name) if file else load_from(tree, FILE_NAME)


def load_from(tree: Tree, path: str) -> Settings:
    """Return the settings in a file of a tree, the defaults where there is none.

    Raises InputError for bad settings.
    """
    return _settings(_found(tree, path), path)


def without_effect(settings: Settings, tree: Tree, file: Path | None = None) -> list[Finding]:
    """Return a warning about each key of the settings that changes nothing.

    `settings` are what `load` has made of the same arguments; the file is read again only where
    there is something to tell.
    """
    if "recursive" not in (settings.layout.kustomization_mode, settings.flux.kustomization_mode):
        return []
    keys = (("layout", MODE_KEY), ("flux", MODE_KEY))
    place = place_of(tree, file)
    return list(recursive_modes(place.below(*key) for key in keys)) if place else []


def refuse_absent_locations(settings: Settings, tree: Tree, file: Path | None = None) -> None:
    """Raise InputError for locations of schemas at which the repository has nothing.

    Of one with a template that is the directory before it. The arguments are as in
    `without_effect`.
    """
    if faults := list(_absent_locations(settings, tree, file)):
        raise InputError(faults)


@of_rule("CF003")
def _absent_locations(settings: Settings, tree: Tree, file: Path | None) -> Iterator[Finding]:
    absent = [
        (number, location)
        for number, location in enumerate(settings.validate.schema_locations)
        if not is_there(tree, location)
    ]
    if absent and (place := place_of(tree, file)):
        for number, location in absent:
            listed = place.below("validate", "schemaLocations", number)
            expected = "Name a file of CRDs, or a directory with CRDs or JSON Schemas."
            yield listed.fault(f"there is no {location} in the repository", expected)


def place_of(tree: Tree, file: Path | None = None) -> Place | None:
    """Return the settings as they are written, None where there are none; see `load`."""
    data = _given(file) if file else _found(tree, FILE_NAME)
    documents = read(data, file.name if file else FILE_NAME, strict) if data else []
    return Place(documents[0]) if documents else None


def _settings(data: bytes, name: str) -> Settings:
    documents = read(data, name, strict) if data else []
    if not documents:
        return Settings()
    if len(documents) > 1:
        problem = "the settings have more than one document"
        raise InputError(
            [Finding(documents[1].at(), "", problem, "Keep one document.", rule="CF001")]
        )
    place = Place(documents[0])
    # First, because another version may know other keys.
    if fault := _other_version(place):
        raise InputError([fault])
    settings = decode(documents[0], Settings)
    faults = [
        *_paths(place, settings),
        *_argocd(place.below("argocd"), settings),
        *lint_problems(place, settings.lint, settings.policies),
    ]
    if faults:
        raise InputError(faults)
    return settings


def _other_version(place: Place) -> Finding | None:
    """Return the finding about settings that are for another version of kure-hooks than this."""
    try:
        head = convert(place.value, _Head)
    except ValidationError:
        return None
    if not head.required_version:
        return None
    from kure_hooks.config.required_version import admits  # noqa: PLC0415 - few settings have it

    required = place.below("requiredVersion")
    admitted = admits(head.required_version, __version__)
    if admitted is None:
        problem = f'"{shown(head.required_version)}" is no range of versions'
        return required.fault(problem, 'Write one such as ">=0.1,<2".', rule="CF003")
    if admitted:
        return None
    problem = f"this repository needs kure-hooks {head.required_version}, and this is {__version__}"
    expected = "Install another version, or change `rev` in .pre-commit-config.yaml."
    return required.fault(problem, expected, rule="CF003")


def _given(file: Path) -> bytes:
    """Return the content of a file that the user named; one that could be endless is refused."""
    try:
        if file.exists() and not file.is_file():
            raise UsageError(f"--config {file} is no regular file. Name a file with settings.")
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise UsageError(
            f"--config {file} can't be read: {error.strerror}. Name another file."
        ) from error
    if len(data) > MAX_FILE:
        raise UsageError(
            f"--config {file} is longer than {MAX_FILE} bytes. Name a file with settings."
        )
    return data


def _found(tree: Tree, path: str) -> bytes:
    try:
        if tree.holds(path, b"") is None:
            return b""
        return tree.read(path)
    except ReadError as error:
        raise InputError(
            [Finding(Location(path), "", f"it {error.reason}", error.expected, rule="CF002")]
        ) from error


@of_rule("CF003")
def _paths(place: Place, settings: Settings) -> Iterator[Finding]:
    """Refuse what isn't a place of its own inside the repository, and odd patterns."""
    if problem := path_problem(settings.output) or _taken(settings):
        expected = "a directory below the repository's root, such as clusters"
        yield place.below("output").fault(f"the path {problem}", expected)
    for number, location in enumerate(settings.validate.schema_locations):
        if problem := location_problem(location):
            expected = "a directory below the repository's root, such as schemas"
            listed = place.below("validate", "schemaLocations", number)
            yield listed.fault(f"the path {problem}", expected)
    patterns: dict[Pointer, Sequence[str]] = {
        ("stacks",): settings.stacks,
        ("drift", "keep"): settings.drift.keep,
        ("drift", "reveal"): settings.drift.reveal,
    }
    for key, texts in patterns.items():
        for index, text in enumerate(texts):
            if problem := pattern_problem(text):
                yield place.below(*key, index).fault(f"the string {problem}", "a path or a pattern")


def _taken(settings: Settings) -> str | None:
    """Return the end of a sentence that says for what else the output's directory is."""
    top = settings.output.partition("/")[0].casefold()
    if use := _RESERVED.get(top):
        return f"is in {top}, which is for {use}"
    for directory in filter(None, map(literal_prefix, settings.stacks)):
        if is_below(settings.output, directory):
            return f"is in {directory}, which holds stack files"
    return None


@of_rule("CF004")
def _argocd(place: Place, settings: Settings) -> Iterator[Finding]:
    """Yield what types can't tell of the options for Argo CD."""
    for pointer, problem, expected in problems(settings.argocd):
        yield place.below(*pointer).fault(problem, expected)
    spec = settings.argocd.project_spec
    for pointer, problem, expected in project_problems(spec) if spec else ():
        yield place.below("projectSpec", *pointer).fault(problem, expected)
    destination = settings.argocd.destination
    if destination and not destination.is_one:
        yield place.below("destination").fault(NOT_ONE)


# Forges run what is in these directories, and vendor is ours.
_RESERVED = {
    ".github": "GitHub's workflows",
    ".gitlab": "GitLab's settings",
    ".forgejo": "Forgejo's workflows",
    ".gitea": "Gitea's workflows",
    ".circleci": "CircleCI's pipelines",
    "vendor": "release manifests that `kure-hooks vendor` records",
}
