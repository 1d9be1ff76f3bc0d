from pathlib import Path

import pytest

from kure_hooks.errors import ToolError
from kure_hooks.objects.written import Source, load
from kure_hooks.validators.program import Program


def sources(texts):
    return [load(name, text.encode()) for name, text in texts.items()]


def program(sources, *, path="kubeconform", directory=Path("/tree")):
    files = {source.name: directory / source.name for source in sources}
    return Program(path, "1.34.0", Path("/schemas"), files)


def test_names_fit_into_a_command_line():
    found = [Source(f"{n:04}.yaml", ()) for n in range(300)]
    directory = Path("/") / ("d" * 990)
    parts = list(program(found, directory=directory).batches(found))
    assert [source for batch in parts for source in batch] == found
    assert len(parts) == 4
    assert (
        max(sum(len(str(directory / each.name)) for each in batch) for batch in parts) < 100 << 10
    )


def test_no_sources_need_no_run():
    assert list(program([]).batches([])) == []


@pytest.fixture
def stand_in(tmp_path):
    """Make programs that answer what a broken or misled kubeconform would."""

    def make(script):
        path = tmp_path / "kubeconform"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "echo 'failed opening cache folder' >&2; exit 1",
            "kubeconform did not answer in JSON: failed opening cache folder",
        ),
        ("echo text", "kubeconform did not answer in JSON. Run it by hand to see why."),
        (
            """echo '{"resources": []}'; echo broken >&2; exit 1""",
            "kubeconform failed without naming a fault: broken",
        ),
    ],
)
def test_a_run_that_says_nothing_about_manifests_is_a_failed_tool(
    tmp_path, stand_in, script, message
):
    source = Source("x.yaml", ())
    with pytest.raises(ToolError) as raised:
        program([source], path=stand_in(script)).judge([source])
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "error while downloading schema at https://x.test/a.json - received HTTP status 429",
            "error while downloading schema at https://x.test/a.json - received HTTP status 429",
        ),
        (
            (
                'failed downloading schema at https://x.test/a.json: Get \\"https://x.test/a.json\\":'
                " giving up after 3 attempt(s): dial tcp: no such host"
            ),
            "failed downloading schema at https://x.test/a.json: no such host",
        ),
        ("lstat {path}: no such file or directory", "lstat x.yaml: no such file or directory"),
        (
            "invalid character 'b' looking for beginning of object key string",
            "invalid character 'b' looking for beginning of object key string",
        ),
    ],
)
def test_what_fails_while_loading_is_no_fault_of_the_manifest(tmp_path, stand_in, said, reason):
    path = tmp_path / "x.yaml"
    answer = (
        f'{{"resources": [{{"filename": "{path}", "kind": "Widget", "name": "a", "version":'
        f' "example.com/v1", "status": "statusError", "msg": "{said.format(path=path)}"}}]}}'
    )
    (tmp_path / "answer.json").write_text(answer)
    stand = stand_in(f"cat {tmp_path}/answer.json; exit 1")
    source = Source("x.yaml", ())
    with pytest.raises(ToolError) as raised:
        program([source], path=stand, directory=tmp_path).judge([source])
    assert str(raised.value) == (
        f"kubeconform could not judge x.yaml: {reason}. Validate with --backend embedded, or"
        " name another directory with --schemas."
    )
