import pytest

from kure_hooks.objects.written import load
from kure_hooks.validators.admission import faults

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {}}}\n"
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


def judged(files):
    sources = [load(name, text.encode()) for name, text in files.items()]
    return [str(finding) for finding in faults(item for each in sources for item in each.objects)]


def test_an_object_twice_in_a_file_is_a_fault():
    assert judged({"x.yaml": f"{MAP.format('a')}---\n{MAP.format('a')}"}) == [
        (
            "x.yaml:7:12: metadata.name: ConfigMap a is already described in line 3. List each "
            "object once."
        )
    ]


def test_an_object_twice_in_a_list_is_a_fault():
    item = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
    assert len(judged({"x.yaml": f"apiVersion: v1\nkind: List\nitems:\n{item}{item}"})) == 1


def test_other_files_may_have_the_same_object():
    files = {f"clusters/{name}/x.yaml": MAP.format("a") for name in ("one", "two")}
    assert judged(files | {"x.yaml": MAP.format("a"), "y.yaml": MAP.format("a")}) == []


def test_files_of_one_kustomization_may_not():
    files = {
        "app/kustomization.yaml": f"{KUSTOMIZATION}resources: [x.yaml, ./y.yaml, z]\n",
        "app/x.yaml": MAP.format("a"),
        "app/y.yaml": MAP.format("a"),
        "app/patch.yaml": MAP.format("a"),
    }
    problem = "metadata.name: ConfigMap a is already described in app/x.yaml:3"
    assert judged(files) == [f"app/y.yaml:3:12: {problem}. List each object once."]


def test_a_kustomization_may_lack_its_kind():
    files = {"kustomization.yaml": "resources: [x.yaml, y.yaml]\n"}
    found = judged(files | {"x.yaml": MAP.format("a"), "y.yaml": MAP.format("a")})
    assert len(found) == 1


@pytest.mark.parametrize("resources", ["", "resources: null\n", "resources: {}\n"])
def test_a_kustomization_without_resources_has_no_objects(resources):
    assert judged({"kustomization.yaml": f"{KUSTOMIZATION}{resources}"}) == []


@pytest.mark.parametrize(
    "second",
    [
        MAP.format("b"),
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: web}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '${a}'}\n",
    ],
)
def test_another_kind_name_or_namespace_is_another_object(second):
    assert judged({"x.yaml": f"{MAP.format('a')}---\n{second}---\n{MAP.format('c')}"}) == []


def test_a_generated_name_is_another_one_each_time():
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n"
    assert judged({"x.yaml": f"{text}---\n{text}"}) == []
