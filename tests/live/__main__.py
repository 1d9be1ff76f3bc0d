"""Rolls one tree out on a cluster of its own: `python -m tests.live REPOSITORY STACK`."""

import argparse
import re
import sys
import tempfile
from pathlib import Path

import yaml

from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, CLUSTER, FLUX, missing
from tests.live.world import NotSettledError, World, world

_HOST = re.compile(r"(?:https?|oci)://(?:[^@/\s]+@)?([A-Za-z0-9.-]+)")


def hosts_of(fleet: Fleet) -> tuple[str, ...]:
    """Return the names of hosts in the stack files, the settings and the tree."""
    texts = (
        path.read_text(errors="replace")
        for path in fleet.directory.rglob("*.yaml")
        if path.is_file()
    )
    return tuple(sorted({name for text in texts for name in _HOST.findall(text)}))


def main() -> int:
    """Roll out, print the verdict, return 0 when nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.live", description=__doc__)
    parser.add_argument("repository", type=Path, help="a directory with .kure-hooks.yaml")
    parser.add_argument("stack", help="the path of a stack file in it")
    parser.add_argument("--seconds", type=float, default=90, help="how long to wait")
    parser.add_argument("--keep", type=Path, help="a new directory for logs and all else")
    parser.add_argument("--health", action="store_true", help="Argo CD with our argocd-cm")
    parser.add_argument("--hold", action="append", default=[], help="a workload never ready")
    options = parser.parse_args()
    place = options.keep or Path(tempfile.mkdtemp(prefix="kure-hooks-live-"))
    fleet = Fleet.copied(place / "fleet", options.repository.resolve(), options.stack)
    fleet.generate()
    engine = "argocd" if any(each["kind"] == "Application" for each in fleet.objects()) else "flux"
    absent = missing(*CLUSTER, *(FLUX if engine == "flux" else ARGOCD))
    print(f"{engine} on a cluster in {place}; absent: {', '.join(absent) or 'nothing'}")
    settings = health_settings() if options.health else {}
    with world(place, engine, hosts=hosts_of(fleet), settings=settings) as live:
        print("stand-ins:", "; ".join([*live.cluster.stand_ins, *live.tool.stand_ins]))
        live.cluster.rollouts.held.update(options.hold)
        return report(live, fleet, options.seconds)


def health_settings() -> dict[str, str]:
    """Return argocd-cm's data with our health check of Applications."""
    from kure_hooks.config.argocd import ArgocdOptions  # noqa: PLC0415
    from kure_hooks.engines.argocd.health import CM_KEY, health_lua  # noqa: PLC0415

    return {CM_KEY: health_lua(ArgocdOptions())}


def report(live: World, fleet: Fleet, seconds: float) -> int:
    """Print the verdict on a roll-out; return 1 when something is wrong."""
    try:
        took = live.roll_out(fleet, seconds=seconds)
        print(f"all ready after {took:.1f} s")
        settled = True
    except NotSettledError:
        print(f"not all ready after {seconds:.0f} s")
        settled = False
    print(live.state(fleet.head))
    verdict = live.verdict(fleet.head)
    order = {
        name: f"made {verdict.first_made(name)}, ready {verdict.first_ready(name)}"
        for name in verdict.names()
    }
    print(yaml.safe_dump({"revisions": order}, width=200))
    faults = {
        "out of order": verdict.out_of_order(fleet.edges()),
        "owned twice": verdict.owned_twice(),
        "failed meanwhile": [f"{name}: {each}" for name, each in verdict.failures().items()],
        "warnings of the API server": sorted(live.cluster.api.warnings),
    }
    print(yaml.safe_dump(faults, width=200, sort_keys=False))
    print("memory in MiB:", live.cluster.services.memory())
    return int(not settled or bool(faults["out of order"] or faults["owned twice"]))


if __name__ == "__main__":
    sys.exit(main())
