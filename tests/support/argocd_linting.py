"""Small repositories of Argo CD: a root Application that brings the others from apps/."""

import yaml

from tests.support.linting import config_map, document

URL = "https://git.example.com/acme/fleet.git"
HERE = {"server": "https://kubernetes.default.svc", "namespace": "shop"}
FINALIZER = "resources-finalizer.argocd.argoproj.io"
HEALTH = "resource.customizations.health.argoproj.io_Application"
LUA = """\
if obj.status.sync.status ~= "Synced" or obj.status.sync.comparedTo == nil then
  return { status = "Progressing" }
end
return { status = obj.status.health.status }
"""


def application(name, path=None, metadata=None, source=None, **spec):
    """Return an Application of the directory manifests/NAME; None removes a field of its spec."""
    usual = {"repoURL": URL, "path": path or f"manifests/{name}", "targetRevision": "main"}
    fields = {
        "project": "default",
        "source": usual | (source or {}),
        "destination": HERE,
        "syncPolicy": {"automated": {"prune": True, "selfHeal": True}},
        **spec,
    }
    fields["source"] = {k: v for k, v in (fields["source"] or {}).items() if v is not None} or None
    fields["source"] = None if "sources" in spec else fields["source"]
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": "argocd", "finalizers": [FINALIZER]}
        | (metadata or {}),
        "spec": {key: value for key, value in fields.items() if value is not None},
    }
    return yaml.safe_dump(manifest, sort_keys=False)


def in_wave(wave, **annotations):
    """Return the metadata of an object in a wave."""
    return {"annotations": {"argocd.argoproj.io/sync-wave": wave, **annotations}}


def application_set(name, template, generators=None, **spec):
    """Return an ApplicationSet with the spec of an Application as its template."""
    body = yaml.safe_load(template)
    head = {
        key: body["metadata"][key] for key in ("name", "annotations") if key in body["metadata"]
    }
    fields = {
        "goTemplate": True,
        "generators": generators or [{"list": {"elements": [{"name": "a"}]}}],
        "template": {"metadata": head, "spec": body["spec"]},
        **spec,
    }
    return document("argoproj.io/v1alpha1", "ApplicationSet", name, "argocd", spec=fields)


def project(name, **spec):
    return document("argoproj.io/v1alpha1", "AppProject", name, "argocd", spec=spec)


def settings(**data):
    return document("v1", "ConfigMap", "argocd-cm", "argocd", data=data or {"timeout": "1m"})


def argocd(*objects, root=None, **directories):
    """Return a repository whose root Application brings the objects of apps/, a file for each.

    Applications of manifests/NAME get a ConfigMap there. `directories` are the contents of
    manifests/NAME/manifests.yaml, and `root` is another root Application.
    """
    files = {"bootstrap/root.yaml": root or application("root", "apps")}
    for text in objects:
        manifest = yaml.safe_load(text)
        name = f"{manifest['metadata']['name']}-{manifest['kind'].lower()}"
        files[f"apps/{name}.yaml"] = text
        path = manifest.get("spec", {}).get("source", {}).get("path", "")
        if path == f"manifests/{manifest['metadata']['name']}":
            files[f"{path}/manifests.yaml"] = config_map(manifest["metadata"]["name"], "shop")
    for name, text in directories.items():
        files[f"manifests/{name.replace('_', '-')}/manifests.yaml"] = text
    return files
