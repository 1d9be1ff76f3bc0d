"""Checkouts of other repositories, read under the URLs that sources have."""

from tests.support.git import write
from tests.support.linting import SYNC, config_map, fleet, kustomization, model

URL = "https://git.example.com/acme/apps.git"
SOURCE = SYNC.split("---")[0].replace("name: flux-system", "name: apps", 1).replace("fleet", "apps")
REFERENCE = {"kind": "GitRepository", "name": "apps"}


def repository():
    files = fleet(kustomization("web", "./deploy/web", sourceRef=REFERENCE))
    files["clusters/prod/source.yaml"] = SOURCE
    return files


def web(files, **options):
    (cluster,) = model(files, **options).clusters
    return next(owner for owner in cluster.owners if owner.who.name == "web")


def test_a_source_that_is_not_mapped_is_elsewhere():
    assert not web(repository()).is_certain


def test_a_mapped_source_is_read(tmp_path):
    other = tmp_path / "apps"
    write(
        other, {"deploy/web/config.yaml": config_map("web"), "clusters/x.yaml": kustomization("x")}
    )
    owner = web(repository(), maps={URL.removesuffix(".git"): other})
    assert owner.is_certain
    assert [resource.name for resource in owner.resources] == ["web"]
    assert owner.resources[0].at().path == "@apps/deploy/web/config.yaml"


def test_a_path_that_a_mapped_source_lacks_is_missing(tmp_path):
    other = tmp_path / "apps"
    write(other, {"deploy/db/config.yaml": config_map("db")})
    owner = web(repository(), maps={URL: other})
    (target,) = owner.targets
    assert (target.directory, target.exists) == ("@apps/deploy/web", False)


def test_two_checkouts_of_one_name_and_a_directory_that_begins_so(tmp_path):
    one, other = tmp_path / "x/apps", tmp_path / "y/apps"
    write(one, {"deploy/db/config.yaml": config_map("db")})
    write(other, {"deploy/web/config.yaml": config_map("web")})
    files = repository()
    files["@apps/start/sync.yaml"] = kustomization("lost", "./@apps/start")
    maps = {"https://git.example.com/acme/db.git": one, URL: other}
    owner = web(files, maps=maps)
    assert [target.directory for target in owner.targets] == ["@apps2/deploy/web"]
    names = {cluster.name for cluster in model(files, maps=maps).clusters}
    assert names == {"clusters/prod"}
