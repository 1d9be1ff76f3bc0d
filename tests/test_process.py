import gc
import os
import resource
import signal
import stat
import time
from pathlib import Path

import pytest

from kure_hooks.errors import ToolError
from kure_hooks.process import ProgramError, Session, find, run


@pytest.fixture
def here(tmp_path):
    return tmp_path


def program(path, body="#!/bin/sh\necho ran\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def failure(error=ToolError, /, *command, **options):
    with pytest.raises(ToolError) as caught:
        run(*command, **options)
    assert type(caught.value) is error
    return str(caught.value)


def gone(pid):
    """Whether a process ends, which it does soon after it was killed."""
    state = Path(f"/proc/{pid}/stat")
    for _ in range(2000):
        if not state.exists() or state.read_text().split()[2] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_output_and_exit_code(here):
    done = run("sh", "-c", "echo out; echo err >&2; exit 3", cwd=here, ok=(0, 3))
    assert (done.code, done.out, done.err) == (3, b"out\n", b"err\n")


def test_no_shell_reads_the_arguments(here):
    assert run("printf", "%s", "$HOME; `id` *", cwd=here).out == b"$HOME; `id` *"


def test_input_of_any_size_comes_back(here):
    data = bytes(range(256)) * 20_000
    assert run("cat", cwd=here, stdin=data).out == data


def test_a_program_need_not_read_its_input(here):
    assert run("true", cwd=here, stdin=b"x" * 1_000_000).code == 0


def test_without_input_there_is_none(here):
    assert run("readlink", "/proc/self/fd/0", cwd=here).out == b"/dev/null\n"


def test_there_is_no_terminal_to_ask(here):
    assert "/dev/tty" in failure(ProgramError, "sh", "-c", "cat < /dev/tty", cwd=here)


def test_a_failure_names_command_code_and_error_output(here):
    message = failure(ProgramError, "sh", "-c", "echo it broke >&2; exit 7", cwd=here)
    assert message == "sh -c 'echo it broke >&2; exit 7' failed with exit code 7: it broke"


def test_a_silent_failure(here):
    assert failure(ProgramError, "false", cwd=here) == "false failed with exit code 1"


def test_a_program_that_was_killed(here):
    message = failure(ProgramError, "sh", "-c", "kill -9 $$", cwd=here)
    assert message == "sh -c 'kill -9 $$' was killed by signal 9"


def test_error_output_is_cut_and_made_harmless(here):
    script = program(
        here / "bad",
        "#!/bin/sh\n"
        "i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); done >&2\n"
        "printf '\\033]0;title\\007\\342\\200\\256\\377\\n' >&2\n"
        "exit 1\n",
    )
    first, *lines = failure(ProgramError, str(script), cwd=here).split("\n")
    assert first == "bad failed with exit code 1"
    assert lines[0] == "  line 81"
    assert lines[-1] == "  \\x1b]0;title\\x07\\u202e\\xff"
    assert len(lines) == 20


def test_a_long_command_is_cut(here):
    message = failure(ProgramError, "false", "x" * 1000, cwd=here)
    assert message == f"false {'x' * 194}... failed with exit code 1"


def test_a_missing_program_comes_with_a_hint(here):
    assert failure(ToolError, "no-such-program", cwd=here) == (
        "no-such-program is not installed. Install it or add its directory to PATH."
    )


def test_a_missing_kubeconform(here, monkeypatch):
    monkeypatch.setenv("PATH", str(here))
    assert failure(ToolError, "kubeconform", cwd=here) == (
        "kubeconform is not installed. Install it: https://github.com/yannh/kubeconform#installation"
    )


def test_a_program_that_can_t_be_started(here):
    message = failure(ToolError, str(here / "nothing"), cwd=here)
    assert message == "nothing can't be started: No such file or directory"
    assert "can't be started: " in failure(ToolError, "true", cwd=here / "nowhere")


def test_a_slow_program_is_killed_with_its_children(here):
    script = "sleep 600 & echo $! > child; wait"
    message = failure(ToolError, "sh", "-c", script, cwd=here, timeout=0.5)
    assert message == f"sh -c '{script}' did not end within 0.5 seconds"
    assert gone(int((here / "child").read_text()))


@pytest.mark.parametrize("script", ["exec >&- 2>&-; exec sleep 600", "sleep 600 &", "sleep 600"])
def test_whatever_keeps_running_is_not_waited_for(here, script):
    assert "did not end within 0.2 seconds" in failure(
        ToolError, "sh", "-c", script, cwd=here, timeout=0.2
    )


@pytest.mark.parametrize("target", ["/dev/stdout", "/dev/stderr"])
def test_too_much_output(here, target):
    script = f"cat /dev/zero > {target}"
    message = failure(ToolError, "sh", "-c", script, cwd=here, max_output=100_000)
    assert message == f"sh -c 'cat /dev/zero > {target}' wrote more than 100000 bytes"


def test_output_up_to_the_limit(here):
    assert len(run("head", "-c", "1000", "/dev/zero", cwd=here, max_output=1000).out) == 1000


def test_an_interruption_kills_the_program(here):
    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            run("sh", "-c", "echo $$ > pid; exec sleep 600", cwd=here)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert gone(int((here / "pid").read_text()))


def test_the_environment_is_an_allow_list(here, monkeypatch):
    for name in ("TOKEN", "GIT_DIR", "LD_PRELOAD_X", "PYTHONPATH", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "secret")
    kept = {"HOME": "/h", "LC_TIME": "C", "XDG_CACHE_HOME": "/c", "https_proxy": "p", "TZ": "UTC"}
    for name, value in kept.items():
        monkeypatch.setenv(name, value)
    lines = run("env", cwd=here, environment={"EXTRA": "1"}).out.decode().splitlines()
    given = dict(line.split("=", 1) for line in lines)
    assert "secret" not in given.values()
    assert given.items() >= (kept | {"EXTRA": "1", "PATH": os.environ["PATH"]}).items()


@pytest.fixture
def checkout(here):
    """A checkout that brings a program along, beside a directory of the system without one."""
    program(here / "checkout/bin/tool", "#!/bin/sh\necho stolen\n")
    program(here / "checkout/tool", "#!/bin/sh\necho stolen\n")
    (here / "checkout/sub/below").mkdir(parents=True)
    (here / "links").mkdir()
    return here / "checkout"


def entries(here):
    """Return what PATH may hold that leads into the checkout, by name."""
    (here / "disguised").symlink_to("checkout/bin")
    (here / "links/tool").symlink_to("../checkout/bin/tool")
    (here / "links/chain").symlink_to("../disguised")
    (here / "checkout/out").symlink_to("../system")
    return {
        "inside": here / "checkout/bin",
        "up and down": here / "system/../checkout/bin",
        "a link to the directory": here / "disguised",
        "a link to a link": here / "links/chain",
        "a link to the program": here / "links",
        "through the checkout and out again": here / "checkout/out",
        "relative": "bin",
        "here": ".",
        "empty": "",
    }


NAMES = [
    "inside",
    "up and down",
    "a link to the directory",
    "a link to a link",
    "a link to the program",
    "through the checkout and out again",
    "relative",
    "here",
    "empty",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("below", ["", "sub/below", "../elsewhere"])
def test_programs_of_the_checkout_are_not_run(here, checkout, monkeypatch, name, below):
    """Wherever in it, or outside, the program is to run."""
    program(here / "system/tool")
    (here / "elsewhere").mkdir()
    entry = str(entries(here)[name])
    cwd = checkout / below
    monkeypatch.chdir(checkout)
    monkeypatch.setenv("PATH", entry)
    assert find("tool", [checkout]) is None
    with pytest.raises(ToolError, match=r"^tool is "):
        run("tool", cwd=cwd, checkouts=(checkout,))
    monkeypatch.setenv("PATH", os.pathsep.join((entry, str(here / "system"))))
    assert find("tool", [checkout]) == str(here / "system/tool")
    assert run("tool", cwd=cwd, checkouts=(checkout,)).out == b"ran\n"


def test_by_default_the_checkout_is_where_a_program_runs(checkout, monkeypatch):
    monkeypatch.setenv("PATH", str(checkout / "bin"))
    with pytest.raises(ToolError) as caught:
        run("tool", cwd=checkout)
    assert str(caught.value) == (
        f"tool is only found inside the repository, as {checkout}/bin/tool, where a pull request "
        "could have put it. Install it or add its directory to PATH."
    )


def test_a_link_between_directories_of_the_system_is_followed(here, checkout, monkeypatch):
    program(here / "system/real")
    (here / "links/tool").symlink_to("../system/real")
    monkeypatch.setenv("PATH", str(here / "links"))
    assert find("tool", [checkout]) == str(here / "links/tool")


def test_a_checkout_has_one_identity_whatever_it_is_called(here, checkout, monkeypatch):
    """As where a file system ignores case, or where one directory is mounted twice."""
    (here / "alias").symlink_to("checkout")
    monkeypatch.setenv("PATH", str(checkout / "bin"))
    assert find("tool", [here / "alias"]) is None


def test_a_program_finds_no_helper_in_the_checkout(here, checkout, monkeypatch):
    """What git starts by name, for example, comes from the PATH that it is given."""
    program(here / "system/outer", "#!/bin/sh\nexec tool\n")
    program(here / "later/tool")
    inside = [str(entry) for entry in entries(here).values() if "links" not in str(entry)]
    monkeypatch.chdir(checkout)
    path = os.pathsep.join((*inside, f"{here}/system", f"{here}/later", "/usr/bin", "/bin"))
    monkeypatch.setenv("PATH", path)
    assert run("outer", cwd=checkout).out == b"ran\n"
    monkeypatch.setenv("PATH", os.pathsep.join(inside))
    shown = run("/usr/bin/env", cwd=checkout).out.decode().splitlines()
    assert f"PATH={os.defpath}" in shown


def test_only_what_can_run_is_a_program(here, monkeypatch):
    (here / "tool").touch()
    (here / "directory").mkdir()
    monkeypatch.setenv("PATH", str(here))
    assert find("tool", []) is None
    assert find("directory", []) is None


def test_a_program_runs_below_a_limit_that_is_lower_already(here, monkeypatch):
    def refuse(*_):
        raise PermissionError  # as the system does for whoever is not root

    monkeypatch.setattr(resource, "prlimit", refuse, raising=False)
    assert run("/bin/echo", "ran", cwd=here, memory=1 << 30).out == b"ran\n"


def test_a_conversation(here):
    talk = Session("cat", cwd=here)
    assert talk.ask(b"one") == b"one"
    assert talk.ask(b"two\nthree") == b"two"
    assert talk.take(6) == b"three\n"
    assert talk.ask(b"") == b""


def test_a_long_answer(here):
    talk = Session("sh", "-c", "read size; echo $size; head -c $size /dev/zero", cwd=here)
    assert talk.ask(b"3000000") == b"3000000"
    assert talk.take(3_000_000) == bytes(3_000_000)


def test_a_conversation_that_ends_early(here):
    talk = Session("sh", "-c", "read line; echo bye", cwd=here)
    assert talk.ask(b"x") == b"bye"
    with pytest.raises(ToolError, match="ended unexpectedly"):
        talk.take(1)


def test_a_conversation_without_answers(here):
    talk = Session("sleep", "600", cwd=here, timeout=0.1)
    with pytest.raises(ToolError, match=r"sleep 600 did not answer within 0\.1 seconds"):
        talk.ask(b"hello")


def test_records_come_while_the_program_runs(here):
    talk = Session("sh", "-c", "cat; printf 'three:fo'; exec sleep 600", cwd=here)
    talk.finish(b"one::two:")
    records = talk.records(b":")
    assert [next(records) for _ in range(4)] == [b"one", b"", b"two", b"three"]


def test_records_end_with_the_program(here):
    talk = Session("cat", cwd=here)
    talk.finish(b"one\0two\0cut off")
    assert list(talk.records(b"\0")) == [b"one", b"two"]


def test_a_large_last_request(here, tmp_path):
    # It is killed before it can remove its temporary files.
    talk = Session("sh", "-c", f"sort -T {tmp_path}", cwd=here)
    talk.finish(b"b\n" * 1_000_000 + b"a\n")
    assert next(talk.records(b"\n")) == b"a"


def test_records_of_a_program_that_fails(here):
    talk = Session("sh", "-c", "cat; exit 3", cwd=here)
    talk.finish(b"one\n")
    records = talk.records(b"\n")
    assert next(records) == b"one"
    with pytest.raises(ToolError, match="ended unexpectedly"):
        next(records)


def test_a_last_request_that_nobody_reads(here):
    talk = Session("true", cwd=here)
    with pytest.raises(ToolError, match="ended unexpectedly"):
        talk.finish(b"x" * 1_000_000)
    talk = Session("sleep", "600", cwd=here, timeout=0.1)
    with pytest.raises(ToolError, match="did not answer within"):
        talk.finish(b"x" * 1_000_000)


def test_a_conversation_ends_with_its_object(here):
    talk = Session("sh", "-c", "echo $$; exec cat", cwd=here)
    pid = int(talk.ask(b""))
    assert Path(f"/proc/{pid}").exists()
    del talk
    gc.collect()
    assert not Path(f"/proc/{pid}").exists()
