from kure_hooks.gitops.outline import outline
from kure_hooks.graphs import GRAPHS, Graph, render
from tests.support.linting import fleet, kustomization, model, release


def picture(files, name="text"):
    return render(name, [Graph(item.name, outline(item)) for item in model(files).clusters])


def test_owners_stand_below_those_that_apply_them():
    files = fleet(
        kustomization("web", dependsOn=[{"name": "db"}, {"name": "gone"}]),
        kustomization("db"),
        web=release("web"),
    )
    assert (
        picture(files)
        == """\
clusters/prod
cluster clusters/prod (Flux)
└── Kustomization flux-system
    ├── Kustomization db
    └── Kustomization web  after Kustomization db, Kustomization flux-system/gone (external)
        └── HelmRelease web
"""
    )


def test_a_deadlock_is_marked():
    files = fleet(
        kustomization("web", dependsOn=[{"name": "db"}]),
        kustomization("db", dependsOn=[{"name": "web"}]),
        kustomization("other"),
    )
    lines = picture(files).splitlines()
    assert [line.strip("├─└ ") for line in lines if line.endswith("deadlock")] == [
        "Kustomization db  after Kustomization web  deadlock",
        "Kustomization web  after Kustomization db  deadlock",
    ]
    for name in GRAPHS:
        assert picture(files, name).count("deadlock") >= 2
