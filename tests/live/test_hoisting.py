"""Trees in which bundles depend on those above them, rolled out by the controllers themselves."""

import pytest

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, FLUX, missing
from tests.live.rolling import judged
from tests.live.shapes import HOSTS, STACK, URL, bundle, namespaces, settings, stack, umbrella
from tests.live.shapes import workload as deployment
from tests.live.world import world

SECOND = {"kind": "GitRepository", "name": "second", "url": URL, "branch": "main"}


def node(name, *below, **fields):
    return {"name": name, "children": list(below), **fields}


def platform(engine):
    """Return a platform with apps below it that depend on it, and a site that depends on its store.

    The store and the front of the site have a source in common, which the site would apply.
    """
    waiting = {"wait": True} if engine == "flux" else {}
    base = bundle("base", namespaces("web"), deployment("gate"), **waiting)
    ingress = bundle("ingress", deployment("ingress"), needs=["base"], **waiting)
    apps = bundle("apps", deployment("apps"), needs=["platform"], **waiting)
    shop = bundle("shop", settings("shop"), needs=["base"])
    late = bundle("late", settings("late"), needs=["far"])
    far = bundle("far", settings("far"), needs=["platform"])
    site = bundle("site", settings("site"), needs=["store"], **waiting)
    front = bundle("front", settings("front"), needs=["base"], sourceRef=SECOND)
    store = bundle("store", deployment("store"), needs=["base"], sourceRef=SECOND, **waiting)
    return node(
        "live",
        node(
            "platform",
            node("apps", node("shop", bundle=shop), bundle=apps),
            node("late", bundle=late),
            bundle=umbrella("platform", base, ingress),
        ),
        node("far", bundle=far),
        node("site", node("front", bundle=front), node("store", bundle=store), bundle=site),
    )


def rolled_out(live, engine, place, table, **layout):
    fleet = Fleet.of(place, stack(engine, node=platform(engine), layout=layout), STACK)
    fleet.generate()
    seconds = live.roll_out(fleet)
    judged(live, fleet, table, f"apps below their platform, {engine}", seconds)
    return fleet


@pytest.mark.parametrize("placement", ["integrated", "integrated-per-bundle"])
def test_flux_brings_up_what_depends_on_the_umbrella_above(placement, place, tmp_path, table):
    if absent := missing(*FLUX):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    with world(place / "world", "flux", hosts=HOSTS) as live:
        fleet = rolled_out(live, "flux", tmp_path / "fleet", table, fluxPlacement=placement)
        verdict = live.verdict(fleet.head)
        owners = {
            thing.name: name
            for name in verdict.names()
            for thing in verdict.units.things(verdict.latest(name))
            if thing.kind in ("Kustomization", "GitRepository")
        }
    top = ("platform", "apps", "late", "far", "site", "store", "second")
    inside = {"base": "platform", "ingress": "platform", "shop": "apps", "front": "site"}
    own = {"flux-system": "flux-system"}
    assert owners == dict.fromkeys(top, "flux-system") | inside | own


def test_argo_cd_has_no_containers_and_brings_up_the_same(place, tmp_path, table):
    if absent := missing(*ARGOCD):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    health = {CM_KEY: health_lua(ArgocdOptions())}
    with world(place / "world", "argocd", hosts=HOSTS, settings=health) as live:
        rolled_out(live, "argocd", tmp_path / "fleet", table, fluxPlacement="integrated")
