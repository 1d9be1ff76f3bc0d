"""Two branches of a small fleet with edits of its stack files, and git with the merge driver."""

import os
import random
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.children import environment as with_package
from tests.support.drifting import (
    API,
    DEV,
    PROD,
    SETTINGS,
    SHARED,
    WEB,
    application,
    config_map,
    make_fleet,
    stack,
)
from tests.support.git import commit_all, environment, git, write

COMMAND = f"{shlex.quote(sys.executable)} -m kure_hooks merge-driver %O %A %B %P"
ATTRIBUTES = "clusters/** text eol=lf merge=kure-hooks\n"


def make_merging(top: Path) -> Path:
    """Make the fleet in a repository whose settings name the merge driver."""
    make_fleet(top)
    write(top, {".gitattributes": ATTRIBUTES, SETTINGS: "version: 1\n"})
    commit_all(top, "attributes")
    set_driver(top)
    return top


def set_driver(top: Path, command: str = COMMAND) -> None:
    """Name the merge driver in the repository's settings."""
    git(top, "config", "merge.kure-hooks.driver", command)
    git(top, "config", "merge.kure-hooks.recursive", "text")


def run_git(top: Path, *arguments: str) -> tuple[int, str]:
    """Run git with the merge driver; return its exit code and what it said."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=top,
        env=with_package() | environment() | {"GIT_EDITOR": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, os.fsdecode(done.stdout)


def conflicts(top: Path) -> dict[str, str]:
    """Return the paths in conflict with the letters that git gives them."""
    lines = git(top, "status", "--porcelain").splitlines()
    kinds = {"DD", "AU", "UD", "UA", "DU", "AA", "UU"}
    return {line[3:]: line[:2] for line in lines if line[:2] in kinds}


def _replace(top: Path, path: str, pattern: str, replacement: str, count: int = 1) -> None:
    file = top / path
    if file.exists():
        file.write_text(
            re.sub(pattern, replacement, file.read_text(), count=count, flags=re.MULTILINE)
        )


def _applications(top: Path) -> list[str]:
    return sorted(path.relative_to(top).as_posix() for path in (top / "apps").glob("*.yaml"))


def _stacks(top: Path) -> list[str]:
    return sorted(path.relative_to(top).as_posix() for path in (top / "stacks").glob("*.yaml"))


def _image(top: Path, chance: random.Random) -> None:
    path, tag = chance.choice(_applications(top)), chance.randint(2, 9)
    _replace(top, path, r"image: nginx:.*", f"image: nginx:{tag}")


def _replicas(top: Path, chance: random.Random) -> None:
    path, number = chance.choice(_applications(top)), chance.randint(1, 9)
    _replace(top, path, r"replicas: .*", f"replicas: {number}")


def _namespace(top: Path, chance: random.Random) -> None:
    _replace(top, chance.choice(_applications(top)), r"namespace: .*", "namespace: store")


def _renamed(top: Path, chance: random.Random) -> None:
    path = chance.choice(_applications(top))
    _replace(top, path, r"^  name: (\w+)", rf"  name: \g<1>{chance.randint(2, 9)}")


def _added(top: Path, chance: random.Random) -> None:
    name = f"more{chance.randint(1, 99)}"
    write(top, {f"apps/{name}.yaml": application(name)})
    _entry(top, chance.choice(_stacks(top)), f"apps/{name}.yaml", chance)


def _entry(top: Path, path: str, application: str, chance: random.Random) -> None:
    lines = (top / path).read_text().splitlines()
    entries = [number for number, line in enumerate(lines) if line.startswith("        - path:")]
    if not entries:
        entries = [len(lines) - 1]
    lines.insert(chance.choice(entries) + 1, f"        - path: ../{application}")
    (top / path).write_text("\n".join([*lines, ""]))


def _dropped(top: Path, chance: random.Random) -> None:
    path = chance.choice(_stacks(top))
    lines = (top / path).read_text().splitlines()
    entries = [number for number, line in enumerate(lines) if line.startswith("        - path:")]
    if len(entries) > 1:
        del lines[chance.choice(entries)]
    (top / path).write_text("\n".join([*lines, ""]))


def _interval(top: Path, chance: random.Random) -> None:
    minutes = chance.randint(11, 60)
    _replace(top, chance.choice(_stacks(top)), r"interval: .*", f"interval: {minutes}m")


def _team(top: Path, chance: random.Random) -> None:
    team = chance.choice(["two", "three"])
    _replace(top, chance.choice(_stacks(top)), r"labels: .*", f"labels: {{team: {team}}}")


def _bundle(top: Path, chance: random.Random) -> None:
    _replace(top, chance.choice(_stacks(top)), r"^        name: shop", "        name: store")


def _manifest(top: Path, chance: random.Random) -> None:
    name = chance.choice("abcd")
    if chance.random() < 0.2 and (top / f"manifests/{name}.yaml").exists() and name != "a":
        (top / f"manifests/{name}.yaml").unlink()
    else:
        value = str(chance.randint(2, 9))
        write(top, {f"manifests/{name}.yaml": config_map(name, value)})


def _data(top: Path, chance: random.Random) -> None:
    write(top, {"conf/app.ini": f"a = {chance.randint(2, 9)}\n"})


def _new_cluster(top: Path, chance: random.Random) -> None:
    name = f"edge{chance.randint(1, 9)}"
    write(top, {f"stacks/{name}.yaml": stack(name, *chance.sample([WEB, API, SHARED], 2))})


def _gone_cluster(top: Path, chance: random.Random) -> None:
    if len(_stacks(top)) > 1:
        (top / chance.choice([DEV, PROD])).unlink(missing_ok=True)


def _settings(top: Path, chance: random.Random) -> None:
    grouping = chance.choice(["flat", "name"])
    key = chance.choice(["nodeGrouping", "bundleGrouping"])
    write(top, {SETTINGS: f"version: 1\nlayout:\n  {key}: {grouping}\n"})


_EDITS: tuple[tuple[int, Callable[[Path, random.Random], None]], ...] = (
    (6, _image),
    (6, _replicas),
    (4, _added),
    (3, _interval),
    (3, _manifest),
    (2, _team),
    (2, _dropped),
    (2, _data),
    (1, _namespace),
    (1, _renamed),
    (1, _bundle),
    (1, _new_cluster),
    (1, _gone_cluster),
    (1, _settings),
)


def edit_at_random(top: Path, chance: random.Random) -> None:
    """Edit stack files in one to three of the ways in which people do."""
    weights, edits = zip(*_EDITS, strict=True)
    for deed in chance.choices(edits, weights, k=chance.randint(1, 3)):
        deed(top, chance)
