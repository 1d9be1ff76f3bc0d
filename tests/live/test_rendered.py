"""Charts that kure-hooks renders: their definitions, hooks and objects come one after the other."""

import pytest

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.engines.argocd.health import CM_KEY, health_lua
from tests.live.fleet import Fleet
from tests.live.programs import ARGOCD, FLUX, missing
from tests.live.rolling import judged
from tests.live.shapes import HOSTS, STACK, bundle, settings, stack
from tests.live.world import World, world
from tests.support import git

CHART = {
    "charts/shop/crds/widgets.yaml": """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, listKind: WidgetList, plural: widgets, singular: widget}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, x-kubernetes-preserve-unknown-fields: true}}
""",
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "charts/shop/values.yaml": "greeting: hello\n",
    "charts/shop/templates/early.yaml": """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-5"}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "1"}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "example.com/migrate:1.0"}]
""",
    "charts/shop/templates/main.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: main, image: "example.com/shop:1.0"}]}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: {{ .Release.Name }}}
spec: {greeting: {{ .Values.greeting }}}
""",
    "charts/shop/templates/late.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-after
  annotations: {helm.sh/hook: post-install}
data: {done: "yes"}
""",
}
ORDER = (
    "apiextensions.k8s.io/customresourcedefinitions/widgets.example.com",
    "persistentvolumeclaims/web/shop-data",
    "jobs/web/shop-migrate",
    "deployments/web/shop",
    "configmaps/web/shop-after",
    "configmaps/web/late",
)
"""The objects of the chart, and that of a bundle which depends on it, as Helm would make them."""


DONE = b"CompletionsReached"
"""What the status of a Job says that is done."""


def upgraded(live: World, fleet: Fleet) -> None:
    """Change the images of the chart; hold that the hook ends again before what it precedes."""
    job = ("batch/v1", "Job", "web", "shop-migrate")
    before = live.cluster.api.get(*job)
    chart = {path: text.replace(":1.0", ":2.0") for path, text in CHART.items()}
    git.write(fleet.directory, chart)
    fleet.generate()
    live.change(fleet)
    after = live.cluster.api.get(*job)
    (container,) = after["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "example.com/migrate:2.0"
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    newer = [write for write in live.cluster.history.since(live.begun) if b":2.0" in write.data]
    ended = [write for write in newer if write.key.startswith("jobs/") and DONE in write.data]
    (changed, *_) = [write for write in newer if write.key == "deployments/web/shop"]
    assert ended[0].revision < changed.revision


@pytest.mark.parametrize("engine", ["flux", "argocd"])
def test_a_rendered_chart_comes_up_in_the_order_of_its_hooks(engine, place, tmp_path, table):
    if absent := missing(*(FLUX if engine == "flux" else ARGOCD)):
        pytest.skip(f"{', '.join(absent)}: run .ci/live --build")
    release = {
        "name": "shop",
        "namespace": "web",
        "kind": "HelmChart",
        "spec": {"render": True, "chart": {"path": "../charts/shop"}},
    }
    shop = bundle("shop", release)
    late = bundle("late", settings("late"), needs=["shop"])
    gitops = {"createNamespaces": True}
    tree = stack(engine, shop, late, gitops=gitops, files=CHART)
    fleet = Fleet.of(tmp_path / "fleet", tree, STACK)
    fleet.generate()
    health = {CM_KEY: health_lua(ArgocdOptions())} if engine == "argocd" else {}
    with world(place / "world", engine, hosts=HOSTS, settings=health) as live:
        seconds = live.roll_out(fleet)
        made = {}
        for write in live.cluster.history.since(live.begun):
            made.setdefault(write.key, write.created)
        assert sorted(key for key in ORDER if key in made) == sorted(ORDER)
        assert sorted(ORDER, key=made.__getitem__) == list(ORDER)
        assert live.cluster.api.objects("example.com/v1", "Widget", "web")
        judged(live, fleet, table, "a rendered chart with hooks and definitions", seconds)
        upgraded(live, fleet)
