"""Fields of kustomizations, one by one: the same objects as the real kustomize."""

import pytest

from kure_hooks.files.tree import WorkTree
from kure_hooks.gitops.builds import Builds
from kure_hooks.gitops.files import Files
from kure_hooks.gitops.payload import Way
from tests.support.kustomize_builds import Comparison, compare

A = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
TAKES_A = "resources:\n- a.yaml\n"
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: main
        image: nginx:1
        ports:
        - containerPort: 80
          name: http
        - containerPort: 53
          protocol: UDP
        env:
        - name: A
          valueFrom: {configMapKeyRef: {name: settings, key: a}}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  ports:
  - {name: http, port: 80}
  - {name: dns, port: 53, protocol: UDP}
"""
RBAC = "rbac.authorization.k8s.io"


def over(text, **files):
    """Return a kustomization with a Deployment, and other files."""
    return {"kustomization.yaml": f"resources: [web.yaml]\n{text}", "web.yaml": WEB, **files}


def merge(body, object_text=WEB, **entry):
    """Return a kustomization with a patch that merges into an object."""
    lines = "".join(f"  {key}: {value}\n" for key, value in entry.items())
    text = "\n".join(f"    {line}" for line in body.splitlines())
    patches = f"patches:\n- patch: |\n{text}\n{lines}"
    return {"kustomization.yaml": f"resources: [web.yaml]\n{patches}", "web.yaml": object_text}


def pod(text):
    """Return a patch of the pod of the Deployment."""
    head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    return f"{head}spec: {{template: {{spec: {text}}}}}"


SAME = {
    "nothing": {"kustomization.yaml": "resources: []\n"},
    "null and more": {"kustomization.yaml": "resources:\nnamespace: x\n"},
    "comments": {"kustomization.yaml": TAKES_A, "a.yaml": "# nothing\n---\n# here\n"},
    "empty object": {"kustomization.yaml": TAKES_A, "a.yaml": f"{{}}\n---\n{A}"},
    "other case": {"kustomization.yaml": "Resources:\n- a.yaml\nNAMESPACE: x\n", "a.yaml": A},
    "component alone": {"kustomization.yaml": f"kind: Component\n{TAKES_A}", "a.yaml": A},
    "yml": {"kustomization.yml": TAKES_A, "a.yaml": A},
    "bare name": {"Kustomization": TAKES_A, "a.yaml": A},
    "bases": {"kustomization.yaml": "bases: [b]\n", "b/kustomization.yaml": TAKES_A, "b/a.yaml": A},
    "any ending": {"kustomization.yaml": "resources: [a.txt]\n", "a.txt": A},
    "json": {
        "kustomization.yaml": "resources: [a.json]\n",
        "a.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}',
    },
    "lists": {
        "kustomization.yaml": f"{TAKES_A}namespace: x\n",
        "a.yaml": "apiVersion: v1\nkind: ConfigMapList\nitems:\n- apiVersion: v1\n"
        "  kind: ConfigMap\n  metadata: {name: a}\n---\nkind: List\nitems:\n- apiVersion: v1\n"
        "  kind: List\n  items:\n  - {apiVersion: v1, kind: Secret, metadata: {name: b}}\n",
    },
    "list without items": {
        "kustomization.yaml": TAKES_A,
        "a.yaml": "apiVersion: acme.io/v1\nkind: AllowList\nmetadata: {name: a}\n",
    },
    "local": {
        "kustomization.yaml": TAKES_A,
        "a.yaml": f"{A}  annotations:\n    config.kubernetes.io/local-config: 'true'\n",
    },
    "words": {
        "kustomization.yaml": TAKES_A,
        "a.yaml": f"{A}data:\n  a: yes\n  b: no\n  c: on\n  d: y\n  e: 2020-01-02\n  f: 010\n"
        "  g: 1.0\n  h: 1e3\n  i: 0x1F\n  j: ~\n  k: 1.50\n",
    },
    "folded": {
        "kustomization.yaml": TAKES_A,
        "a.yaml": f"{A}data:\n  a: >-\n    one\n    two\n      in\n      in\n    out\n\n\n"
        "      in\n  b: >\n    x\n     y\n",
    },
    "anchors": {
        "kustomization.yaml": TAKES_A,
        "a.yaml": f"{A}  labels: &l {{a: b}}\n  annotations: *l\nextra: {{<<: *l, c: d}}\n",
    },
    "image": over("images:\n- name: nginx\n  newName: r:5000/n\n  newTag: '2'\n"),
    "image tag": over("imageTags:\n- {name: nginx, digest: 'sha256:1'}\n"),
    "image suffix": over("images:\n- {name: nginx, tagSuffix: -x}\n"),
    "replicas": over("replicas:\n- {name: web, count: 4}\n"),
    "replicas of an old name": over("namePrefix: x-\nreplicas:\n- {name: web, count: 4}\n"),
    "labels": over("labels:\n- pairs: {a: b}\n  includeTemplates: true\n- pairs: {c: d}\n"),
    "generator options": {
        "kustomization.yaml": "generatorOptions:\n  disableNameSuffixHash: true\n"
        "  labels: {a: b, c: d}\n  immutable: true\nconfigMapGenerator:\n- name: s\n"
        "  literals: [a=b]\n  options: {labels: {a: own}}\nsecretGenerator:\n- name: t\n"
        "  type: acme.io/x\n  env: e.env\n",
        "e.env": "A=1\n# none\n  B=2\nC\n",
    },
    "binary": {
        "kustomization.yaml": "configMapGenerator:\n- {name: s, files: [b, long]}\n"
        "secretGenerator:\n- {name: t, files: [b, long]}\n",
        "b": b"\xff\x00",
        "long": b"\xfe" * 100,
    },
    "empty generators": {
        "kustomization.yaml": "configMapGenerator:\n- name: s\nsecretGenerator:\n- name: t\n"
    },
    "special characters": {
        "kustomization.yaml": "configMapGenerator:\n- name: s\n  files: [d]\n",
        "d": '<a> & \u2028 \\ " \t é \U0001f600\r\n',
    },
    "generator merged": {
        "kustomization.yaml": "resources: [b]\nconfigMapGenerator:\n- name: s\n"
        "  behavior: merge\n  literals: [b=2, c=3]\n  options: {labels: {x: z}}\n",
        "b/kustomization.yaml": "configMapGenerator:\n- {name: s, literals: [a=1, b=1]}\n",
    },
    "generator replaced": {
        "kustomization.yaml": "resources: [b]\nnamePrefix: x-\nsecretGenerator:\n- name: s\n"
        "  behavior: replace\n  literals: [b=2]\n",
        "b/kustomization.yaml": "namePrefix: y-\nsecretGenerator:\n- {name: s, literals: [a=1]}\n",
    },
    "generator merged into a file": {
        "kustomization.yaml": f"{TAKES_A}configMapGenerator:\n- name: a\n  behavior: merge\n"
        "  literals: [b=2]\n",
        "a.yaml": f"{A}data: {{a: '1'}}\n",
    },
    "generator in place of a file without a mapping of data": {
        "kustomization.yaml": f"{TAKES_A}configMapGenerator:\n- name: a\n  behavior: replace\n"
        "  literals: [b=2]\n",
        "a.yaml": f"{A}data: 5\n",
    },
    "reference to a generator": over("configMapGenerator:\n- {name: settings, literals: [a=b]}\n"),
    "references": {
        "kustomization.yaml": f"{TAKES_A}namePrefix: p-\nnamespace: nn\n",
        "a.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa}\n---\n"
        f"apiVersion: {RBAC}/v1\nkind: Role\nmetadata: {{name: r}}\nrules:\n"
        "- {apiGroups: [''], resources: [secrets], resourceNames: [s, t]}\n---\n"
        f"apiVersion: {RBAC}/v1\nkind: RoleBinding\nmetadata: {{name: rb}}\n"
        f"roleRef: {{apiGroup: {RBAC}, kind: Role, name: r}}\nsubjects:\n"
        "- {kind: ServiceAccount, name: sa, namespace: other}\n"
        "- {kind: ServiceAccount, name: sa}\n- {kind: ServiceAccount, name: default}\n---\n"
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n",
    },
    "namespace of special kinds": {
        "kustomization.yaml": f"{TAKES_A}namespace: nn\n",
        "a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: old}\n---\n"
        "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: i}\n---\n"
        "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.x}\n"
        "spec: {service: {name: s}}\n---\napiVersion: gateway.networking.k8s.io/v1\n"
        "kind: GatewayClass\nmetadata: {name: g}\n",
    },
    "patch files": {
        "kustomization.yaml": "resources: [web.yaml]\npatchesStrategicMerge:\n- p.yaml\n- |-\n"
        "  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web, labels: {a: null}}\n",
        "web.yaml": WEB,
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        "spec: {replicas: 3}\n",
    },
    "json patches": over(
        "patchesJson6902:\n- target: {version: v1, group: apps, kind: Deployment, name: web}\n"
        "  path: p.json\n- target: {kind: Deployment, name: w.b}\n"
        "  patch: |-\n    - op: add\n      path: /spec/a~1b\n      value: 1\n",
        **{"p.json": '[{"op": "replace", "path": "/spec/replicas", "value": 9}]'},
    ),
    "patch of an annotation": merge(
        "- op: add\n  path: /metadata/annotations/x\n  value: yes", target="{kind: Deployment}"
    ),
    "patch of nothing": merge("- {op: remove, path: /x}", target="{kind: Job}"),
    "patch of several": merge(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n---\n"
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {paused: true}"
    ),
    "patch of another name": merge(
        "apiVersion: x\nkind: Deployment\nmetadata: {name: other, labels: null}\nspec: null",
        target="{name: web}",
    ),
    "name change": merge(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: new}",
        target="{name: web}",
        options="{allowNameChange: true}",
    ),
    "kind change": merge(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: new}",
        target="{name: web}",
        options="{allowKindChange: true}",
    ),
    "delete": merge("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n$patch: delete"),
    "delete by target": merge("$patch: delete\nkind: X\nmetadata: {name: x}", target="{name: web}"),
    "env": merge(pod("{containers: [{name: main, env: [{name: B, value: b}]}]}")),
    "env of another shape": merge(pod("{containers: [{name: main, env: [{name: A, value: b}]}]}")),
    "new container": merge(pod("{containers: [{name: side, image: x}], volumes: [{name: v}]}")),
    "container gone": merge(pod("{containers: [{name: main, $patch: delete}]}")),
    "containers replaced": merge(pod("{containers: [{name: x}, {$patch: replace}]}")),
    "list of a custom resource": merge(
        "apiVersion: acme.io/v1\nkind: W\nmetadata: {name: web}\nspec: {l: [{name: a, v: 2}]}",
        "apiVersion: acme.io/v1\nkind: W\nmetadata: {name: web}\n"
        "spec: {l: [{name: a, v: 1}, {name: b}]}\n",
    ),
}


def write(root, files):
    for name, content in files.items():
        path = root / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("name", SAME)
def test_field_does_what_kustomize_does(tmp_path, name):
    write(tmp_path, SAME[name])
    payload = Builds(Files(WorkTree(tmp_path))).payload("app", Way.KUSTOMIZE)
    result = compare(tmp_path, payload)
    assert result.kind is Comparison.EQUAL, result.detail
