"""Lint finds each mistake that the reference's own trees have, on a small tree of the same shape.

The numbers are those of the list of mistakes; those that never reach a tree are left out.
"""

import pytest

from kure_hooks.lint.running import run
from tests.support.linting import SYNC, config_map, document, fleet, kustomization, model

PROD = "clusters/prod"
HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


def listing(*entries):
    return HEAD + "resources:" + "".join(f"\n  - {entry}" for entry in entries) + "\n"


def on(*names):
    return [{"name": name} for name in names]


def application(name, path, **spec):
    fields = {
        "project": "default",
        "source": {"repoURL": "https://git.example.com/acme/fleet.git", "path": path},
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
        **spec,
    }
    fields = {key: value for key, value in fields.items() if value is not None}
    return document("argoproj.io/v1alpha1", "Application", name, "argocd", spec=fields)


def instance(**changes):
    sync = {
        "kind": "GitRepository",
        "url": "https://git.example.com/a.git",
        "path": "clusters/prod",
    }
    fields = {"distribution": {"version": "", "registry": ""}, "sync": sync | {"ref": "main"}}
    return {
        f"{PROD}/flux.yaml": document(
            "fluxcd.controlplane.io/v1",
            "FluxInstance",
            changes.get("name", "flux-system"),
            "flux-system",
            spec=fields,
        )
    }


def files_of_f10():
    """A kustomization.yaml names a file of a child that lies elsewhere."""
    files = fleet(kustomization("web"))
    files["apps/web/kustomization.yaml"] = listing("flux-system-kustomization-db.yaml")
    return files


def files_of_f11():
    """The object that applies a directory lies in that directory alone."""
    files = fleet(kustomization("web"))
    files["bundles/db/db.yaml"] = kustomization("db", "./bundles/db")
    files["bundles/db/config.yaml"] = config_map("db")
    return files


def files_of_f12():
    """The root takes in the directory of a bundle and the object that applies it again."""
    files = fleet(kustomization("web"), web=config_map("web").replace("value", "other"))
    files[f"{PROD}/kustomization.yaml"] = listing("flux-system", "web.yaml", "../../apps/web")
    files[f"{PROD}/flux-system/kustomization.yaml"] = listing("gotk-sync.yaml")
    files["apps/web/kustomization.yaml"] = listing("manifests.yaml")
    return files


def files_of_f13():
    """The directory has files that its kustomization.yaml does not list."""
    files = fleet(kustomization("web"))
    files["apps/web/kustomization.yaml"] = HEAD + "resources:\n"
    return files


def files_of_f22():
    """An object of Flux is written to kustomization.yaml."""
    files = fleet(kustomization("web"))
    files["apps/web/kustomization.yaml"] = kustomization("db", "./apps/web")
    return files


def files_of_f24():
    """Two applications write the same object into one directory."""
    files = fleet(kustomization("web"))
    files["apps/web/other.yaml"] = config_map("web")
    files["apps/web/kustomization.yaml"] = listing("manifests.yaml", "other.yaml")
    return files


def files_of_f31():
    """The source has another name than the Kustomization says."""
    files = fleet(kustomization("web"))
    path = f"{PROD}/flux-system/gotk-sync.yaml"
    files[path] = SYNC.replace("metadata:\n  name: flux-system", "metadata:\n  name: demo", 1)
    return files


def files_of_f32():
    """The bootstrap makes an OCIRepository, and the Kustomization names a GitRepository."""
    files = fleet(kustomization("web"))
    path = f"{PROD}/flux-system/gotk-sync.yaml"
    files[path] = SYNC.replace("kind: GitRepository\nmetadata", "kind: OCIRepository\nmetadata", 1)
    return files


def argo(*applications):
    files = {"root.yaml": application("root", "argocd"), "apps/web/web.yaml": config_map("web")}
    for number, text in enumerate(applications):
        files[f"argocd/{number}.yaml"] = text
    return files


CASES = {
    "F1 a path that is the names of bundles": (
        fleet(kustomization("web", "./networking"), web=config_map("web")),
        "FX001",
    ),
    "F2 the same for Argo CD": (argo(application("web", "apps/networking")), "AR002"),
    "F10 a reference to a file that is elsewhere": (files_of_f10(), "KZ001"),
    "F11 an object in its own payload": (files_of_f11(), "FX012"),
    "F12 a payload with two owners": (files_of_f12(), "FX011"),
    "F13 files that nothing lists": (files_of_f13(), "KZ003"),
    "F15 health checks beside wait": (
        fleet(kustomization("web", wait=True, healthChecks=on("web"))),
        "FX009",
    ),
    "F16 an umbrella that applies itself": (
        fleet(kustomization("web", "./clusters/prod"), kustomization("db")),
        "FX011",
    ),
    "F22 an object in the file of kustomize": (files_of_f22(), "KZ001"),
    "F24 an object twice in a directory": (files_of_f24(), "KZ002"),
    "F26 a dependency on nothing": (fleet(kustomization("web", dependsOn=on("gone"))), "FX003"),
    "F26 a dependency on itself": (fleet(kustomization("web", dependsOn=on("web"))), "FX004"),
    "F31 a source of another name": (files_of_f31(), "FX005"),
    "F32 a source of another kind": (files_of_f32(), "FX005"),
    "F33 an instance that the operator refuses": (instance(), "FX019"),
    "F37 a deadlock through a third": (
        fleet(
            kustomization("top", wait=True, dependsOn=on("other")),
            kustomization("other", dependsOn=on("child")),
            top=kustomization("child"),
            child=config_map("child"),
        ),
        "FX004",
    ),
    "F39 dependencies that Argo CD has not": (
        argo(application("web", "apps/web", dependencies=["db"])),
        "AR011",
    ),
    "F41 an application without a project": (
        argo(application("web", "apps/web", project=None)),
        "AR004",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_mistake_is_found(case):
    files, rule = CASES[case]
    told = run(model(files, origin="https://git.example.com/acme/fleet.git"))
    assert rule in {finding.rule for finding in told}, [str(finding) for finding in told]
