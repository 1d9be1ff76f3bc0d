"""The rules of `lint` as settings choose them, and the policies that a team adds to them."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from msgspec import Meta

from kure_hooks.decoding.types import (
    Duration,
    Input,
    LabelKey,
    Pattern,
    Patterns,
    Text,
    key_of,
    whole,
)
from kure_hooks.files.paths import path_problem, pattern_problem
from kure_hooks.findings import Finding, of_rule
from kure_hooks.yamlio.place import Place

Selector = Annotated[
    str,
    Meta(
        pattern=whole(r"[A-Za-z0-9*?\[\]!-]{1,64}"),
        description="a rule such as FX001, a prefix such as FX or a pattern such as FX00*",
        examples=["FX001", "FX", "AR00*"],
    ),
]
"""A choice of rules."""

KindPattern = Annotated[
    str,
    Meta(
        pattern=whole(r"[a-z0-9.*?-]{1,253}(/[A-Za-z0-9*?]{1,63})?"),
        description="an API group such as cert-manager.io, or a kind in one such as "
        "cert-manager.io/Issuer",
        examples=["cert-manager.io"],
    ),
]
ObjectPattern = Annotated[
    str,
    Meta(
        pattern=whole(r"[A-Za-z0-9.*?-]{1,253} ([a-z0-9.*?-]{1,63}/)?[A-Za-z0-9.:*?_-]{1,253}"),
        description="an object such as Secret flux-system/sops-age, Namespace monitoring or "
        "Secret */*",
        examples=["Secret flux-system/sops-age"],
    ),
]
PolicyId = Annotated[
    str,
    Meta(
        pattern=whole(r"[A-Z]{2,10}[0-9]{3}"),
        description="an identifier of 2 to 10 letters and 3 digits, such as ACME001",
        examples=["ACME001"],
    ),
]
Registry = Annotated[
    str,
    Meta(
        pattern=whole(
            r"(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+:[0-9]{1,5}|\[[0-9a-f:]+\])"
            r"(:[0-9]{1,5})?(/[a-z0-9._-]+)*/?"
        ),
        description="the host of a registry, such as ghcr.io or docker.io, or a path in one, such "
        "as ghcr.io/acme",
        examples=["ghcr.io/acme"],
    ),
]
Level = Literal["error", "warning", "info"]


class Match(Input, frozen=True, kw_only=True):
    """The objects that a policy looks at; every key narrows them, and none means all objects."""

    kinds: tuple[Text, ...] = ()
    """Kinds of objects, such as Deployment. Without it all kinds."""
    groups: tuple[str, ...] = ()
    """API groups, such as apps, or "" for the core group. Without it all groups."""
    namespaces: Patterns = ()
    """Patterns of namespaces, such as shop-*. Without it all namespaces."""
    names: Patterns = ()
    """Patterns of names of objects. Without it all names."""
    paths: Patterns = ()
    """Patterns of file paths, such as apps/**. Without it all files."""
    clusters: Patterns = ()
    """Patterns of the directories of clusters, such as clusters/prod*. Without it all clusters."""


class Policy(Input, frozen=True, kw_only=True):
    """A rule of a team's own: one of the ready-made ones, or an expression in CEL.

    `registries`, `max_replicas`, `required_labels`, `required_limits` and `default_deny` are
    ready-made: what is wrong and what to do follows from them.
    """

    id: PolicyId
    """The identifier of the rule, such as ACME001. Comments and `lint.ignore` name it."""
    message: str = ""
    """A sentence that says what is wrong with an object that breaks the rule. An expression needs
    one, a ready-made rule has its own."""
    expression: str = ""
    """An expression in CEL over `object` that is true where the object is right."""
    registries: tuple[Registry, ...] = ()
    """The registries that images of pods may come from, or paths in them, such as ghcr.io/acme."""
    max_replicas: Annotated[int, Meta(ge=0, description="a number")] | None = None
    """The greatest number of pods of a workload, and the most that an autoscaler may ask for."""
    required_labels: tuple[LabelKey, ...] = ()
    """Labels that each workload needs, or each object whose kind `match` names."""
    required_limits: tuple[Text, ...] = ()
    """Resources that each container needs a limit of, such as memory."""
    default_deny: tuple[Literal["Ingress", "Egress"], ...] = ()
    """Directions of traffic that a NetworkPolicy has to deny by default, in each namespace with
    pods.

    - `Ingress`: Connections to the pods.
    - `Egress`: Connections that the pods make.
    """
    severity: Level = "error"
    """The weight of a finding. Only errors make `lint` fail.

    - `error`: It has to be corrected.
    - `warning`: It is reported, and `lint` succeeds.
    - `info`: It is mentioned.
    """
    expected: str = ""
    """A sentence that says what to do about it."""
    match: Match = Match()
    """The objects that the rule looks at. Without it all objects."""
    enforce: Literal["lint", "generate"] = "lint"
    """When the rule is checked. Default: lint.

    - `lint`: By `lint` alone.
    - `generate`: Also before anything is generated: an error ends it, and nothing is written.
    """

    @property
    def conditions(self) -> list[str]:
        """The names of the fields that say what is right, of which there has to be one."""
        return [name for name in _CONDITIONS if getattr(self, name) not in ("", (), None)]


_CONDITIONS = (
    *("expression", "registries", "max_replicas", "required_labels", "required_limits"),
    "default_deny",
)

Policies = Annotated[
    tuple[Policy, ...], Meta(max_length=200, description="a list of at most 200 policies")
]


def enforced(policies: Iterable[Policy]) -> bool:
    """Tell whether any of the policies is checked before anything is generated."""
    return any(policy.enforce == "generate" for policy in policies)


class Lint(Input, frozen=True, kw_only=True):
    """The rules to check, their weight, and the world around the repository.

    `paths` leaves rules out in the files that a pattern matches, and `baseline` is the file with
    known findings, below the root. `preinstalled` are the CRDs that
    are on each cluster before anything is applied, `external` the objects that something outside
    of the repository provides. `pinned` and `shortest_interval` are what AR020 and FX008 ask for.
    """

    select: tuple[Selector, ...] = ()
    """The rules to check, as identifiers, prefixes or patterns such as FX001, FX or AR00*. Without
    it all rules."""
    ignore: tuple[Selector, ...] = ()
    """The rules to leave out, as in `select`. They win over it."""
    paths: dict[Pattern, tuple[Selector, ...]] = {}
    """Rules to leave out in some files: a pattern of paths, and the rules."""
    severity: dict[Selector, Literal["error", "warning", "info", "off"]] = {}
    """The weight of rules: error, warning, info, or "off" in quotes."""
    baseline: Text | None = None
    """The file with known findings that are not reported again, below the root of the repository.
    """
    preinstalled: tuple[KindPattern, ...] = ()
    """API groups or kinds whose CRDs are on each cluster before anything is applied."""
    external: tuple[ObjectPattern, ...] = ()
    """Objects that something outside the repository provides, such as Secret flux-system/sops-age.
    """
    pinned: Patterns = ()
    """Patterns of the files whose Applications have to name a commit, a tag with a version or an
    exact version of a chart (AR020), such as clusters/prod/**. Without it no file."""
    shortest_interval: Duration = "1m"
    """The shortest interval of a source, Kustomization or HelmRelease of Flux (FX008)."""


@of_rule("CF006")
def problems(place: Place, lint: Lint, policies: tuple[Policy, ...]) -> Iterator[Finding]:
    """Yield what types can't tell of the settings of lint; `place` is that of all settings."""
    for pattern in lint.paths:
        if problem := pattern_problem(pattern):
            key = place.below("lint", "paths", pattern)
            yield key.key_fault(f"the text {problem}", "a path or a pattern")
    for index, pattern in enumerate(lint.pinned):
        if problem := pattern_problem(pattern):
            key = place.below("lint", "pinned", index)
            yield key.fault(f"the text {problem}", "a path or a pattern")
    if lint.baseline and (problem := path_problem(lint.baseline)):
        fault = place.below("lint", "baseline").fault
        yield fault(f"the path {problem}", "Name a file below the repository's root.")
    names: dict[str, int] = {}
    for index, policy in enumerate(policies):
        first = names.setdefault(policy.id, index)
        if first != index:
            at = place.below("policies", first, "id").at
            problem = f'the policy at {at} has the id "{policy.id}" too'
            yield place.below("policies", index, "id").fault(problem, "Give it an id of its own.")
        yield from _conditions(place.below("policies", index), policy)
        yield from _resources(place.below("policies", index, "requiredLimits"), policy)


@of_rule("CF006")
def _conditions(place: Place, policy: Policy) -> Iterator[Finding]:
    """Refuse a policy that does not say in one way what is right."""
    keys = [key_of(Policy, name) for name in _CONDITIONS]
    conditions = policy.conditions
    if not conditions:
        expected = f"one of {', '.join(keys)}"
        yield place.fault("nothing says what is right", expected)
    for name in conditions[1:]:
        problem = f"{key_of(Policy, conditions[0])} says what is right, too"
        at = place.below(key_of(Policy, name))
        yield at.key_fault(problem, "Write a policy of its own for each of them.")
    if policy.expression and not policy.message:
        expected = "a sentence that says what is wrong with an object"
        yield place.below("message").fault("this required key is missing", expected)


@of_rule("CF006")
def _resources(place: Place, policy: Policy) -> Iterator[Finding]:
    """Refuse limits of what is no resource of containers: no manifest could have them."""
    if not policy.required_limits:
        return
    from kure_hooks.decoding import nearest  # noqa: PLC0415 - for such policies only
    from kure_hooks.decoding.quantities import DIVISIBLE, is_known  # noqa: PLC0415 - as above

    for index, name in enumerate(policy.required_limits):
        if not is_known(name):
            problem = f'containers have no resource "{name}"'
            expected = nearest(name, DIVISIBLE) or "cpu, memory or example.com/gpu"
            yield place.below(index).fault(problem, expected)
