"""Random trees of kustomizations: bases, overlays and components that use nearly every field."""

import json
from random import Random
from typing import Any

import yaml

Files = dict[str, str]

_NAMES = ("web", "api", "db", "cache", "job")
_NAMESPACES = ("", "", "shop", "default", "tools")
_LABELS = ("app", "tier", "team/owner")
_IMAGES = (
    "nginx",
    "nginx:1.25",
    "ghcr.io/acme/web:v1",
    "redis@sha256:0000",
    "host:5000/api:1.2@sha256:ab",
)


class Forest:
    """Makes one tree of files from a number."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - test data
        self.files: Files = {}
        self.names: tuple[str, ...] = _NAMES
        self.known: list[str] = []

    def chance(self, share: float) -> bool:
        """Tell whether something happens that does so in a share of all cases."""
        return self.random.random() < share

    def grow(self) -> tuple[Files, list[str]]:
        """Return the files, and the directories that are to be built."""
        bases = []
        for number in range(self.random.randint(1, 3)):
            if number and self.chance(0.9):
                self.names = tuple(f"{name}{number}" for name in _NAMES)
            bases.append(self._base(f"base{number}"))
        components = [self._component(f"component{number}") for number in range(2)]
        overlays: list[str] = []
        for number in range(self.random.randint(1, 3)):
            known = [*bases, *overlays]
            self.names = tuple(f"{name}-own{number}" for name in _NAMES)
            overlays.append(self._overlay(f"overlay{number}", known, components))
        return self.files, [*bases, *overlays]

    def _write(self, path: str, value: Any) -> None:
        documents = value if isinstance(value, list) else [value]
        self.files[path] = yaml.safe_dump_all(documents, sort_keys=False)

    def _base(self, directory: str) -> str:
        objects = self._objects()
        cut = self.random.randint(0, len(objects))
        entries = []
        for name, part in (("a.yaml", objects[:cut]), ("b.yaml", objects[cut:])):
            if part and self.chance(0.2):
                part = [{"apiVersion": "v1", "kind": "List", "items": part}]  # noqa: PLW2901
            if part or self.chance(0.5):
                self._write(f"{directory}/{name}", part)
                entries.append(name)
        fields = {"resources": entries, **self._fields(directory, objects, 0.2)}
        if self.chance(0.3):
            fields["configMapGenerator"] = [self._generator(directory)]
        if self.chance(0.2):
            fields["secretGenerator"] = [self._generator(directory)]
        self._write(f"{directory}/kustomization.yaml", self._headed(fields, "Kustomization"))
        return directory

    def _headed(self, fields: dict[str, Any], kind: str) -> dict[str, Any]:
        if kind == "Component" or self.chance(0.5):
            version = "v1alpha1" if kind == "Component" else "v1beta1"
            return {"apiVersion": f"kustomize.config.k8s.io/{version}", "kind": kind, **fields}
        return fields

    def _overlay(self, directory: str, known: list[str], components: list[str]) -> str:
        objects = self._objects()[:2] if self.chance(0.5) else []
        entries = [
            f"../{name}"
            for name in self.random.sample(known, self.random.randint(1, min(2, len(known))))
        ]
        if objects:
            self._write(f"{directory}/own.yaml", objects)
            entries.append("own.yaml")
        fields = {"resources": entries, **self._fields(directory, objects, 0.35)}
        if self.chance(0.4):
            chosen = self.random.sample(components, self.random.randint(1, 2))
            fields["components"] = [f"../{name}" for name in chosen]
        if self.chance(0.3):
            generator = self._generator(directory)
            if self.chance(0.5):
                generator["behavior"] = self.random.choice(["merge", "replace"])
            fields["configMapGenerator"] = [generator]
        self._write(f"{directory}/kustomization.yaml", self._headed(fields, "Kustomization"))
        return directory

    def _component(self, directory: str) -> str:
        fields = self._fields(directory, [], 0.3)
        if self.chance(0.3):
            fields["configMapGenerator"] = [{"name": f"of-{directory}", "literals": ["a=b"]}]
        if self.chance(0.3):
            config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": directory}}
            self._write(f"{directory}/config.yaml", config)
            fields["resources"] = ["config.yaml"]
        self._write(f"{directory}/kustomization.yaml", self._headed(fields, "Component"))
        return directory

    # Fields

    def _fields(self, directory: str, objects: list[Any], share: float) -> dict[str, Any]:
        makers = {
            "namespace": lambda: self.random.choice(["shop", "prod"]),
            "namePrefix": lambda: self.random.choice(["dev-", "x-"]),
            "nameSuffix": lambda: "-v2",
            "commonLabels": self._texts,
            "labels": lambda: [self._label()],
            "commonAnnotations": self._texts,
            "images": lambda: [self._image() for _ in range(self.random.randint(1, 2))],
            "replicas": lambda: [{"name": self.random.choice(self.known or _NAMES), "count": 3}],
            "patches": lambda: [self._patch(directory) for _ in range(self.random.randint(1, 3))],
        }
        del objects
        rare = {"replicas": 0.3, "namespace": 0.8}
        return {
            key: make() for key, make in makers.items() if self.chance(share * rare.get(key, 1))
        }

    def _texts(self) -> dict[str, str]:
        return {self.random.choice(_LABELS): self.random.choice(["one", "2", "true"])}

    def _label(self) -> dict[str, Any]:
        label: dict[str, Any] = {"pairs": self._texts()}
        for key in ("includeSelectors", "includeTemplates", "includeVolumeClaimTemplates"):
            if self.chance(0.3):
                label[key] = self.chance(0.7)
        if self.chance(0.1):
            label["fields"] = [{"path": "spec/extra/labels", "create": True, "kind": "Widget"}]
        return label

    def _image(self) -> dict[str, Any]:
        image = {
            "name": self.random.choice(["nginx", "ghcr.io/acme/web", "redis", "host:5000/api"])
        }
        changes = {"newName": "mirror/x", "newTag": "v9", "digest": "sha256:cd"}
        return image | {key: text for key, text in changes.items() if self.chance(0.5)}

    def _generator(self, directory: str) -> dict[str, Any]:
        generator: dict[str, Any] = {"name": self.random.choice(["settings", "extra"])}
        if self.chance(0.7):
            generator["literals"] = ["key=value", "quoted='a <b> & c'"]
        if self.chance(0.4):
            self.files[f"{directory}/data.txt"] = "text é\n"
            generator["files"] = ["data.txt", "renamed=data.txt"]
        if self.chance(0.3):
            self.files[f"{directory}/vars.env"] = "# none\nA=1\n\nB\n  C = 2\n"
            generator["envs"] = ["vars.env"]
        if self.chance(0.2):
            generator["namespace"] = "shop"
        if self.chance(0.4):
            generator["options"] = self.random.choice(
                [
                    {"disableNameSuffixHash": True},
                    {"labels": {"made": "yes"}, "annotations": {"by": "us"}},
                    {"immutable": True},
                ]
            )
        return generator

    def _patch(self, directory: str) -> dict[str, Any]:
        kind = self.random.choice(["Deployment", "Service", "ConfigMap", "Widget", "StatefulSet"])
        name = self.random.choice(self.known or _NAMES)
        target: dict[str, str] = {"kind": kind}
        if self.chance(0.5):
            target["name"] = self.random.choice([name, ".*", "w.*|api"])
        if self.chance(0.2):
            target["labelSelector"] = self.random.choice(["app=web", "tier", "app notin (web)"])
        if self.chance(0.4):
            return {"target": target, "patch": json.dumps(self._operations())}
        merge = self._merge(kind, name)
        patch: dict[str, Any] = {"patch": yaml.safe_dump(merge)}
        if self.chance(0.9):
            patch["target"] = target
        if self.chance(0.2):
            path = f"patch{len(self.files)}.yaml"
            self._write(f"{directory}/{path}", merge)
            del patch["patch"]
            patch["path"] = path
        return patch

    def _operations(self) -> list[dict[str, Any]]:
        return self.random.sample(
            [
                {"op": "add", "path": "/metadata/annotations/added", "value": "yes"},
                {"op": "add", "path": "/metadata/labels", "value": {"app": "patched"}},
                {"op": "replace", "path": "/spec", "value": {"replicas": 7}},
                {"op": "add", "path": "/spec/extra", "value": {"list": [1, 2.5, True, None]}},
                {"op": "test", "path": "/apiVersion", "value": "apps/v1"},
                {"op": "replace", "path": "/metadata/name", "value": "renamed"},
            ],
            self.random.choice([1, 1, 1, 2]),
        )

    def _merge(self, kind: str, name: str) -> dict[str, Any]:
        version = {"Deployment": "apps/v1", "StatefulSet": "apps/v1", "Widget": "acme.io/v1"}
        head: dict[str, Any] = {
            "apiVersion": version.get(kind, "v1"),
            "kind": kind,
            "metadata": {"name": name},
        }
        pod = {"spec": {"template": {"spec": self._pod_patch()}}}
        bodies: list[dict[str, Any]] = [
            {"metadata": {"name": name, "labels": {"app": "merged", "tier": None}}},
            {"metadata": {"name": name, "annotations": {"note": "1"}}},
            {"spec": {"replicas": 5, "paused": None}},
            {"spec": {"strategy": {"$patch": "replace", "type": "Recreate"}}},
            {"data": {"key": "new"}},
            {"$patch": "delete"},
            {"spec": {"selector": None}},
            {"spec": {"ports": [{"port": 80, "targetPort": 9000}]}},
        ]
        if kind in ("Deployment", "StatefulSet"):
            bodies += [pod, pod, pod]
        return {**head, **self.random.choice(bodies)}

    def _pod_patch(self) -> dict[str, Any]:
        changes: dict[str, Any] = {
            "image": "patched:1",
            "env": [{"name": "A", "value": "patched"}, {"name": "NEW", "value": "1"}],
            "args": ["--new"],
            "ports": [{"containerPort": 8080, "name": "http"}],
            "volumeMounts": [{"name": "config", "mountPath": "/etc/new"}],
        }
        container = {"name": self.random.choice(["main", "side"])}
        container |= {key: value for key, value in changes.items() if self.chance(0.3)}
        spec: dict[str, Any] = {"containers": [container]}
        if self.chance(0.2):
            spec["volumes"] = [{"name": "config", "emptyDir": {}}]
        if self.chance(0.2):
            spec["tolerations"] = [{"key": "a", "operator": "Exists"}]
        if self.chance(0.1):
            spec["containers"] = [{"name": "side", "$patch": "delete"}]
        return spec

    # Objects

    def _objects(self) -> list[dict[str, Any]]:
        makers = [
            self._workload, self._workload, self._service, self._config, self._widget,
            self._namespace, self._binding, self._ingress, self._autoscaler, self._cron_job,
            self._definition, self._claim, self._policy, self._webhook,
        ]  # fmt: skip
        objects: dict[tuple[str, ...], dict[str, Any]] = {}
        for make in self.random.sample(makers, self.random.randint(2, 7)):
            made = make()
            metadata = made["metadata"]
            space = metadata.get("namespace") or "default"
            objects[made["apiVersion"], made["kind"], space, metadata["name"]] = made
        return list(objects.values())

    def _head(
        self, version: str, kind: str, name: str = "", *, spaced: bool = True
    ) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": name or self.random.choice(self.names)}
        self.known.append(metadata["name"])
        if spaced and (space := self.random.choice(_NAMESPACES)):
            metadata["namespace"] = space
        if self.chance(0.5):
            metadata["labels"] = {"app": metadata["name"]}
        if self.chance(0.2):
            metadata["annotations"] = {"note": "x"}
        return {"apiVersion": version, "kind": kind, "metadata": metadata}

    def _pod(self) -> dict[str, Any]:
        container: dict[str, Any] = {"name": "main", "image": self.random.choice(_IMAGES)}
        config = self.random.choice(["settings", "extra", "web", "of-component0"])
        if self.chance(0.5):
            container["env"] = [
                {"name": "A", "value": "1"},
                {"name": "B", "valueFrom": {"configMapKeyRef": {"name": config, "key": "key"}}},
            ]
        if self.chance(0.4):
            container["envFrom"] = [
                {"configMapRef": {"name": config}},
                {"secretRef": {"name": config}},
            ]
        if self.chance(0.3):
            container["ports"] = [
                {"containerPort": 8080},
                {"containerPort": 53, "protocol": "UDP"},
            ]
        spec: dict[str, Any] = {"containers": [container]}
        if self.chance(0.3):
            spec["containers"].append({"name": "side", "image": self.random.choice(_IMAGES)})
        if self.chance(0.3):
            spec["volumes"] = [
                {"name": "config", "configMap": {"name": config}},
                {"name": "more", "projected": {"sources": [{"secret": {"name": config}}]}},
            ]
        if self.chance(0.2):
            spec["serviceAccountName"] = self.random.choice(self.names)
        if self.chance(0.2):
            spec["topologySpreadConstraints"] = [
                {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "web"}}}
            ]
        return {"metadata": {"labels": {"app": "web"}}, "spec": spec}

    def _workload(self) -> dict[str, Any]:
        kind = self.random.choice(["Deployment", "Deployment", "StatefulSet", "DaemonSet"])
        made = self._head("apps/v1", kind)
        spec: dict[str, Any] = {
            "selector": {"matchLabels": {"app": "web"}},
            "template": self._pod(),
        }
        if kind != "DaemonSet" and self.chance(0.5):
            spec["replicas"] = 1
        if kind == "StatefulSet":
            spec["serviceName"] = self.random.choice(self.names)
            if self.chance(0.5):
                spec["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": {}}]
        return {**made, "spec": spec}

    def _cron_job(self) -> dict[str, Any]:
        made = self._head("batch/v1", "CronJob")
        return {**made, "spec": {"jobTemplate": {"spec": {"template": self._pod()}}}}

    def _service(self) -> dict[str, Any]:
        spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
        return {**self._head("v1", "Service"), "spec": spec}

    def _config(self) -> dict[str, Any]:
        name = self.random.choice([*self.names, "settings"])
        return {**self._head("v1", "ConfigMap", name), "data": {"key": "value", "on": "yes"}}

    def _widget(self) -> dict[str, Any]:
        spec = {"replicas": 2, "containers": [{"image": "nginx:1"}], "list": [{"name": "a"}]}
        return {**self._head("acme.io/v1", "Widget"), "spec": spec}

    def _namespace(self) -> dict[str, Any]:
        name = self.random.choice(["shop", "prod", *self.names])
        return self._head("v1", "Namespace", name, spaced=False)

    def _binding(self) -> dict[str, Any]:
        kind = self.random.choice(["RoleBinding", "ClusterRoleBinding"])
        made = self._head("rbac.authorization.k8s.io/v1", kind, spaced=kind == "RoleBinding")
        subject = {"kind": "ServiceAccount", "name": self.random.choice(["default", *self.names])}
        if self.chance(0.6):
            subject["namespace"] = self.random.choice(["shop", "default"])
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "web"}
        return {**made, "subjects": [subject], "roleRef": role}

    def _ingress(self) -> dict[str, Any]:
        path = {"path": "/", "backend": {"service": {"name": self.random.choice(self.names)}}}
        spec = {"rules": [{"http": {"paths": [path]}}], "tls": [{"secretName": "settings"}]}
        return {**self._head("networking.k8s.io/v1", "Ingress"), "spec": spec}

    def _autoscaler(self) -> dict[str, Any]:
        target = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "name": self.random.choice(self.names),
        }
        made = self._head("autoscaling/v2", "HorizontalPodAutoscaler")
        return {**made, "spec": {"scaleTargetRef": target}}

    def _definition(self) -> dict[str, Any]:
        made = self._head("apiextensions.k8s.io/v1", "CustomResourceDefinition", spaced=False)
        service = {"name": "web", "namespace": "old"}
        conversion = {"webhook": {"clientConfig": {"service": service}}}
        return {**made, "spec": {"conversion": conversion, "containers": [{"image": "nginx"}]}}

    def _claim(self) -> dict[str, Any]:
        return {**self._head("v1", "ServiceAccount"), "imagePullSecrets": [{"name": "settings"}]}

    def _policy(self) -> dict[str, Any]:
        made = self._head("networking.k8s.io/v1", "NetworkPolicy")
        return {**made, "spec": {"podSelector": {"matchLabels": {"app": "web"}}}}

    def _webhook(self) -> dict[str, Any]:
        version = "admissionregistration.k8s.io/v1"
        made = self._head(version, "ValidatingWebhookConfiguration", spaced=False)
        service = {"name": self.random.choice(self.names), "namespace": "default"}
        return {**made, "webhooks": [{"name": "a.b.c", "clientConfig": {"service": service}}]}
