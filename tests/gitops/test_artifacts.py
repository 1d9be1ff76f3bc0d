"""Artifacts of Flux that are made of others (source-watcher 2.0)."""

from kure_hooks.gitops.budget import Budget
from tests.support.counting import calls
from tests.support.linting import config_map, document, fleet, kustomization, model

GENERATORS = "source.extensions.fluxcd.io/v1beta1"


def generator(name, source, artifacts, namespace="flux-system"):
    """Return a generator whose artifacts are of one source: by name what is copied where."""
    kind = "GitRepository" if source == "flux-system" else "ExternalArtifact"
    return document(
        GENERATORS,
        "ArtifactGenerator",
        name,
        namespace,
        spec={
            "sources": [{"alias": "a", "kind": kind, "name": source, "namespace": "flux-system"}],
            "artifacts": [
                {"name": artifact, "copy": [{"from": f"@a/{of}", "to": to} for of, to in copies]}
                for artifact, copies in artifacts.items()
            ],
        },
    )


def of(name, artifact, path):
    source = {"kind": "ExternalArtifact", "name": artifact}
    return kustomization(name, path, sourceRef=source)


def applied(*documents, **files):
    """Return what each Kustomization applies, and what is not known about it."""
    tree = fleet(*documents)
    tree["apps/web/a.yaml"] = config_map("web")
    tree["apps/api/a.yaml"] = config_map("api")
    (cluster,) = model(tree | files).clusters
    return {
        owner.who.name: [*(item.name for item in owner.resources), *owner.elsewhere]
        for owner in cluster.owners
    }


WHOLE = [("**", "@artifact/")]


def test_an_artifact_has_the_directories_that_are_copied():
    copies = [("apps/web/**", "@artifact/one/"), ("apps/api/**", "@artifact/two/deep/")]
    found = applied(
        of("web", "both", "./one"),
        of("api", "both", "./two/deep"),
        of("none", "both", "./three"),
        generator("g", "flux-system", {"both": copies, "other": WHOLE}),
    )
    assert (found["web"], found["api"]) == (["web"], ["api"])
    assert found["none"] == ["has a path that is not there"]


def test_artifacts_of_artifacts_are_followed():
    found = applied(
        of("web", "c", "./in/apps/web"),
        generator("g3", "b", {"c": [("**", "@artifact/in/")]}),
        generator("g2", "a", {"b": WHOLE}),
        generator("g1", "flux-system", {"a": WHOLE}),
    )
    assert found["web"] == ["web"]


def test_the_first_generator_of_a_namespace_makes_an_artifact():
    found = applied(
        of("web", "a", "./x"),
        generator("g0", "flux-system", {"a": [("apps/api/**", "@artifact/x/")]}, "elsewhere"),
        generator("g1", "flux-system", {"a": [("apps/web/**", "@artifact/x/")]}),
        generator("g2", "flux-system", {"a": [("apps/api/**", "@artifact/x/")]}),
    )
    assert found["web"] == ["web"]


def test_a_generator_that_comes_later_is_found():
    tree = {"late/a.yaml": generator("g", "flux-system", {"a": WHOLE})}
    found = applied(of("web", "a", "./apps/web"), kustomization("late", "./late"), **tree)
    assert found["web"] == ["web"]
    found = applied(of("web", "a", "./apps/web"))
    (reason,) = found["web"]
    assert reason.endswith("which nothing here makes")


def test_an_artifact_that_is_made_of_itself_has_nothing():
    found = applied(
        of("web", "a", "."),
        generator("g1", "b", {"a": WHOLE}),
        generator("g2", "a", {"b": WHOLE}),
    )
    assert found["web"] == ["has an artifact that is not followed"]


def chain(depth, width=4):
    """Return generators of which each copies the one after it several times."""
    names = [*(f"e{at}" for at in range(depth)), "flux-system"]
    return [
        of("web", "e0", "./apps/web"),
        *(
            generator(f"g{at}", names[at + 1], {name: WHOLE * width})
            for at, name in enumerate(names[:depth])
        ),
    ]


def test_artifacts_that_are_copied_often_are_made_once():
    assert applied(*chain(8))["web"] == ["web"]
    few, more = (calls(lambda depth=depth: applied(*chain(depth))) for depth in (8, 16))
    assert more < few * 2 * 1.5


def test_a_chain_of_artifacts_has_an_end():
    (reason,) = applied(*chain(400, 1))["web"]
    assert reason == "has an artifact that is not followed"


def test_many_artifacts_of_one_generator_are_found_in_linear_time():
    def work(size):
        names = {f"a{at}": WHOLE for at in range(size)}
        users = (of(f"u{at}", f"a{at}", "./apps/web") for at in range(size))
        return calls(lambda: applied(*users, generator("g", "flux-system", names)))

    work(2)
    few, more = work(25), work(100)
    assert more < few * 4 * 1.3


def test_copies_of_copies_are_taken_from_the_budget(monkeypatch):
    monkeypatch.setattr(Budget, "__init__", lambda self: setattr(self, "left", 600))
    wide = [("**", f"@artifact/d{at}/") for at in range(100)]
    first = [generator(f"g{at}", "b", {f"a{at}": wide}) for at in range(20)]
    users = [of(f"u{at}", f"a{at}", "./d0") for at in range(20)]
    tree = fleet(*users, *first, generator("g", "flux-system", {"b": wide}))
    (cluster,) = model(tree).clusters
    assert not cluster.is_whole
