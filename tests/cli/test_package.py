import hashlib
import tarfile

from tests.support.git import commit_all, make_repository


def digests(out):
    return dict(reversed(line.split("  ")) for line in out.splitlines())


def names(path):
    with tarfile.open(path) as opened:
        return [each.name for each in opened.getmembers() if each.isfile()]


def test_archives_are_written_and_their_digests_printed(fleet, kure):
    code, out, err = kure("package", "--to", "dist")
    assert (code, err) == (0, "")
    data = (fleet / "dist/prod.tar.gz").read_bytes()
    assert digests(out) == {"dist/prod.tar.gz": hashlib.sha256(data).hexdigest()}
    assert "clusters/prod/apps/kustomization.yaml" in names(fleet / "dist/prod.tar.gz")
    assert not (fleet / "clusters").exists()
    assert kure("package", "--to", "dist") == (0, out, "")


def test_the_archive_holds_what_generate_writes(fleet, kure):
    """E13.21."""
    kure("generate")
    kure("package", "--to", "dist", "--format", "tar")
    written = [each for each in (fleet / "clusters").rglob("*") if each.is_file()]
    with tarfile.open(fleet / "dist/prod.tar") as opened:
        packed = {
            each.name: opened.extractfile(each).read()
            for each in opened.getmembers()
            if each.isfile()
        }
    assert packed == {str(each.relative_to(fleet)): each.read_bytes() for each in written}


def test_a_revision_is_packed_as_it_was(fleet, kure):
    make_repository(fleet)
    commit_all(fleet, "all")
    _, before, _ = kure("package", "--to", "dist", "stacks/prod.yaml")
    stack = fleet / "stacks/prod.yaml"
    stack.write_text(stack.read_text().replace("interval: 10m", "interval: 20m"))
    _, after, _ = kure("package", "--to", "dist")
    assert after != before
    assert kure("package", "--to", "dist", "--source", "HEAD") == (0, before, "")


def test_wrong_usage_and_faulty_stacks_exit_2_and_write_nothing(fleet, kure):
    code, out, err = kure("package")
    assert (code, out) == (2, "")
    assert "Missing option '--to'" in err
    code, _, err = kure("package", "--to", "dist", "--format", "zip")
    assert code == 2
    assert "'zip' is not one of 'tar', 'tar.gz'" in err
    code, _, err = kure("package", "--to", "dist", "stacks/none.yaml")
    assert code == 2
    assert "stacks/none.yaml is no stack of this repository" in err
    stack = fleet / "stacks/prod.yaml"
    stack.write_text(stack.read_text().replace("name: prod", "nmae: prod", 1))
    assert kure("package", "--to", "dist")[0] == 2
    assert not (fleet / "dist").exists()
