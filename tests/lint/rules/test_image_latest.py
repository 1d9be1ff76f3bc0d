import pytest

from tests.support.linting import document, fleet, kustomization, lint

DIGEST = "sha256:" + "a" * 64


def deployment(image, **more):
    pod = {"containers": [{"name": "web", "image": image}], **more}
    template = {"spec": pod}
    return document("apps/v1", "Deployment", "web", "shop", spec={"template": template})


def found(text):
    return lint(fleet(kustomization("shop"), shop=text), "SE002")


@pytest.mark.parametrize(
    "image",
    [
        "nginx",
        "nginx:latest",
        "ghcr.io/acme/web",
        "registry.example.com:5000/acme/web",
        "registry.example.com:5000/acme/web:latest",
    ],
)
def test_an_image_that_floats(image):
    (finding,) = found(deployment(image))
    assert finding.severity == "warning"
    assert str(finding.at).startswith("apps/shop/manifests.yaml:11")
    assert image in finding.problem


@pytest.mark.parametrize(
    "image",
    [
        "nginx:1.29",
        f"nginx@{DIGEST}",
        f"nginx:latest@{DIGEST}",
        "registry.example.com:5000/acme/web:1.2.3",
        "ghcr.io/acme/web:latest-1.2",
        "ghcr.io/acme/web:${TAG}",
        "${IMAGE}",
    ],
)
def test_an_image_with_a_version(image):
    assert found(deployment(image)) == []


def test_all_containers_of_all_kinds():
    pod = {"initContainers": [{"name": "a", "image": "a"}], "containers": [{"image": "b"}]}
    template = {"spec": {"template": {"spec": pod}}}
    text = document("batch/v1", "CronJob", "a", "shop", spec={"jobTemplate": template})
    assert len(found(text)) == 2


def test_a_tag_of_the_kustomization_file():
    files = fleet(kustomization("shop"), shop=deployment("nginx"))
    files["apps/shop/kustomization.yaml"] = (
        "resources: [manifests.yaml]\nimages: [{name: nginx, newTag: '1.29'}]\n"
    )
    assert lint(files, "SE002") == []


def test_an_image_that_automation_sets():
    line = "image: nginx:latest"
    marked = f'{line} # {{"$imagepolicy": "flux-system:nginx"}}'
    assert found(deployment("nginx:latest").replace(line, marked)) == []


def test_kinds_of_operators():
    text = document("example.com/v1", "Web", "a", "shop", spec={"image": "nginx"})
    assert found(text) == []
