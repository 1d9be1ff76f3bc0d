"""Rancher Fleet 0.13: a GitRepo with the paths of all bundles, and a fleet.yaml in each of them.

Fleet makes a bundle of every directory that has a fleet.yaml, also below another one, and builds it
with kustomize if it has a kustomization.yaml. A GitRepo thus names only the topmost directories.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import structs
from msgspec.structs import replace

from kure_hooks.plugin import (
    Assembly,
    BootstrapGenerator,
    Bundle,
    Contents,
    Directory,
    Engine,
    Finding,
    Input,
    Item,
    LayoutIntegrator,
    Manifest,
    Origin,
    Plan,
    ResourceGenerator,
    Scheme,
    Start,
    Tool,
    Unit,
    dump,
    each_in_a_file,
    header,
    of_rule,
    origin,
    separate,
)

API = "fleet.cattle.io/v1alpha1"

# The options of a bundle that Fleet has as well, and what only readers or other tools see.
_KNOWN = frozenset({"description", "prune", "suspend", "target_namespace", "flux", "argocd"})


class FleetOptions(Input, frozen=True, kw_only=True):
    """The options of Fleet for one cluster: `gitops.options`.

    `workspace` is the namespace of the GitRepo: fleet-local for the cluster that Fleet runs on.
    """

    workspace: str = "fleet-local"
    polling_interval: str | None = None
    client_secret_name: str | None = None
    service_account: str | None = None


@of_rule("RF001")
def options_are_fleet_s(plan: Plan) -> Iterator[Finding]:
    """Every option of a bundle is one that Fleet has."""
    for unit in plan.units:
        for option in structs.fields(type(unit.bundle.options)):
            value = getattr(unit.bundle.options, option.name)
            if option.name not in _KNOWN and value not in (None, (), option.default):
                problem = f"bundle {unit.name}: Fleet has nothing like {option.encode_name}"
                yield unit.bundle.key(option.encode_name).fault(problem, "a bundle without it")


@of_rule("RF002")
def fleet_is_there(plan: Plan) -> Iterator[Finding]:
    """Fleet is installed by its chart, not by a stack."""
    if plan.cluster.bootstrap.enabled:
        place = plan.cluster.key("gitops", "bootstrap", "enabled")
        yield place.fault("Fleet has no bootstrap", "Fleet's Helm chart, installed beforehand")


@of_rule("RF004")
def payloads_have_no_options(plan: Plan) -> Iterator[Finding]:
    """A directory that exists gets no fleet.yaml, which alone could tell more of its bundle."""
    for unit in plan.units:
        options = unit.bundle.options
        chosen = [
            key
            for key, is_set in (
                ("dependsOn", dependencies(plan, unit)),
                ("targetNamespace", options.target_namespace),
                ("prune", not options.prune),
                ("suspend", options.suspend),
            )
            if is_set
        ]
        for key in chosen if unit.exists else ():
            problem = f"bundle {unit.name} has {key}, but nothing is written into its payload"
            yield unit.bundle.key(key).fault(problem, "a fleet.yaml in the payload itself")


@of_rule("RF005")
def nothing_waits_for_payloads(plan: Plan) -> Iterator[Finding]:
    """The name of a bundle is in its fleet.yaml, so that one without it can't be waited for."""
    for unit in plan.units:
        for name in dependencies(plan, unit):
            waited = plan.by_name.get(name)
            if waited and waited.exists:
                problem = f"bundle {unit.name} waits for {name}, whose payload has no name in Fleet"
                yield unit.bundle.key("dependsOn").fault(problem, "no such dependency")


@of_rule("RF003")
def repository_is_known(plan: Plan) -> Iterator[Finding]:
    """Each GitRepo has a repository to read."""
    for unit in plan.units:
        if not _url(plan, unit):
            place = plan.cluster.key("gitops", "bootstrap", "sourceURL")
            yield place.fault(f"bundle {unit.name} has no repository", "gitops.bootstrap.sourceURL")


FLEET = Tool(
    name="fleet",
    version="0.13",
    scheme=lambda _: Scheme(start="fleet", control="fleet"),
    checks=(
        options_are_fleet_s,
        fleet_is_there,
        repository_is_known,
        payloads_have_no_options,
        nothing_waits_for_payloads,
    ),
)


class FleetResources(ResourceGenerator):
    """Writes a GitRepo for each repository that bundles come from."""

    usual = FLEET

    def objects(self, table: Plan, contents: Contents) -> Sequence[Item]:
        """Return the GitRepos, each made of one for every bundle."""
        del contents  # what bundles hold is Fleet's to find
        groups: dict[tuple[str, str, str], list[Unit]] = {}
        for unit in table.units:
            source = unit.source
            groups.setdefault((_url(table, unit), source.name, _branch(table, unit)), []).append(
                unit
            )
        return [_item(table, units, name) for (_, name, _), units in groups.items()]


