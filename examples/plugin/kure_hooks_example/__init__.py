"""Rancher Fleet as an engine of kure-hooks, Score workloads as applications, and a rule of lint."""

from kure_hooks import EngineEntry, KindEntry, RuleEntry

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

TEAM = RuleEntry(name="EXAMPLE001", rule="kure_hooks_example.team")
