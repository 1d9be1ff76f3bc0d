import hashlib

import pytest
import yaml

from kure_hooks.errors import InputError, ReadError, UsageError
from kure_hooks.operations.vendor import vendor
from kure_hooks.operations.workspace import open_workspace
from kure_hooks.stack.vendor_lock import LOCK
from tests.support import charts
from tests.support.git import commit_all, make_repository, write
from tests.support.releases import GOTK, archive, release

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: b}\n"


@pytest.fixture
def place(tmp_path):
    """A repository, and beside it what somebody downloaded."""
    write(tmp_path, {"repository/.kure-hooks.yaml": "version: 1\n", "install.yaml": NAMESPACE})
    return tmp_path


def record(place, given="install.yaml", **options):
    return vendor(open_workspace(place / "repository"), place / given, **options)


def vendored(place):
    root = place / "repository" / "vendor"
    found = (each for each in root.rglob("*") if each.is_file())
    return {each.relative_to(root).as_posix(): each.read_bytes() for each in found}


def locked(place):
    text = (place / "repository" / LOCK).read_text()
    assert text.startswith("# Written by kure-hooks vendor")
    return {each["path"]: each["sha256"] for each in yaml.safe_load(text)["vendored"]}


def test_a_file_is_copied_and_its_checksum_recorded(place):
    done = record(place)
    digest = hashlib.sha256(NAMESPACE.encode()).hexdigest()
    assert (done.path, done.sha256, done.objects) == ("vendor/install.yaml", digest, 1)
    assert vendored(place)["install.yaml"] == NAMESPACE.encode()
    assert locked(place) == {"vendor/install.yaml": digest}


def test_real_manifests_are_copied_byte_by_byte(place):
    write(place, {"gotk.yaml": release(GOTK)})
    done = record(place, "gotk.yaml", name="flux/v2.9.3.yaml")
    assert done.objects == 39
    assert vendored(place)["flux/v2.9.3.yaml"] == release(GOTK).encode()
    published = "4e2b0567407b1ebb5e772bbb3ef0da088e0a1ad3039d0d913249c2661bb2d365"
    assert done.sha256 == published


def test_an_archive_stays_one(place):
    data = archive({"a.yaml": NAMESPACE.encode(), "b.yaml": ROLE.encode()})
    write(place, {"manifests.tar.gz": data})
    assert record(place, "manifests.tar.gz").objects == 2
    assert vendored(place)["manifests.tar.gz"] == data


def test_of_a_directory_only_manifests_are_copied_and_old_ones_removed(place):
    write(place, {"flux/a.yaml": NAMESPACE, "flux/sub/b.yaml": ROLE, "flux/NOTES": "x"})
    first = record(place, "flux")
    assert set(vendored(place)) == {"flux/a.yaml", "flux/sub/b.yaml", "kure-hooks.lock.yaml"}
    (place / "flux/a.yaml").unlink()
    second = record(place, "flux")
    assert set(vendored(place)) == {"flux/sub/b.yaml", "kure-hooks.lock.yaml"}
    assert locked(place) == {"vendor/flux": second.sha256}
    assert first.sha256 != second.sha256


def test_the_lock_file_doesn_t_depend_on_the_order(place):
    write(place, {"other.yaml": ROLE})
    for name in ("install.yaml", "other.yaml"):
        record(place, name)
    text = vendored(place)["kure-hooks.lock.yaml"]
    for name in ("other.yaml", "install.yaml"):
        record(place, name)
    assert vendored(place)["kure-hooks.lock.yaml"] == text
    assert list(locked(place)) == ["vendor/install.yaml", "vendor/other.yaml"]


def test_what_is_there_already_with_the_same_bytes_is_only_recorded(place):
    write(place, {"repository/vendor/install.yaml": NAMESPACE})
    assert record(place).path in locked(place)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"sha256": "0" * 64}, f"has the sha256 {hashlib.sha256(NAMESPACE.encode()).hexdigest()}"),
        ({"name": "../install.yaml"}, "vendor/../install.yaml has a part '..'"),
        ({"name": "/install.yaml"}, "vendor//install.yaml has a part ''"),
        ({"name": "CON.yaml"}, "is a device on Windows"),
        ({"name": "kure-hooks.lock.yaml"}, "vendor/kure-hooks.lock.yaml is the lock file"),
        ({"name": "own.yaml"}, f"vendor/own.yaml is there and not in {LOCK}"),
        ({"name": "taken.yaml/inner.yaml"}, "vendor/taken.yaml overlap. Name another path"),
    ],
)
def test_what_can_t_be_recorded_changes_nothing(options, problem, place):
    write(place, {"repository/vendor/own.yaml": ROLE})
    record(place, name="taken.yaml")
    before = vendored(place)
    with pytest.raises(UsageError) as refused:
        record(place, **options)
    assert problem in str(refused.value)
    assert vendored(place) == before


