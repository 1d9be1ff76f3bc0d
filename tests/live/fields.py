"""A fleet whose bundles have one field each that decides what Flux does with their objects."""

from pathlib import Path
from typing import Any

import yaml

from tests.live.flux import NAMESPACE
from tests.live.shapes import Mapped, bundle, manifests, namespaces, stack, workload

SEALED = Path(__file__).with_name("sealed.yaml").read_text()
SEALED_FOR = "AGE-SECRET-KEY-16UA3GWK7TL67HN203SD8G63RU78FP8U8ZK99WHPK2Z5HD8KTUAEQGDGUKN"
"""The key of sealed.yaml, which SOPS encrypted for this suite and nothing else."""

COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
labels: [{pairs: {example.com/component: "yes"}}]
"""
FILES = {
    "apps/sealed.yaml": SEALED,
    "apps/unsealed.yaml": SEALED.replace("name: sealed", "name: unsealed"),
    "components/labels/kustomization.yaml": COMPONENT,
}
_TOOL = "kustomize.toolkit.fluxcd.io"


def config(name: str, namespace: str = "web", **fields: Any) -> Mapped:
    """Return a ConfigMap; `annotations` and `finalizers` are for its metadata."""
    kept = {part: fields.pop(part) for part in ("annotations", "finalizers") if part in fields}
    meta = {"name": name, "namespace": namespace, **kept}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, **fields}


def annotated(name: str, what: str, value: str, **fields: Any) -> Mapped:
    """Return a ConfigMap with an annotation of Flux."""
    return config(name, annotations={f"{_TOOL}/{what}": value}, **fields)


def of(name: str, *objects: Mapped, needs: tuple[str, ...] = ("base",), **fields: Any) -> Mapped:
    """Return a bundle of these objects that needs the namespaces."""
    return bundle(name, manifests(name, *objects), needs=needs, **fields)


def _access() -> list[Mapped]:
    """Return an account that may do everything in one namespace."""
    group = "rbac.authorization.k8s.io"
    about = {"name": "applier", "namespace": "web"}
    rule = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    reference = {"apiGroup": group, "kind": "Role", "name": "applier"}
    account = {"kind": "ServiceAccount", "name": "applier", "namespace": NAMESPACE}
    binding = {"metadata": about, "roleRef": reference, "subjects": [account]}
    return [
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": about, "rules": [rule]},
        {"apiVersion": f"{group}/v1", "kind": "RoleBinding", **binding},
    ]


def _given() -> Mapped:
    return manifests("given", *_access(), _VARIABLES)


_VARIABLES = config("variables", NAMESPACE, data={"region": "eu", "cluster": "overridden"})
_TEXT = "${cluster} ${region} ${size:=small} $${kept}"
_SLOW = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "slow", "namespace": "web"}
_DONE = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "current": "has(data.phase) && data.phase == 'done'",
    "inProgress": "!has(data.phase)",
}


def _waiting() -> list[Mapped]:
    """Return bundles that are ready when something is, and those that wait for them."""
    return [
        bundle(
            "checked",
            workload("slow"),
            workload("never"),
            needs=["base"],
            healthChecks=[_SLOW],
            timeout="30s",
        ),
        of("after-checked", config("after-checked"), needs=("checked",)),
        of(
            "eager",
            config("eager"),
            needs=({"name": "checked", "readyExpr": "dep.metadata.generation > 0"},),  # type: ignore[arg-type]
        ),
        of(
            "expressed",
            config("gate", data={"mine": "yes"}),
            wait=True,
            timeout="30s",
            healthCheckExprs=[_DONE],
        ),
        of("after-expressed", config("after-expressed"), needs=("expressed",)),
        bundle("late", workload("late"), needs=["base"], wait=True, timeout="2s"),
        of("after-late", config("after-late"), needs=("late",)),
        bundle("unwaited", workload("unwaited"), needs=["base"]),
        of("remote", config("remote"), kubeConfig={"secretRef": {"name": "remote"}}),
    ]


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
        of(
            "undefined",
            config("undefined", data={"text": "${nowhere}"}),
            postBuild={
                "substitute": {"cluster": "live"},
                "substituteFrom": [{"kind": "ConfigMap", "name": "outside", "optional": True}],
            },
        ),
        of("targeted", config("targeted"), targetNamespace="shop"),
        of("untargeted", config("targeted")),
        bundle(
            "decorated",
            workload("front"),
            needs=["base"],
            description="For readers",
            labels={"example.com/team": "shop"},
            flux={"labels": {"example.com/only": "unit"}},
            namePrefix="a-",
            nameSuffix="-z",
            images=[{"name": "example.com/main", "newTag": "2.0"}],
            components=["../../../components/labels", "../../../components/absent"],
            ignoreMissingComponents=True,
            patches=[
                {
                    "target": {"kind": "Deployment"},
                    "patch": "- {op: add, path: /spec/paused, value: true}",
                }
            ],
            commonMetadata={"labels": {"example.com/common": "yes"}},
            buildMetadata=["originAnnotations"],
            gitops={
                "patches": [
                    {
                        "target": {"kind": "Kustomization"},
                        "patch": "- {op: add, path: /metadata/annotations, value: {patched: here}}",
                    }
                ]
            },
        ),
        bundle("sealed", _sealed("sealed"), needs=["base"]),
        bundle(
            "unsealed",
            _sealed("unsealed"),
            needs=["base"],
            decryption={"provider": "sops", "secretRef": {"name": "age"}},
        ),
    ]


def _sealed(name: str) -> Mapped:
    return {"name": name, "kind": "Manifests", "spec": {"files": [f"../apps/{name}.yaml"]}}


def _kept(step: int) -> list[Mapped]:
    """Return bundles whose objects go, one with step 2, all that is left with step 3."""
    policies: dict[str, Mapped] = {
        "mirrored": {},
        "unpruned": {"prune": False},
        "orphaned": {"deletionPolicy": "Orphan"},
        "cascading": {"prune": False, "deletionPolicy": "Delete"},
        "awaited": {"deletionPolicy": "WaitForTermination", "timeout": "1m"},
        "halting": {"suspend": step > 1},
    }
    found = []
    for name, fields in policies.items():
        # What is suspended by the commit that changes it may be changed first.
        at = 1 if name == "halting" else step
        objects = [config(name, data={"step": str(at)})]
        if name == "awaited":
            objects[0]["metadata"]["finalizers"] = ["example.com/hold"]
        if at == 1:
            objects.append(config(f"{name}-gone"))
            objects.append(annotated(f"{name}-held", "prune", "disabled"))
        found.append(of(name, *objects, **fields))
    return found if step < 3 else []


def _changed(step: int) -> list[Mapped]:
    """Return bundles whose objects change with step 2, in a way that some can't."""
    data = {"step": str(step)}
    return [
        of("forced", config("forced", immutable=True, data=data), force=True),
        of("unforced", config("unforced", immutable=True, data=data)),
        of("forcing", annotated("forcing", "force", "enabled", immutable=True, data=data)),
        of(
            "shared",
            annotated("once", "ssa", "IfNotPresent", data=data),
            annotated("merged", "ssa", "Merge", data=data),
            config("taken", data=data),
            annotated("ignored", "ssa", "Ignore", data=data),
            annotated("unreconciled", "reconcile", "disabled", data=data),
        ),
        of("suspended", config("suspended"), suspend=step == 1),
        of("drifting", config("drifting", data={"level": "mine"}), interval="4s"),
        of("hourly", config("hourly", data={"level": "mine"})),
        of(
            "left",
            config("left", data={"level": "mine", "other": "mine"}),
            interval="4s",
            ignore=[{"paths": ["/data/level"]}],
        ),
        of("account", config("account"), serviceAccountName="applier"),
        of("stranger", config("stranger"), serviceAccountName="stranger"),
    ]


