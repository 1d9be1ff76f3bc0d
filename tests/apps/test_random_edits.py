"""Random edits of application documents: a tree, or findings that each have a line."""

import random
from pathlib import Path

import yaml

from kure_hooks.errors import InputError
from tests.support.charts import with_helm
from tests.support.generate import generated

REPOSITORY = Path(__file__).parent / "deployed" / "repository"
EDITS = 100
ODD = [
    *(None, 0, -1, True, "", [], {}, "x", "../..", "/etc/passwd", "a" * 300, ["x"], {"a": 1}),
    *("${X}", "--flag", "1.x", "\u202e", [[1]], {"name": "x"}, "../charts/shop", ["../values"]),
]
KEYS = [
    *("render", "valuesFiles", "valuesFile", "values", "chart", "path", "version", "name"),
    *("source", "capabilities", "apply", "patches", "images", "configMaps", "replacements"),
    *("behavior", "options", "release", "files", "objects", "target", "patch"),
]


def steps(value):
    """Yield the containers in a value, each with one of its keys or indices."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in list(inner):
        yield value, key
        if isinstance(part, (dict, list)):
            yield from steps(part)


def edit(chance, document):
    container, key = chance.choice(list(steps(document["spec"])))
    way = chance.random()
    if way < 0.5:
        container[key] = chance.choice(ODD)
    elif way < 0.6:
        del container[key]
    elif isinstance(container, dict):
        container[chance.choice(KEYS)] = chance.choice(ODD)


def test_an_edit_makes_a_tree_or_findings(monkeypatch, tmp_path):
    with_helm(monkeypatch)
    monkeypatch.setenv("KURE_HOOKS_CACHE", str(tmp_path))
    texts = {
        path.relative_to(REPOSITORY).as_posix(): path.read_text()
        for path in sorted(REPOSITORY.rglob("*"))
        if path.is_file()
    }
    names = [name for name in texts if name.startswith("apps/")]
    trees = 0
    for seed in range(EDITS):
        chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        name = chance.choice(names)
        document = yaml.safe_load(texts[name])
        edit(chance, document)
        stack = texts["stacks/prod.yaml"].replace("ENGINE", chance.choice(["flux", "argocd"]))
        changed = texts | {name: yaml.safe_dump(document), "stacks/prod.yaml": stack}
        try:
            trees += bool(generated(changed).files)
        except InputError as error:
            lost = [str(each) for each in error.findings if not each.at.line]
            assert lost == [], f"seed {seed}: {changed[name]}"
    assert 0 < trees < EDITS