def test_what_is_no_manifest_is_not_recorded(place):
    write(place, {"page.html": "<html>rate limit exceeded</html>\n"})
    with pytest.raises(InputError):
        record(place, "page.html")
    with pytest.raises(UsageError, match="nope is not there"):
        record(place, "nope")
    write(place, {"evil.tar.gz": archive({"../../a.yaml": NAMESPACE.encode()})})
    with pytest.raises(ReadError, match="has a member"):
        record(place, "evil.tar.gz")
    assert not (place / "repository" / "vendor").exists()


def test_a_checksum_in_capitals_is_the_same(place):
    digest = hashlib.sha256(NAMESPACE.encode()).hexdigest()
    assert record(place, sha256=digest.upper()).sha256 == digest


def test_what_is_not_recorded_in_a_recorded_directory_stays(place):
    write(place, {"flux/a.yaml": NAMESPACE, "flux/sub/b.yaml": ROLE})
    record(place, "flux")
    write(place, {"repository/vendor/flux/NOTES.md": "mine\n", "flux/c.yaml": ROLE})
    (place / "flux/a.yaml").unlink()
    record(place, "flux")
    assert set(vendored(place)) == {
        "flux/NOTES.md",
        "flux/c.yaml",
        "flux/sub/b.yaml",
        "kure-hooks.lock.yaml",
    }


def test_recorded_manifests_that_were_edited_are_replaced_only_when_git_has_the_edit(place):
    record(place)
    edited = NAMESPACE.replace("name: a", "name: mine")
    write(place, {"repository/vendor/install.yaml": edited, "install.yaml": ROLE})
    with pytest.raises(UsageError, match=r"git does not hold vendor/install.yaml"):
        record(place)
    assert vendored(place)["install.yaml"] == edited.encode()
    make_repository(place / "repository")
    with pytest.raises(UsageError, match=r"git does not hold vendor/install.yaml"):
        record(place)
    commit_all(place / "repository", "edit")
    record(place)
    assert vendored(place)["install.yaml"] == ROLE.encode()


def test_a_chart_is_recorded_with_its_version(place):
    """All of its files are, whatever they are called, and a range finds the newest one."""
    for version in ("1.2.3", "1.10.0", "2.0.0"):
        files = charts.chart(charts.CONFIG_MAP % ("", f"is: v{version}"), version=version)
        name = f"shop-{version}.tgz"
        write(place, {name: charts.archive(files)})
        done = record(place, name, name=f"charts/{name}")
        assert (done.path, done.content) == (f"vendor/charts/{name}", f"chart shop {version}")
    entries = yaml.safe_load((place / "repository" / LOCK).read_text())["vendored"]
    assert [(each["chart"], each["version"]) for each in entries] == [
        ("shop", "1.10.0"),
        ("shop", "1.2.3"),
        ("shop", "2.0.0"),
    ]


def test_a_chart_may_be_a_directory(place):
    files = charts.chart("# nothing\n") | {"charts/shop/templates/_helpers.tpl": "{{/* x */}}"}
    write(place, files)
    assert record(place, "charts/shop", name="shop").chart == "shop 1.2.3"
    assert "shop/templates/_helpers.tpl" in vendored(place)
    write(place, {"charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.3.0\n"})
    assert record(place, "charts/shop", name="shop").chart == "shop 1.3.0"


def test_a_chart_that_was_recorded_renders_by_a_range(place, monkeypatch):
    charts.with_helm(monkeypatch)
    monkeypatch.setenv("KURE_HOOKS_CACHE", "")
    files = {}
    for version in ("1.2.3", "1.10.0"):
        template = charts.CONFIG_MAP % ("", f"is: v{version}")
        name = f"shop-{version}.tgz"
        write(place, {name: charts.archive(charts.chart(template, version=version))})
        record(place, name)
    files = {f"vendor/{path}": data for path, data in vendored(place).items()}
    wanted = charts.release(chart={"name": "shop", "version": "1.x"})
    found = charts.documents(charts.files_of(files, wanted))
    assert found["all/apps/web-configmap-shop.yaml"]["data"] == {"is": "v1.10.0"}
    files["vendor/shop-1.10.0.tgz"] = files["vendor/shop-1.2.3.tgz"]
    with pytest.raises(InputError, match=r"shop-1\.10\.0\.tgz is not what vendor/kure-hooks\.lock"):
        charts.files_of(files, wanted)


def test_an_archive_of_no_chart_stays_one_of_manifests(place):
    write(place, {"broken.tgz": charts.archive({"charts/shop/Chart.yaml": "a: 1"})})
    with pytest.raises(ReadError, match="has no name"):
        record(place, "broken.tgz")