class FleetBootstrap(BootstrapGenerator):
    """Writes nothing: Fleet is there already, and the GitRepo is applied by hand once."""

    usual = FLEET

    def start(self, table: Plan, release: object) -> Start:
        """Return an empty start."""
        del table, release
        return Start()

    def supported_bootstrap_modes(self) -> Sequence[str]:
        """Return that there are none."""
        return ()


class FleetLayout(LayoutIntegrator):
    """Places the GitRepos in a directory of their own, and a fleet.yaml in each bundle's."""

    parts = (FleetResources, FleetBootstrap)

    def place(self, table: Plan, assembly: Assembly) -> Sequence[Directory]:
        """Return all directories."""
        units = {unit.payload: unit for unit in table.units if not unit.exists}
        payloads = [
            replace(
                directory,
                extras={
                    **directory.extras,
                    "fleet.yaml": _fleet_yaml(table, units[directory.path]),
                },
            )
            if directory.path in units
            else directory
            for directory in assembly.payloads
        ]
        files = each_in_a_file(table, assembly.objects)
        return separate(table, files, assembly.start, payloads)


def engine() -> Engine:
    """Return Fleet."""
    return Engine(FleetLayout())


def _with_fleet_yaml(table: Plan, directory: Directory, unit: Unit | None) -> Directory:
    """Return the directory of a bundle with what Fleet reads of it; others as they are."""
    if unit is None:
        return directory
    return replace(directory, extras={**directory.extras, "fleet.yaml": _fleet_yaml(table, unit)})


def _item(table: Plan, units: Sequence[Unit], source: str) -> Item:
    cluster = table.cluster
    name = cluster.name if source == cluster.source.name else f"{cluster.name}-{source}"
    held = tuple(Item(_git_repo(table, [unit], unit.name), origin(table, unit)) for unit in units)
    return Item(_git_repo(table, units, name), Origin(cluster.at, cluster.name), holds=held)


def _git_repo(table: Plan, units: Sequence[Unit], name: str) -> Manifest:
    options = table.cluster.options or FleetOptions()
    spec = {
        "repo": _url(table, units[0]),
        "branch": _branch(table, units[0]),
        "paths": list(topmost(unit.path for unit in units)),
        "pollingInterval": options.polling_interval,
        "clientSecretName": options.client_secret_name,
        "serviceAccount": options.service_account,
    }
    return {
        "apiVersion": API,
        "kind": "GitRepo",
        "metadata": {"name": name, "namespace": options.workspace},
        "spec": {key: value for key, value in spec.items() if value},
    }


def topmost(paths: Iterable[str]) -> Iterator[str]:
    """Yield the paths that are below no other one."""
    known = set(paths)
    for path in sorted(known):
        parts = path.split("/")
        if not any("/".join(parts[:count]) in known for count in range(1, len(parts))):
            yield path


def _fleet_yaml(table: Plan, unit: Unit) -> bytes:
    """Return what Fleet reads of a bundle beside its objects, with the header of kure-hooks."""
    options = unit.bundle.options
    content = {
        "name": unit.name,
        "labels": dict(unit.bundle.labels),
        "defaultNamespace": "default",
        "namespace": options.target_namespace,
        "keepResources": not options.prune,
        "paused": options.suspend,
        "dependsOn": [{"name": name} for name in dependencies(table, unit)],
    }
    kept = {key: value for key, value in content.items() if value}
    return (header(table.cluster.at.path) + dump(kept)).encode()


def dependencies(table: Plan, unit: Unit) -> list[str]:
    """Return the bundles that have to be ready before one: all those that an umbrella stands for.

    A child waits for what its umbrella waits for.
    """
    above = _umbrellas(table.cluster.bundles())
    waits: list[str] = []
    bundle: Bundle | None = unit.bundle
    while bundle is not None:
        for dependency in bundle.depends_on:
            waited = table.by_name.get(dependency.name)
            closure = waited.bundle.closure() if waited and not dependency.external else ()
            waits += [each.name for each in closure] or [dependency.name]
        bundle = above.get(bundle.name)
    return list(dict.fromkeys(waits))


def _umbrellas(bundles: Iterable[Bundle]) -> dict[str, Bundle]:
    return {child.name: bundle for bundle in bundles for child in bundle.children}


def _url(table: Plan, unit: Unit) -> str:
    return unit.source.url or table.cluster.bootstrap.source_url or ""


def _branch(table: Plan, unit: Unit) -> str:
    return unit.source.branch or table.cluster.bootstrap.source_ref or "main"
