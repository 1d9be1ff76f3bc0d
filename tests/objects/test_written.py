import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.errors import InputError
from kure_hooks.objects.written import load, written


@pytest.fixture
def loaded():
    def run(text):
        return load("apps/x.yaml", text.encode())

    return run


def widget(kind="Widget", version="example.com/v1"):
    return f"apiVersion: {version}\nkind: {kind}\n"


def test_every_document_is_an_object(loaded):
    source = loaded(f"{widget()}metadata: {{name: a}}\n---\n# nothing\n---\n{widget('Gadget')}")
    found = [(each.api_version, each.kind, each.name) for each in source.objects]
    assert found == [("example.com/v1", "Widget", "a"), ("example.com/v1", "Gadget", "")]


def test_the_items_of_a_list_are_objects(loaded):
    text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  spec: {}\n"
    (item,) = loaded(text).objects
    assert (item.kind, str(item.at("spec"))) == ("Service", "apps/x.yaml:6:3")


def test_an_empty_list_has_no_objects(loaded):
    assert loaded("apiVersion: v1\nkind: List\n").objects == ()


@pytest.mark.parametrize("name", ["[a]", "5", "null"])
def test_a_name_that_is_no_text_is_none(loaded, name):
    (found,) = loaded(f"{widget()}metadata: {{name: {name}}}\n").objects
    assert found.name == ""


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (widget("../../evil"), "2:1: kind: this is not valid. Write a name such as Deployment."),
        (
            widget("'{{.Group}}'"),
            "2:1: kind: this is not valid. Write a name such as Deployment.",
        ),
        (widget("K" * 64), "2:1: kind: this is not valid. Write a name such as Deployment."),
        (widget("7"), "2:1: kind: this is not valid. Write a name such as Deployment."),
        (
            "apiVersion: v1\n",
            "1:1: kind: this required key is missing. Write a name such as Deployment.",
        ),
        (
            widget(version="../v1"),
            "1:1: apiVersion: this is not valid. Write a string such as apps/v1.",
        ),
        (
            "kind: Widget\n",
            "1:1: apiVersion: this required key is missing. Write a string such as apps/v1.",
        ),
        (f"{widget()}KIND: ../evil\n", "3:1: KIND: unknown key. Write kind."),
        (
            f"{widget()}apiVer\u017fion: ../v1\n",
            "3:1: apiVer\u017fion: unknown key. Write apiVersion.",
        ),
        (f"{widget('LIST')}ITEMS: []\n", "3:1: ITEMS: unknown key. Write items."),
        (
            f"{widget('LIST')}items:\n- apiVersion: v1\n  kind: ../evil\n",
            "5:3: items[0].kind: this is not valid. Write a name such as Deployment.",
        ),
        (
            "- a\n",
            "1:1: this is no Kubernetes object. Write a mapping with apiVersion and kind.",
        ),
        (
            f'{widget()}text: "\n---b\nkind: ../evil\n#"\n',
            "4:1: this line starts with ---. Write --- alone, or indentation.",
        ),
    ],
)
def test_what_could_lead_to_another_schema_is_refused(loaded, text, finding):
    with pytest.raises(InputError) as raised:
        loaded(text)
    assert str(raised.value) == f"apps/x.yaml:{finding}"


@given(st.text())
def test_no_kind_leaves_its_directory(kind):
    data = f"apiVersion: v1\nkind: {kind}\n".encode(errors="surrogatepass")
    try:
        objects = load("kind.yaml", data).objects
    except InputError:
        return
    assert all(each.kind.isalnum() and each.kind.isascii() for each in objects)


@pytest.mark.parametrize(
    ("metadata", "label"),
    [
        ("{name: web, namespace: shop}", "Widget shop/web"),
        ("{name: web}", "Widget web"),
        ("{generateName: web-, namespace: shop}", "Widget web-"),
        ("{name: 3}", "Widget"),
        ("{name: web, namespace: 3}", "Widget web"),
        ("[]", "Widget"),
    ],
)
def test_a_finding_names_its_object_and_the_pointer_into_it(loaded, metadata, label):
    (item,) = loaded(
        f"kind: List\napiVersion: v1\nitems:\n- apiVersion: example.com/v1\n  kind: Widget\n"
        f"  metadata: {metadata}\n"
    ).objects
    finding = item.finding(("spec", "a/b", 0, "c~d"), "odd", "even", "VA010")
    assert (finding.object, finding.pointer) == (label, "/spec/a~1b/0/c~0d")


def test_findings_about_the_head_of_an_object_name_it(loaded):
    with pytest.raises(InputError) as caught:
        loaded("apiVersion: v1\nKind: Service\nkind: Service\nmetadata: {name: web}\n")
    (finding,) = caught.value.findings
    assert (finding.object, finding.pointer) == ("Service web", "/Kind")


@pytest.mark.parametrize("group", ["stack.gokure.dev", "generators.gokure.dev"])
def test_documents_of_stack_files_are_no_objects_unless_their_file_is_named(group):
    text = f"{widget('Cluster', f'{group}/v1alpha1')}---\n{widget()}".encode()
    assert [item.kind for item in load("a.yaml", text, partly=True).objects] == ["Widget"]
    assert [item.kind for item in load("a.yaml", text).objects] == ["Cluster", "Widget"]


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ("kind: ConfigMapList\nitems: [{kind: ConfigMap}, {metadata: {}}]", [0, 1]),
        ("kind: ConfigMapList\nitems: []", []),
        ("kind: List\nitems: [{kind: List, items: [{kind: Pod}]}]", [(0, 0)]),
        ("kind: AllowList\nmetadata: {name: a}\nitems: [a, b]", None),
        ("kind: AllowList\nmetadata: {name: a}\nitems: [{host: a}]", None),
        ("kind: AllowList\nmetadata: {name: a}\nitems: []", None),
        ("kind: AllowList\nspec: {}", None),
    ],
)
def test_lists_of_any_kind_are_taken_apart(text, pointers):
    items = written("a.yaml", f"apiVersion: v1\n{text}\n".encode())
    found = [tuple(step for step in item.pointer if step != "items") for item in items]
    wanted = [()] if pointers is None else pointers
    assert found == [at if isinstance(at, tuple) else (at,) for at in wanted]
