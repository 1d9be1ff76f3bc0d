"""Archives: what is in them, and that nothing else decides their bytes (E13.21 to E13.23)."""

import gzip
import hashlib
import io
import shutil
import subprocess
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.files import archive

FILES = {
    "clusters/prod/kustomization.yaml": b"resources:\n- flux-system\n",
    "clusters/prod/flux-system/kustomization.yaml": b"resources: []\n",
    "clusters/prod/apps-b/empty.yaml": b"",
    "clusters/prod/apps/web/deployment.yaml": b"kind: Deployment\n",
}
ENTRIES = [
    "clusters/",
    "clusters/prod/",
    "clusters/prod/apps/",
    "clusters/prod/apps-b/",
    "clusters/prod/apps-b/empty.yaml",
    "clusters/prod/apps/web/",
    "clusters/prod/apps/web/deployment.yaml",
    "clusters/prod/flux-system/",
    "clusters/prod/flux-system/kustomization.yaml",
    "clusters/prod/kustomization.yaml",
]
# Names that ustar has no room for, or no letters.
AWKWARD = {
    f"{'d' * 150}/{'e' * 150}/file.yaml": b"deep\n",
    f"{'f' * 200}.yaml": b"long\n",
    "größe/naïve.yaml": b"letters\n",
}

NAMES = st.text(alphabet="ab-.é", min_size=1, max_size=120).filter(lambda name: name.strip("."))
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "/".join([*parts, "file.yaml"])),
    st.binary(max_size=2_000),
)


def unpacked(data):
    """Return the members by name and the contents of the files."""
    with tarfile.open(fileobj=io.BytesIO(data)) as opened:
        members = opened.getmembers()
        files = {each.name: opened.extractfile(each).read() for each in members if each.isfile()}
    return members, files


def test_directories_are_entries_before_what_they_hold():
    """E13.21, E13.23."""
    members, files = unpacked(archive.tar(FILES))
    assert [f"{each.name}{'/' * each.isdir()}" for each in members] == ENTRIES
    assert files == FILES


def test_headers_tell_nothing_of_time_and_place():
    """E13.22."""
    members, _ = unpacked(archive.tar(FILES | AWKWARD))
    assert {each.mode for each in members if each.isdir()} == {0o755}
    assert {each.mode for each in members if each.isfile()} == {0o644}
    assert {
        (each.mtime, each.uid, each.gid, each.uname, each.gname, each.devmajor) for each in members
    } == {(0, 0, 0, "", "", 0)}


def test_the_bytes_never_change():
    """E13.22: a digest that somebody recorded holds for later versions, too."""
    digest = hashlib.sha256(archive.tar(FILES | AWKWARD)).hexdigest()
    assert digest == "5400a580f268c0a345cffb9ccb418bd8b25ed09279b5b22a50f2fd37f3e16c1c"


@pytest.mark.parametrize("ending", archive.FORMATS)
def test_the_order_of_files_and_the_moment_do_not_matter(ending):
    """E13.22."""
    pack = archive.FORMATS[ending]
    assert pack(FILES) == pack(dict(reversed(FILES.items())))


def test_the_compressed_archive_has_neither_time_nor_name():
    data = archive.tar_gz(FILES)
    assert data[:10].hex(" ") == "1f 8b 08 00 00 00 00 00 02 ff"
    assert gzip.decompress(data) == archive.tar(FILES)


@given(TREES)
def test_what_goes_in_comes_out(files):
    assert unpacked(archive.tar(files))[1] == files


@pytest.mark.parametrize("ending", archive.FORMATS)
def test_the_system_s_tar_reads_it_without_a_word(tmp_path, ending):
    program = shutil.which("tar") or pytest.skip("there is no tar")
    files = FILES | AWKWARD
    command = [program, "-x", *(["-z"] if ending == "tar.gz" else []), "-f", "-"]
    data = archive.FORMATS[ending](files)
    done = subprocess.run(command, cwd=tmp_path, input=data, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    found = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert {str(each.relative_to(tmp_path)): each.read_bytes() for each in found} == files
    assert {oct(each.stat().st_mode & 0o700) for each in found} == {"0o600"}


def test_nothing_is_an_archive_without_entries():
    assert unpacked(archive.tar({})) == ([], {})
