"""The rules of the order in which Argo CD applies bundles."""

from collections.abc import Mapping

from kure_hooks.rules.rule import ERROR, WARNING, Rule

_ARGOCD = "Argo CD 3.5"

RULES: Mapping[str, Rule] = {
    "AO001": Rule(
        "Progressive syncs not switched on",
        WARNING,
        "Argo CD ignores the steps of an ApplicationSet unless it is told otherwise.",
        "Switch progressive syncs on in argocd-cmd-params-cm.",
        _ARGOCD,
    ),
    "AO002": Rule(
        "External dependency without an order",
        WARNING,
        "What is outside of the cluster's tree has no place in its order, so nothing waits for it.",
        "Make sure that it is ready before, or add it to the stack.",
        _ARGOCD,
    ),
    "AO003": Rule(
        "Suspended step",
        WARNING,
        "A suspended Application is in no step, so what depends on it does not wait.",
        "Switch automated sync on, or use ordering: waves.",
        _ARGOCD,
    ),
    "AO004": Rule(
        "Label of the step taken",
        ERROR,
        "The label tells the step of an Application and would be overwritten.",
        "Choose another label, or use ordering: waves.",
        _ARGOCD,
    ),
    "AO005": Rule(
        "Bundles of one Application that differ",
        ERROR,
        "With resource waves the bundles of a node share an Application, which has one value of "
        "each option.",
        "Write the same value in both, or use ordering: waves.",
        _ARGOCD,
    ),
    "AO006": Rule(
        "Nodes that wait for each other",
        ERROR,
        "With resource waves whole nodes wait for each other, and these do so in a circle.",
        "Put the bundles into one umbrella.",
        _ARGOCD,
    ),
    "AO007": Rule(
        "Dependency between nodes",
        WARNING,
        "Resource waves order the bundles of one node in every sync, but nodes only at the first "
        "roll-out.",
        "Put both into one umbrella, or use ordering: progressive.",
        _ARGOCD,
    ),
    "AO008": Rule(
        "Wave that waits for somebody",
        WARNING,
        "An Application without automated sync is not healthy until somebody syncs it, and what "
        "depends on it waits.",
        "Switch automated sync on, or set gitops.argocd.healthRequiresSync: false.",
        _ARGOCD,
    ),
    "AO009": Rule(
        "Waves without the health of Applications",
        WARNING,
        "Since Argo CD 1.8 an Application has no health in its parent unless argocd-cm tells it, "
        "so waves don't wait.",
        "Apply the patch that `kure-hooks bootstrap --argocd-health` prints, and set "
        "gitops.argocd.healthConfigured: true.",
        _ARGOCD,
    ),
    "AO010": Rule(
        "Options of no ApplicationSet",
        ERROR,
        "Only ordering: progressive writes an ApplicationSet, and a difference that it ignores "
        "names fields.",
        "Use ordering: progressive, or delete the option.",
        _ARGOCD,
    ),
    "AO011": Rule(
        "Release among resource waves",
        ERROR,
        "With resource waves the Application of a release has no place between the objects.",
        "Use ordering: waves or progressive.",
        _ARGOCD,
    ),
    "AO012": Rule(
        "Wave written by hand",
        ERROR,
        "The wave of an Application follows from dependsOn.",
        "Delete the annotation and write dependsOn.",
        _ARGOCD,
    ),
    "AO013": Rule(
        "Payload that can't be put into waves",
        ERROR,
        "Resource waves are annotations on the objects of all bundles of a node, and nothing is "
        "written into a payload that exists.",
        "Give the bundle a node of its own, or use ordering: waves.",
        _ARGOCD,
    ),
    "AO014": Rule(
        "Wave before what it waits for",
        ERROR,
        "A bundle's own wave is not after the waves of the bundles that it depends on, so that its "
        "Application is synced too early; or the ordering has no waves.",
        "Raise the wave, or leave it out: it follows from dependsOn.",
        _ARGOCD,
    ),
}
"""AO: the order of Argo CD."""
