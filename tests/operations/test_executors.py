"""Work that executors do: the same result, from workers that have nothing of the repository."""

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import distributed
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kure_hooks import check, config
from kure_hooks.errors import InputError, ToolError, UsageError
from kure_hooks.operations import executors
from kure_hooks.process import dask as dask_clusters
from tests.operations.test_cluster_sets import (
    ROWS,
    SLOWLY,
    STACK,
    TABLE,
    by_hand,
    cluster_set,
    generated,
    in_csv,
)
from tests.support.generate import UNJUDGED
from tests.support.git import commit_all, make_repository, write

CANARY = "canary-correct-horse"


def rows(count):
    return [{"name": f"n{number}", "region": "eu"} for number in range(count)]


def mixed(count):
    """Return a set whose clusters share their files, and stacks that have a set of files each."""
    sets = {TABLE: in_csv(rows(count)), STACK: cluster_set({"from": f"../{TABLE}"})}
    stacks = {
        f"stacks/s{number}.yaml": by_hand({"name": f"s{number}", "region": "us"})
        for number in range(count)
    }
    return sets | stacks


@settings(SLOWLY, max_examples=10)
@given(ROWS, ROWS, st.sampled_from(["csv", "in place"]))
def test_an_executor_makes_what_this_process_makes(members, stacks, form):
    clusters = {"from": "../tables/edge.csv"} if form == "csv" else members
    texts = {TABLE: in_csv(members), STACK: cluster_set(clusters)}
    texts |= {
        f"stacks/s-{row['name']}.yaml": by_hand(row | {"name": f"s-{row['name']}"})
        for row in stacks
    }
    with ThreadPoolExecutor(1) as executor:
        assert generated(texts, jobs=executor) == generated(texts)


@pytest.mark.parametrize(
    "wrong",
    [
        {STACK: cluster_set([{"name": "a", "region": "eu", "app": "wbe"}])},
        {STACK: cluster_set([{"name": "a", "region": "eu", "size": "many"}])},
        {STACK: cluster_set({"from": "../tables/none.csv"})},
        {STACK: "name: a\nnode: {bundle: {name: b, applications: [{path: ../apps/wbe.yaml}]}}"},
        {STACK: "name: [\n"},
    ],
)
def test_faults_have_the_same_words_and_hints(wrong):
    told = []
    with ThreadPoolExecutor(1) as executor:
        for jobs in (1, executor):
            with pytest.raises(InputError) as caught:
                generated(wrong, jobs=jobs)
            told.append(caught.value.findings)
    assert told[0] == told[1]


def test_workers_are_given_the_files_that_a_unit_reads_and_no_others():
    """Not even the names of others."""
    texts = {**mixed(2), "private.yaml": f"password: {CANARY}\n"}
    sent = []

    class Watched(ThreadPoolExecutor):
        def submit(self, work, shared, parcel):
            sent.extend([shared.content.data, parcel.data])
            return super().submit(work, shared, parcel)

    with Watched(1) as executor:
        generated(texts, jobs=executor)
    assert any(b"registry.example.com/web" in data for data in sent)
    assert not any(CANARY.encode() in data or b"private" in data for data in sent)


def test_a_worker_with_another_version_is_an_error_that_says_which(monkeypatch):
    here = dict(executors.versions())
    monkeypatch.setattr(executors, "versions", lambda: here | {"kure-hooks": "9.9", "acme": "1.0"})
    spawned = multiprocessing.get_context("spawn")  # else it would have what is here
    with ProcessPoolExecutor(1, spawned) as executor, pytest.raises(ToolError) as caught:
        generated(mixed(1), jobs=executor)
    assert str(caught.value) == (
        f"a worker has kure-hooks {here['kure-hooks']} where it is 9.9 here, acme missing where it "
        "is 1.0 here. Install the same there as here."
    )


class Losing(Executor):
    """Loses the first attempts at each piece of work, as a cluster does whose workers end."""

    def __init__(self, times):
        self.times = times
        self.attempts = {}

    def submit(self, work, shared, parcel):
        future = Future()
        unit = parcel.opened()[0]
        self.attempts[unit] = self.attempts.get(unit, 0) + 1
        if self.attempts[unit] <= self.times:
            future.set_exception(OSError("the worker is gone"))
        else:
            future.set_result(work(shared, parcel))
        return future


def test_lost_work_is_done_again_and_given_up_in_the_end():
    assert generated(mixed(3), jobs=Losing(2)) == generated(mixed(3))
    with pytest.raises(ToolError, match=r"lost 3 times with stacks/edge.yaml \(OSError\)"):
        generated(mixed(3), jobs=Losing(3))


