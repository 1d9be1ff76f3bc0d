"""A fleet whose bundles have one field each that decides what Argo CD does with their objects."""

from tests.live.fields import COMPONENT, annotated, config, of
from tests.live.flux import NAMESPACE as FLUX
from tests.live.shapes import URL, Mapped, bundle, manifests, namespaces, stack, workload

SERVER = "https://kubernetes.default.svc"
_EVERYWHERE = {"destinations": [{"server": SERVER, "namespace": "*"}]}
"""With it the project is no reason for objects to stay; that is shown in test_projects.py."""

_TEXT = "${cluster} ${region} ${size:=small} $${kept}"
_APPLICATION = "- {op: add, path: /metadata/annotations/patched, value: here}"


def _built() -> list[Mapped]:
    """Return bundles whose objects are changed before they are applied."""
    return [
        of(
            "substituted",
            config("substituted", data={"text": _TEXT}),
            annotated("verbatim", "substitute", "disabled", data={"text": "${cluster}"}),
            postBuild={
                "substitute": {"cluster": "live"},
                "substituteFrom": [{"kind": "ConfigMap", "name": "variables"}],
            },
        ),
        of("targeted", config("targeted"), targetNamespace="shop"),
        of("homes", config("first", "made-one"), config("second", "made-two")),
        bundle(
            "decorated",
            workload("front"),
            needs=["base"],
            description="For readers",
            labels={"example.com/team": "shop"},
            argocd={"labels": {"example.com/only": "unit"}, "revisionHistoryLimit": 3},
            flux={"labels": {"example.com/flux": "unit"}},
            namePrefix="a-",
            nameSuffix="-z",
            images=[{"name": "example.com/main", "newTag": "2.0"}],
            components=["../../../components/labels", "../../../components/absent"],
            ignoreMissingComponents=True,
            patches=[
                {
                    "target": {"kind": "Deployment"},
                    "patch": "- {op: add, path: /spec/revisionHistoryLimit, value: 3}",
                }
            ],
            commonMetadata={"labels": {"example.com/common": "yes"}},
            gitops={"patches": [{"target": {"kind": "Application"}, "patch": _APPLICATION}]},
        ),
        of(
            "sourced",
            config("sourced"),
            sourceRef={"kind": "GitRepository", "name": "own", "url": URL, "branch": "main"},
        ),
        of("retrying", config("retrying", "later"), retryInterval="3s"),
    ]


def _failing(step: int) -> list[Mapped]:
    """Return a bundle that fails until it is removed with step 3."""
    return [of("stuck", config("stuck", "never"), retryInterval="3s")] if step < 3 else []


def _kept(step: int) -> list[Mapped]:
    """Return bundles whose objects go, one with step 2, all that is left with step 3."""
    policies: dict[str, Mapped] = {
        "mirrored": {},
        "unpruned": {"prune": False},
        "orphaned": {"deletionPolicy": "Orphan"},
        "cascading": {"prune": False, "deletionPolicy": "Delete"},
        "halting": {"suspend": step > 1},
    }
    found = []
    for name, options in policies.items():
        objects = [config(name, data={"step": str(step)})]
        if step == 1:
            objects.append(config(f"{name}-gone"))
            objects.append(annotated(f"{name}-held", "prune", "disabled"))
        found.append(of(name, *objects, **options))
    return found if step < 3 else []


def _changed(step: int) -> list[Mapped]:
    """Return bundles that change with step 2."""
    data = {"step": str(step)}
    unhealed = {"syncPolicy": {"automated": {"selfHeal": False}}}
    found = [
        of(
            "forced",
            config("forced", immutable=True, data=data),
            force=True,
            argocd={"force": True},
        ),
        of(
            "shared",
            annotated("merged", "ssa", "Merge", data=data),
            config("taken", data=data),
            annotated("ignored", "ssa", "Ignore", data=data),
            annotated("unreconciled", "reconcile", "disabled", data=data),
        ),
        of("suspended", config("suspended"), suspend=step == 1),
        of("drifting", config("drifting", data={"level": "mine"})),
        of("unhealed", config("unhealed", data={"level": "mine", **data}), argocd=unhealed),
        of(
            "left",
            config("left", data={"level": "mine", "other": "mine"}),
            ignore=[{"paths": ["/data/level"]}],
        ),
        of("moving", config("moving"), argocd={"project": "default"} if step > 1 else {}),
    ]
    return [*found, of("added", config("added"))] if step > 1 else found


def _bundles(step: int) -> list[Mapped]:
    variables = config("variables", FLUX, data={"region": "eu", "cluster": "overridden"})
    base = bundle("base", namespaces("web", "shop", FLUX), manifests("variables", variables))
    return [base, *_built(), *_failing(step), *_kept(step), *_changed(step)]


def units(step: int) -> set[str]:
    """Return the names of the Applications at a step, with the root."""
    return {"live-root", *(each["name"] for each in _bundles(step))}


def fleet(step: int) -> dict[str, str]:
    """Return the repository at a step from 1 to 3."""
    gitops = {
        "createNamespaces": True,
        "externalNamespaces": ["later", "never"],
        "argocd": {"projectSpec": _EVERYWHERE},
    }
    files = {"components/labels/kustomization.yaml": COMPONENT}
    return stack("argocd", *_bundles(step), gitops=gitops, files=files)


def beforehand() -> list[Mapped]:
    """Return what people have applied before anything is synced."""
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}},
        *(config(name, data={"theirs": "yes"}) for name in ("merged", "taken")),
    ]
