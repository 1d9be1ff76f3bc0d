"""The sdist and the wheel: their metadata, their files, and a fresh installation at work."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes

import pytest

from kure_hooks import __version__
from kure_hooks.setup.starters import HOME
from tests.packaging.conftest import ROOT, without_the_checkout
from tests.support.scripts import script

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PYTHONS = [
    name.rpartition(" ")[2]
    for name in PROJECT["project"]["classifiers"]
    if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", name)
]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="session")
def packed(wheel):
    """The paths of the wheel's files, and their bytes."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def metadata(packed):
    return message_from_bytes(packed[f"kure_hooks-{__version__}.dist-info/METADATA"])


def test_an_index_takes_both(distributions):
    done = run(script("twine"), "check", "--strict", *sorted(map(str, distributions.iterdir())))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == 2


def test_the_wheel_is_as_wheels_should_be(wheel):
    done = run(script("check-wheel-contents"), str(wheel))
    assert done.returncode == 0, done.stdout


def test_the_wheel_holds_the_package_and_nothing_else(packed):
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "kure_hooks").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    about = f"kure_hooks-{__version__}.dist-info/"
    assert {name for name in packed if not name.startswith(about)} == package
    assert {
        "kure_hooks/py.typed",
        "kure_hooks/schemas/packed.bin",
        "kure_hooks/reports/html/page.css",
    } <= package
    assert packed[f"{about}licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_the_sdist_holds_what_git_does(sdist):
    """A link to a directory is missing: hatchling would write what it leads to in its place."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    (left_out,) = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["exclude"]
    files = {
        path
        for path in listed.stdout.split("\0")
        if path and os.path.lexists(ROOT / path) and not path.startswith(f"{left_out}/")
    }
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names == files | {"PKG-INFO"}
    assert any(path.is_symlink() for path in (ROOT / left_out).rglob("*"))


def test_the_metadata_says_whose_it_is_and_where(metadata):
    urls = dict(line.split(", ") for line in metadata.get_all("Project-URL"))
    assert urls.keys() == {"Homepage", "Documentation", "Source", "Issues", "Changelog"}
    assert {url[: len(HOME)] for url in urls.values()} == {HOME}
    for path in (url.partition("/main/")[2] for url in urls.values()):
        assert (ROOT / path).exists()
    assert metadata["Author"] == "kure-hooks maintainers"
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    classifiers = metadata.get_all("Classifier")
    assert [name for name in classifiers if name.startswith("License")] == []
    assert metadata["Requires-Python"] == f">={PYTHONS[0]}"


def test_the_page_in_an_index_leads_to_files_of_this_version(metadata):
    """An index shows the README alone: a relative link would lead nowhere."""
    readme, page = (ROOT / "README.md").read_text(), metadata.get_payload()
    relative = re.findall(r"\]\((?!https?:|#)([^)]+)\)", readme)
    image = "https://raw.githubusercontent.com/kure-hooks/kure-hooks"
    raw = re.findall(rf"\]\({image}/v{__version__}/([^)]+)\)", page)
    files = re.findall(rf"\]\({HOME}/blob/v{__version__}/([^)]+)\)", page)
    assert raw == ["docs/images/report.svg"]
    assert sorted(raw + files) == sorted(relative)
    assert [path for path in relative if not (ROOT / path.partition("#")[0]).exists()] == []
    assert re.findall(r"\]\((?!https?:|#)", page) == []


def test_development_is_no_business_of_those_who_install(metadata):
    assert metadata.get_all("Provides-Extra") == ["cel", "comment", "dask"]
    assert PROJECT["dependency-groups"].keys() >= {"test", "dev", "mutants"}


@pytest.mark.parametrize("version", PYTHONS)
def test_the_wheel_works_where_there_is_no_checkout(install, tmp_path, version):
    """The main job on the example, in an environment that has the wheel and what it depends on."""
    programs = install(interpreter(version))
    shutil.copytree(ROOT / "examples/fleet", tmp_path / "fleet")
    kure = str(programs / "kure-hooks")
    around = {"cwd": tmp_path, "env": without_the_checkout()}
    assert run(kure, "--version", **around).stdout.split()[-1] == __version__
    place = run(
        programs / "python", "-c", "import kure_hooks; print(kure_hooks.__file__)", **around
    )
    assert place.stdout.startswith(str(programs.parent))
    done = run(kure, "check", "--root", "fleet", "--verbose", **around)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "in sync" in done.stdout
    # By schemas that are packed; and a fault that only they can tell.
    done = run(kure, "validate", "--root", "fleet", **around)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: web}]}\n"
    (tmp_path / "wrong.yaml").write_text(wrong)
    done = run(kure, "validate", "--root", ".", "wrong.yaml", **around)
    assert (done.returncode, "port" in done.stdout) == (1, True), done.stdout + done.stderr


def interpreter(version):
    """Return the interpreter of a version of Python, or skip: its own, else the one on PATH."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    path = shutil.which(f"python{version}")
    # A shim of a version manager is there also when the version behind it is not chosen.
    if not path or run(path, "-c", "import venv, ensurepip").returncode:
        pytest.skip(f"python{version} is not on PATH")
    return path
