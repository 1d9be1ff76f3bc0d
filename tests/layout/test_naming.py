import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kure_hooks.files.paths import collision_key, path_problem
from kure_hooks.findings import Location
from kure_hooks.layout import file_names
from kure_hooks.layout.rules import LayoutRules
from kure_hooks.layout.tree import Item
from kure_hooks.manifests import identity
from kure_hooks.origin import Origin

ORIGIN = Origin(Location("stacks/prod.yaml"), "prod")

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True)
NAMES = st.one_of(LABELS, st.text(max_size=20), st.just("a" * 300), st.just("b" * 299 + "c"))
IDENTITIES = st.tuples(
    st.sampled_from(["v1", "apps/v1", "example.com/v1"]),
    st.sampled_from(["Deployment", "deployment", "Kustomization", "Con"]),
    st.one_of(st.just(""), st.just("cluster"), LABELS),
    NAMES,
)


def item(api, kind, namespace, name):
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return Item({"apiVersion": api, "kind": kind, "metadata": metadata}, ORIGIN)


def named(*identities, **rules):
    files = file_names.files([item(*each) for each in identities], LayoutRules(**rules))
    return {file.name: [each.manifest["metadata"]["name"] for each in file.items] for file in files}


DEPLOYMENT = ("apps/v1", "Deployment", "web", "shop")
SERVICE = ("v1", "Service", "web", "shop")
NAMESPACE = ("v1", "Namespace", "", "web")


@pytest.mark.parametrize(
    ("rules", "names"),
    [
        ({}, ["cluster-namespace-web", "web-deployment-shop", "web-service-shop"]),
        (
            {"file_naming": "kind-name"},
            ["deployment-shop", "namespace-web", "service-shop"],
        ),
        (
            {"file_per": "kind"},
            ["cluster-namespace", "web-deployment", "web-service"],
        ),
        (
            {"file_per": "kind", "file_naming": "kind-name"},
            ["deployment", "namespace", "service"],
        ),
    ],
)
def test_rules_name_the_files(rules, names):
    """E13.1, E13.2, E13.3, E13.18."""
    assert list(named(DEPLOYMENT, SERVICE, NAMESPACE, **rules)) == [
        f"{each}.yaml" for each in names
    ]


def test_a_kind_in_one_namespace_shares_a_file_in_the_order_given():
    """E13.2."""
    other = ("apps/v1", "Deployment", "web", "cart")
    assert named(DEPLOYMENT, other, file_per="kind") == {"web-deployment.yaml": ["shop", "cart"]}


@given(st.lists(IDENTITIES, unique=True, min_size=1), st.sampled_from(["default", "kind-name"]))
@example([("v1", "Role", "", "system:a"), ("v1", "Role", "", "system-a")], "default")
@example([("v1", "Role", "", "Reader"), ("v1", "Role", "", "reader")], "kind-name")
@example([("v1", "Role", "cluster", "a"), ("v1", "Role", "", "a")], "default")
@example([("v1", "Role", "a-role", "b"), ("v1", "Role", "a", "role-b")], "default")
def test_two_objects_never_share_a_file(identities, file_naming):
    distinct = {identity(item(*each).manifest): each for each in identities}
    files = file_names.files(
        [item(*each) for each in distinct.values()], LayoutRules(file_naming=file_naming)
    )
    assert len({collision_key(file.name) for file in files}) == len(distinct)
    assert [len(file.items) for file in files] == [1] * len(distinct)
    assert [file.name for file in files if path_problem(file.name)] == []
    assert not {file.name for file in files} & {"kustomization.yaml", "kustomization.yml"}


def test_a_name_can_not_pass_for_one_that_got_a_digest():
    twins = [("v1", "Role", "", "system:a"), ("v1", "Role", "", "system-a")]
    taken = [name.removesuffix(".yaml").removeprefix("cluster-role-") for name in named(*twins)]
    copies = [("v1", "Role", "", name) for name in taken]
    assert len(named(*twins, *copies)) == 4


@pytest.mark.parametrize("name", ["kustomization", "con", "a"])
def test_an_application_s_file_never_takes_a_reserved_name(name):
    file = file_names.single(name, [item(*SERVICE)])
    assert path_problem(file.name) is None
    assert (file.name == "a.yaml") == (name == "a")
    assert file.name != "kustomization.yaml"


def test_a_digest_stays_what_it_was():
    """Files would be renamed in every repository otherwise."""
    twins = [("v1", "Role", "", "system:a"), ("v1", "Role", "", "system-a")]
    assert named(*twins) == {
        "cluster-role-system-a-65c4a3e9.yaml": ["system:a"],
        "cluster-role-system-a-ac91d00c.yaml": ["system-a"],
    }


def test_names_do_not_depend_on_the_order_of_objects():
    objects = [("v1", "Role", "", "Reader"), ("v1", "Role", "", "reader"), SERVICE]
    assert named(*objects) == named(*reversed(objects))


@pytest.mark.parametrize("taken", ["web-deployment-shop.yaml", "Web-Deployment-Shop.YAML"])
def test_a_name_that_is_taken_gets_a_digest(taken):
    (file,) = file_names.files([item(*DEPLOYMENT)], LayoutRules(), [taken])
    assert file.name.startswith("web-deployment-shop-")
    assert collision_key(file.name) != collision_key(taken)