def test_an_error_of_ours_on_a_worker_is_told_as_here(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("kure_hooks.operations.units.generate_stack", broken)
    with ThreadPoolExecutor(1) as executor, pytest.raises(RuntimeError, match="ZeroDivisionError"):
        generated(mixed(1), jobs=executor)


def test_the_way_in_for_programs_takes_an_executor(tmp_path):
    write(tmp_path, {config.FILE_NAME: UNJUDGED, STACK: "name: a\nnode: {name: apps}\n"})
    with ThreadPoolExecutor(1) as executor:
        assert check(tmp_path, executor=executor) == check(tmp_path)


@pytest.mark.parametrize("address", ["ray://a:1", "dask://", "dask", "dask://host"])
def test_addresses_of_nothing_are_usage_errors(address):
    with pytest.raises(UsageError, match=re.escape("Write dask://HOST:PORT or dask+tls://")):
        dask_clusters.connect(address)


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r'Run pip install "kure-hooks\[dask\]"'):
        dask_clusters.connect("dask://localhost:8786")


class Cluster:
    """A Dask scheduler and workers of their own directory, whose logs are files."""

    def __init__(self, directory):
        self.directory = directory
        self.env = {"PATH": os.environ["PATH"], "HOME": str(directory)}
        self.ended = ExitStack()
        place = directory / "scheduler.json"
        self.start("scheduler", "--port=0", "--no-dashboard", f"--scheduler-file={place}")
        self.workers = [
            self.start(
                "worker",
                f"--scheduler-file={place}",
                "--nthreads=1",
                "--no-nanny",
                "--no-dashboard",
                f"--name=w{number}",
            )
            for number in range(2)
        ]
        while not place.exists():
            time.sleep(0.05)
        self.address = json.loads(place.read_text())["address"].replace("tcp", "dask")

    def start(self, *arguments):
        log = self.ended.enter_context((self.directory / f"{len(arguments)}.log").open("ab"))
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            cwd=self.directory,
            env=self.env,
            stdout=log,
            stderr=log,
        )
        self.ended.callback(process.wait)
        self.ended.callback(process.kill)
        return process

    @property
    def logs(self):
        return "".join(path.read_text() for path in self.directory.glob("*.log"))

    @contextmanager
    def connected(self):
        executor = dask_clusters.connect(self.address)
        try:
            yield executor
        finally:
            executor.shutdown()

    def tasks(self):
        """Return how many tasks the scheduler knows."""
        address = self.address.replace("dask", "tcp")
        with distributed.Client(address, set_as_default=False) as client:
            return client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.ended.close()


def test_dask_workers_make_what_this_process_makes(dask):
    told = []
    with dask.connected() as executor:
        made = generated(mixed(6), jobs=executor, progress=lambda *counts: told.append(counts))
    assert made == generated(mixed(6))
    assert told == [(number, 12) for number in range(1, 13)]


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_leaves_nothing_running_and_nothing_written(dask, tmp_path):
    write(tmp_path, {config.FILE_NAME: UNJUDGED, "apps/web.yaml": "", **mixed(400)})
    process = subprocess.Popen(
        [sys.executable, "-m", "kure_hooks", "generate", "--executor", dask.address],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not dask.tasks() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err.strip()) == (130, "interrupted")
    assert not (tmp_path / "clusters").exists()
    assert dask.tasks() == 0


def test_the_command_generates_on_dask_and_logs_tell_nothing(dask, tmp_path):
    make_repository(tmp_path)
    stack = by_hand({"name": "a", "region": "eu"}).replace(
        "literal", f"password: {CANARY}, literal"
    )
    write(tmp_path, {config.FILE_NAME: UNJUDGED, "apps/web.yaml": "kind: [", STACK: stack})
    commit_all(tmp_path, "Start")
    kure = [sys.executable, "-m", "kure_hooks"]
    done = [
        subprocess.run(
            [*kure, "check", *options], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        for options in ([], ["--executor", dask.address])
    ]
    assert done[0].stdout == done[1].stdout
    assert [each.returncode for each in done] == [2, 2]
    assert CANARY not in dask.logs
    assert str(tmp_path) not in dask.logs


def test_a_worker_that_is_killed_costs_its_stacks_again_and_nothing_else(dask):
    """The last test of this cluster."""
    told = []

    def progress(done, total):
        told.append((done, total))
        if done == 3:
            dask.workers[0].kill()

    with dask.connected() as executor:
        made = generated(mixed(30), jobs=executor, progress=progress)
    assert made == generated(mixed(30))
    assert told == [(number, 60) for number in range(1, 61)]
    assert dask.workers[0].wait() == -signal.SIGKILL


def test_a_scheduler_that_is_not_there_is_an_error_of_a_tool():
    with pytest.raises(ToolError, match=r"no Dask scheduler answers at dask://127\.0\.0\.1:9"):
        dask_clusters.connect("dask://127.0.0.1:9")
