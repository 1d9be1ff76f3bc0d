"""Extra files through every command: written, compared, explained, and removed."""

import pytest
import yaml

from tests.support.git import write

VALUES = "clusters/prod/apps/web/values.yaml"
SETTINGS = "clusters/prod/apps/web/app.bin"
SOURCE = {"type": "HelmRepository", "url": "https://charts.example.com"}
CHART = {"chart": {"name": "web", "version": "1.2.3"}, "source": SOURCE}


def stack(kind, spec):
    application = {"name": "web", "namespace": "apps", "kind": kind, "spec": spec}
    child = {"name": "apps", "bundle": {"name": "apps", "applications": [application]}}
    return yaml.safe_dump({"name": "prod", "node": {"name": "prod", "children": [child]}})


@pytest.fixture
def release(tmp_path, kure):
    """A repository with a release in sync; its values hold a password."""
    spec = CHART | {"valuesFile": "../values.yaml"}
    values = "admin:\n  password: vtJ4mwQe81xZ\n"
    write(tmp_path, {"stacks/prod.yaml": stack("HelmChart", spec), "values.yaml": values})
    assert kure("generate")[0] == 1
    assert kure("check") == (0, "", "")
    return tmp_path


def test_an_edit_of_an_extra_file_is_drift_that_hides_secrets(release, kure):
    (release / VALUES).write_text("admin:\n  password: b8Kq2LrN05sd\n")
    for report in ("text", "json", "diff", "markdown", "sarif", "html"):
        code, out, err = kure("check", "--format", report)
        assert code == 1, err
        assert VALUES.rpartition("/")[2] in out
        assert "vtJ4mwQe81xZ" not in out + err
        assert "b8Kq2LrN05sd" not in out + err
    assert kure("generate")[0] == 1
    assert (release / VALUES).read_bytes() == (release / "values.yaml").read_bytes()


def test_an_extra_file_comes_from_its_application(release, kure):
    code, out, _ = kure("explain", VALUES, cwd=release)
    assert code == 0
    assert "web" in out


def test_an_extra_file_that_is_no_longer_generated_is_removed(release, kure):
    """It bears no header, but the kustomization.yaml beside it does, and names it."""
    mine = release / VALUES.replace("values", "mine")
    mine.write_text("a: 1\n")
    (release / "stacks/prod.yaml").write_text(stack("HelmChart", CHART))
    code, out, _ = kure("check")
    assert "unexpected  apps/web/values.yaml" in out
    code, out, _ = kure("generate")
    assert code == 1
    assert f"removed     {VALUES}" in out
    assert not (release / VALUES).exists()
    assert not (release / "clusters/prod/apps/web/kustomizeconfig.yaml").exists()
    assert mine.is_file()
    code, out, _ = kure("check")
    assert code == 1
    assert "foreign     apps/web/mine.yaml" in out


def test_bytes_that_are_no_text_are_compared_too(tmp_path, kure):
    spec = {"configMaps": [{"name": "web", "files": ["../app.bin"]}]}
    write(tmp_path, {"stacks/prod.yaml": stack("Manifests", spec)})
    (tmp_path / "app.bin").write_bytes(b"\xff\x00\xfe")
    assert kure("generate")[0] == 1
    assert (tmp_path / SETTINGS).read_bytes() == b"\xff\x00\xfe"
    (tmp_path / SETTINGS).write_bytes(b"\xff\x00")
    for report in ("text", "json", "diff", "markdown"):
        code, out, err = kure("check", "--format", report)
        assert (code, err) == (1, "")
        assert "app.bin" in out