def fleet(step: int) -> dict[str, str]:
    """Return the repository at a step from 1 to 3."""
    bundles = [
        bundle(
            "base",
            namespaces("web", "shop"),
            manifests("access", *_access(), _VARIABLES),
            wait=True,
        ),
        *_waiting(),
        *_built(),
        *_kept(step),
        *_changed(step),
    ]
    return stack("flux", *bundles, gitops={"flux": {"retryInterval": "2s"}}, files=FILES)


def beforehand(kubeconfig: str) -> tuple[list[Mapped], list[Mapped]]:
    """Return what people have applied before anything is synced, and what they add later."""
    early = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}},
        *(config(name, data={"theirs": "yes"}) for name in ("merged", "taken")),
        _secret("age", "age.agekey", SEALED_FOR),
    ]
    return early, [_secret("remote", "value", kubeconfig)]


def _secret(name: str, key: str, text: str) -> Mapped:
    meta = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {key: text}}


def inline(kubeconfig: Path) -> str:
    """Return a kubeconfig with the certificate in it, as Flux wants one."""
    import base64  # noqa: PLC0415

    settings_of = yaml.safe_load(kubeconfig.read_text())
    server = settings_of["clusters"][0]["cluster"]
    authority = Path(server.pop("certificate-authority")).read_bytes()
    server["certificate-authority-data"] = base64.b64encode(authority).decode()
    return yaml.safe_dump(settings_of)
