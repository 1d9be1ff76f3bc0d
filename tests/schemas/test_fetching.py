"""Sources are fetched by Go itself, here from a module proxy in a directory."""

import zipfile

import pytest

from scripts.pack_schemas import __main__ as command
from scripts.pack_schemas import fetching, writing
from scripts.pack_schemas.sources import Source, SourceError
from tests.support.tools import tool

MODULE, VERSION = "example.org/project", "v1.2.3"
CONTENT = {"crds/b.yaml": b"b", "crds/a.yaml": b"a", "extra/c.yaml": b"c", "main.go": b"package m"}
CHECKSUM = "h1:j0FwN44IBweHumsI5JgBJs8KLCCzb48T1rmvE/rix/g="


def source(checksum=CHECKSUM, members=("extra/*.yaml", "crds/*.yaml"), version=VERSION):
    return Source("Project", MODULE, version, checksum, members)


@pytest.fixture
def proxy(tmp_path, monkeypatch):
    tool("go")
    place = tmp_path / "proxy" / MODULE / "@v"
    place.mkdir(parents=True)
    (place / f"{VERSION}.info").write_text(f'{{"Version": "{VERSION}"}}')
    (place / f"{VERSION}.mod").write_text(f"module {MODULE}\n")
    with zipfile.ZipFile(place / f"{VERSION}.zip", "w") as archive:
        for path, content in CONTENT.items():
            archive.writestr(f"{MODULE}@{VERSION}/{path}", content)
    monkeypatch.setenv("GOPROXY", (tmp_path / "proxy").as_uri())
    monkeypatch.setenv("GOSUMDB", "off")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    monkeypatch.setattr(fetching, "CACHE", tmp_path / "kept")
    return place


def test_files_come_in_the_order_of_their_patterns(proxy):
    assert fetching.files(source()) == [
        ("extra/c.yaml", b"c"),
        ("crds/a.yaml", b"a"),
        ("crds/b.yaml", b"b"),
    ]


def test_what_is_kept_is_not_fetched_again(proxy, tmp_path):
    assert not fetching.is_kept(source())
    files = fetching.files(source())
    (proxy / f"{VERSION}.zip").unlink()
    assert fetching.is_kept(source())
    assert fetching.files(source()) == files
    assert [path.suffix for path in (tmp_path / "kept").iterdir()] == [".zip"]


def test_another_choice_of_files_is_fetched_anew(proxy):
    fetching.files(source())
    assert not fetching.is_kept(source(members=("main.go",)))
    assert fetching.files(source(members=("main.go",))) == [("main.go", b"package m")]


def test_a_module_with_another_checksum_is_refused(proxy, tmp_path):
    wrong = "h1:" + "A" * 43 + "="
    with pytest.raises(SourceError) as refused:
        fetching.files(source(checksum=wrong))
    assert str(refused.value) == f"{MODULE}@{VERSION} has the checksum {CHECKSUM}, not {wrong}"
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_module_that_is_not_there_is_said(proxy, tmp_path):
    with pytest.raises(SourceError, match=r"example\.org/project@v9\.9\.9: "):
        fetching.files(source(version="v9.9.9"))
    assert list((tmp_path / "kept").iterdir()) == []


def test_without_go_nothing_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fetching, "CACHE", tmp_path / "kept")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(command, "FILE", tmp_path / "packed.bin")
    assert command.main() == 1
    assert capsys.readouterr() == ("", "go is not installed\n")
    assert not (tmp_path / "packed.bin").exists()


def test_a_kind_belongs_to_the_first_release_that_has_it(proxy, monkeypatch):
    kinds = {
        "v1.0.0": {("a.b/v1", "A"): {"type": "object", "maxProperties": 1}},
        "v0.9.0": {("a.b/v1", "A"): {"type": "object"}, ("a.b/v1beta1", "A"): {"type": "object"}},
    }
    monkeypatch.setattr(writing.definitions, "kinds", lambda source: kinds[source.version])
    monkeypatch.setattr(writing, "CUSTOM", [source(version=version) for version in kinds])
    *_, (name, section, releases) = writing.custom_projects()
    assert name == "Project"
    assert [release.kinds for release in releases] == [
        {"a.b/v1": {"A": [0]}},
        {"a.b/v1beta1": {"A": [1]}},
    ]
    assert section.lines[0] == '{"maxProperties":1,"type":"object"}'
