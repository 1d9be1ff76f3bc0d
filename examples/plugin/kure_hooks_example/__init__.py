"""Rancher Fleet as an engine of kure-hooks, and Score workloads as applications."""

from kure_hooks import EngineEntry, KindEntry

FLEET = EngineEntry(
    name="fleet",
    description="a GitRepo and a fleet.yaml for each bundle, for Rancher Fleet 0.13",
    engine="kure_hooks_example.fleet:engine",
    effects="kure_hooks_example.effects",
    options="kure_hooks_example.fleet:FleetOptions",
    aliases=("rancher-fleet",),
)

SCORE = KindEntry(
    name="Score",
    description="a workload in the format of score.dev",
    generator="kure_hooks_example.score",
    api="score.dev/v1b1",
)
