import pytest

from tests.support.linting import config_map, document, fleet, kustomization, lint, release

POD = {"containers": [{"name": "web", "image": "nginx:1.29"}]}


def deployment(**pod):
    template = {"spec": {**POD, **pod}}
    return document("apps/v1", "Deployment", "web", "shop", spec={"template": template})


def container(**fields):
    return deployment(containers=[{"name": "web", "image": "nginx:1.29", **fields}])


def volume(**source):
    return deployment(volumes=[{"name": "data", **source}])


def found(*texts):
    return lint(fleet(kustomization("shop"), shop="---\n".join(texts)), "KZ005")


ENV = {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "gone", "key": "a"}}}
NAMED = [
    (volume(configMap={"name": "gone"}), "ConfigMap"),
    (volume(secret={"secretName": "gone"}), "Secret"),
    (volume(persistentVolumeClaim={"claimName": "gone"}), "PersistentVolumeClaim"),
    (volume(projected={"sources": [{"secret": {"name": "gone"}}]}), "Secret"),
    (container(envFrom=[{"configMapRef": {"name": "gone"}}]), "ConfigMap"),
    (container(env=[ENV]), "ConfigMap"),
    (deployment(serviceAccountName="gone"), "ServiceAccount"),
]


@pytest.mark.parametrize(("text", "kind"), NAMED)
def test_an_object_that_nothing_provides(text, kind):
    (finding,) = found(text)
    assert finding.severity == "warning"
    assert finding.at.path == "apps/shop/manifests.yaml"
    assert f"Deployment shop/web names {kind} shop/gone" in finding.problem


@pytest.mark.parametrize(("text", "kind"), NAMED)
def test_an_object_of_the_cluster(text, kind):
    assert found(text, document("v1", kind, "gone", "shop")) == []
    assert len(found(text, document("v1", kind, "gone", "other"))) == 1


def test_the_service_of_an_ingress_and_of_a_route():
    backend = {"service": {"name": "gone", "port": {"number": 80}}}
    rules = [{"http": {"paths": [{"path": "/", "backend": backend}]}}]
    ingress = document("networking.k8s.io/v1", "Ingress", "web", "shop", spec={"rules": rules})
    references = [{"name": "gone", "port": 80}, {"kind": "Other", "name": "x"}]
    rules = [{"backendRefs": references}]
    api = "gateway.networking.k8s.io/v1"
    route = document(api, "HTTPRoute", "web", "shop", spec={"rules": rules})
    assert len(found(ingress)) == 1
    assert len(found(route)) == 1
    assert found(ingress, route, document("v1", "Service", "gone", "shop")) == []


@pytest.mark.parametrize(
    "text",
    [
        volume(configMap={"name": "gone", "optional": True}),
        container(envFrom=[{"secretRef": {"name": "gone", "optional": True}}]),
        volume(configMap={"name": "kube-root-ca.crt"}),
        volume(configMap={"name": "${NAME}"}),
        deployment(serviceAccountName="default"),
        volume(emptyDir={}),
    ],
)
def test_references_that_need_nothing(text):
    assert found(text) == []


SECRET = volume(secret={"secretName": "gone"})


@pytest.mark.parametrize(
    "text",
    [
        release("postgres", "shop"),
        release("postgres", "databases", targetNamespace="shop"),
        document("external-secrets.io/v1", "ExternalSecret", "other", "shop"),
        document("cert-manager.io/v1", "Certificate", "web", "shop"),
        document("bitnami.com/v1alpha1", "SealedSecret", "web", "shop"),
        document("postgresql.cnpg.io/v1", "Cluster", "db", "shop"),
        document("external-secrets.io/v1", "ClusterExternalSecret", "all"),
        document(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "maker",
            "shop",
            rules=[{"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}],
        ),
        release("reflector", "kube-system"),
    ],
)
def test_something_that_may_provide_the_object(text):
    assert found(SECRET, text) == []


@pytest.mark.parametrize(
    "text",
    [
        release("postgres", "databases"),
        document("external-secrets.io/v1", "ExternalSecret", "other", "databases"),
        document("monitoring.coreos.com/v1", "ServiceMonitor", "web", "shop"),
    ],
)
def test_what_does_not_provide_the_object(text):
    assert len(found(SECRET, text)) == 1


def test_a_unit_whose_objects_are_elsewhere():
    other = {"kind": "OCIRepository", "name": "platform"}
    more = kustomization("more", sourceRef=other)
    files = {"clusters/prod/more.yaml": more}
    base = fleet(kustomization("shop"), shop=SECRET)
    assert lint({**base, **files}, "KZ005") == []
    files = {"clusters/prod/more.yaml": kustomization("more", sourceRef=other, targetNamespace="x")}
    assert len(lint({**base, **files}, "KZ005")) == 1


def test_an_object_of_a_bootstrap():
    files = fleet(kustomization("shop"), shop=SECRET)
    files["bootstrap/secrets.sh"] = "kubectl create secret generic gone\n"
    assert lint(files, "KZ005") == []


def test_a_cluster_that_is_not_certain():
    files = fleet(kustomization("shop"), shop=SECRET)
    del files["clusters/prod/flux-system/gotk-sync.yaml"]
    assert lint(files, "KZ005") == []


def test_the_claim_of_a_stateful_set():
    claims = [{"metadata": {"name": "data"}}]
    spec = {"template": {"spec": POD}, "volumeClaimTemplates": claims}
    text = document("apps/v1", "StatefulSet", "db", "shop", spec=spec)
    assert found(volume(persistentVolumeClaim={"claimName": "data-db-0"}), text) == []
    assert len(found(volume(persistentVolumeClaim={"claimName": "data-other-0"}), text)) == 1


@pytest.mark.parametrize(("name", "count"), [("fast", 0), ("slow", 1)])
def test_classes_count_only_where_the_cluster_has_its_own(name, count):
    claim = document("v1", "PersistentVolumeClaim", "data", "shop", spec={"storageClassName": name})
    fast = document("storage.k8s.io/v1", "StorageClass", "fast")
    assert len(found(claim, fast)) == count
    assert found(claim, config_map("a", "shop")) == []
    assert found(claim, fast, release("csi", "kube-system")) == []


def test_a_generated_name():
    files = fleet(kustomization("shop"), shop=volume(configMap={"name": "settings"}))
    files["apps/shop/kustomization.yaml"] = (
        "namespace: shop\nresources: [manifests.yaml]\n"
        "configMapGenerator: [{name: settings, literals: [A=b]}]\n"
    )
    assert lint(files, "KZ005") == []
