"""The JSON Schemas for editors: their words, their checked-in copies, and ajv's view of them."""

import json
import re
from functools import cache
from pathlib import Path

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from kure_hooks.apps import GENERATORS
from kure_hooks.config import Settings
from kure_hooks.operations.schema import SCHEMAS
from kure_hooks.reports.json import Document
from kure_hooks.reports.json import schema as report
from kure_hooks.setup import starters
from kure_hooks.stack.documents import ClusterDocument
from tests.support.npm import module, node

ROOT = Path(__file__).parents[1]
FLEET = ROOT / "examples" / "fleet"
ALL = {**SCHEMAS, "report": report}

made = cache(lambda name: ALL[name]())


@pytest.mark.parametrize("name", ALL)
def test_a_copy_is_what_the_command_prints(name, update_golden):
    """To mend: pytest tests/test_schemas_of_editors.py --update-golden."""
    path = ROOT / "schemas" / f"{name}.schema.json"
    text = f"{json.dumps(made(name), indent=2)}\n"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


@pytest.mark.parametrize("name", ALL)
def test_a_schema_says_what_it_is(name):
    assert made(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made(name)["$id"] == f"{starters.SCHEMAS}/{name}.schema.json"
    assert "kure-hooks" in made(name)["title"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (starters.stack("dev", "flux"), "stack"),
        (starters.settings("flux", ""), "settings"),
    ],
)
def test_first_lines_lead_to_a_copy(text, name):
    modeline = text.splitlines()[0]
    assert modeline == f"# yaml-language-server: $schema={starters.SCHEMAS}/{name}.schema.json"
    assert (ROOT / "schemas" / f"{name}.schema.json").is_file()


# --- Words ---------------------------------------------------------------------------------------


def parts(value, path=()):
    """Yield every mapping inside of a schema, with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            if key not in ("default", "examples", "const", "enum"):
                yield from parts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from parts(inner, (*path, index))


@cache
def properties(name):
    """Return the schema of every property at every depth; conditions have properties as well."""
    return [
        (path, key, schema)
        for path, part in parts(made(name))
        if path[-1:] != ("properties",) and "if" not in path
        for key, schema in part.get("properties", {}).items()
    ]


SENTENCE = re.compile(r"[A-Z\"].*(\.|https://\S+)\Z")


@pytest.mark.parametrize("name", ALL)
def test_every_property_is_described_in_a_sentence_or_three(name):
    assert len(properties(name)) > (45 if name == "profile" else 90)
    for path, key, schema in properties(name):
        place = (*path, key)
        words = schema.get("description", "")
        assert SENTENCE.match(words), (place, words)
        assert len(re.findall(r"[.:](?: |\Z)", words)) <= 5, (place, words)
        assert len(words) <= 260, (place, len(words))
        spelt = {word.lower() for word in re.findall(r"[A-Za-z][a-z]*", key)}
        new = [word for word in re.findall(r"[a-z]+", words.lower()) if word not in spelt]
        assert len(new) >= 3, (place, words)


@pytest.mark.parametrize("name", ALL)
def test_markdown_says_the_same_as_the_plain_description(name):
    for path, part in parts(made(name)):
        marked = part.get("markdownDescription")
        if isinstance(marked, str):
            assert re.sub(r"[`<>]", "", marked) == re.sub(r"[<>]", "", part["description"]), path
        assert "`" not in str(part.get("description", "")), path


# Names of kinds, protocols and the like, which are said by the field itself.
PLAIN = {"kind", "provider", "protocol", "scheme", "buildMetadata", "components", "ipFamilies"}
PLAIN |= {"componentsExtra", "policyTypes", "severity", "sourceKind", "version"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_choice_says_what_its_values_mean(name):
    for path, key, schema in properties(name):
        for _, part in parts({**schema, "properties": {}}):
            choices = [value for value in part.get("enum", ()) if value is not None]
            if len(choices) > 1 and key not in PLAIN:
                assert len(part.get("enumDescriptions", ())) == len(part["enum"]), (*path, key)
                assert all(map(SENTENCE.match, part["enumDescriptions"])), (*path, key)


TYPES = {
    "stack": (ClusterDocument, *(kind.Spec for kind in GENERATORS.values())),
    "settings": (Settings,),
    "report": (Document,),
}


@pytest.mark.parametrize("name", TYPES)
def test_every_default_is_named(name):
    """Against what msgspec says of the types by itself."""
    known = {key: part for key, part in made(name)["$defs"].items() if "properties" in part}
    for struct in TYPES[name]:
        _, raw = msgspec.json.schema_components((struct,))
        for key, part in raw.items():
            for field, schema in part.get("properties", {}).items():
                default = json.loads(json.dumps(schema.get("default")))
                if key not in known or default is None:
                    continue
                ours = known[key]["properties"][field]
                assert "default" in ours, (key, field)
                if isinstance(default, dict) and default:
                    assert ours["default"] == {}
                else:
                    assert ours["default"] == default
                if default not in ("", [], {}) and not isinstance(default, dict):
                    assert re.search(r"\b[Dd]efault", ours["description"]), (key, field)


def test_options_have_the_defaults_that_hold_without_them():
    definitions = made("settings")["$defs"]
    assert definitions["FluxSpec"]["properties"]["interval"]["default"] == "1h"
    assert "Default: 1h." in definitions["FluxSpec"]["properties"]["interval"]["description"]
    server = {"server": "https://kubernetes.default.svc"}
    assert definitions["ArgocdSpec"]["properties"]["destination"]["default"] == server
    assert definitions["LayoutSpec"]["properties"]["fileNaming"]["default"] == "default"


def test_a_key_without_effect_is_deprecated():
    old = made("stack")["$defs"]["FluxSpec"]["properties"]["kustomizationMode"]
    assert old["deprecated"] is True
    assert old["deprecationMessage"] == "Both modes write the same: delete this key."


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_and_defaults_are_valid(name):
    examined = 0
    for path, part in parts(made(name)):
        if path[-1:] == ("properties",):  # a property may be called `default`
            continue
        values = [*part.get("examples", ())] if isinstance(part.get("examples"), list) else []
        values += [part["default"]] if "default" in part and "description" in part else []
        schema = {**part, "$defs": made(name)["$defs"]}
        for value in values:
            if value not in ("", {}):  # where a key is left out, nothing is asked of it
                assert Draft202012Validator(schema).is_valid(value), (path, value)
                examined += 1
    assert examined > (25 if name == "profile" else 40)


CONTAINERS = {"containers": [{"name": "web", "image": "nginx:1"}]}


@pytest.mark.parametrize("workload", ["Deployment", None])
def test_a_workload_of_null_is_none(workload):
    """As the command has it: null says as little as no key, and there has to be a workload."""
    schema = Draft202012Validator(made("application"))
    head = {"apiVersion": "generators.gokure.dev/v1alpha1", "kind": "AppWorkload"}
    head |= {"metadata": {"name": "web"}}
    one = {"workload": workload, **CONTAINERS}
    several = {"web": {"workload": "Deployment", **CONTAINERS}}
    assert schema.is_valid(head | {"spec": one}) == (workload is not None)
    assert schema.is_valid(head | {"spec": {"workloads": {"web": one}}}) == (workload is not None)
    assert schema.is_valid(head | {"spec": {"workload": workload, "workloads": several}})


# --- ajv -----------------------------------------------------------------------------------------

# Strict mode refuses keywords that it doesn't know, and those that can't have an effect.
AJV = """
const [modules] = process.argv.slice(1);
const { default: Ajv } = await import(`${modules}/dist/2020.js`);
const { schemas, values } = JSON.parse(await new Response(process.stdin).text());
const said = [];
const note = (...words) => said.push(words.join(" "));
const logger = { log: note, warn: note, error: note };
const ajv = new (Ajv.default ?? Ajv)({ strict: true, allowUnionTypes: true,
  strictTypes: false, strictRequired: false, logger });
ajv.addVocabulary(["markdownDescription", "enumDescriptions", "markdownEnumDescriptions",
  "patternErrorMessage", "errorMessage", "deprecationMessage"]);
const answers = {};
for (const [name, schema] of Object.entries(schemas)) {
  const validate = ajv.compile(schema);
  answers[name] = values[name].map(value => validate(value));
}
console.log(JSON.stringify({ answers, said }));
"""


def documents(*patterns):
    paths = [path for pattern in patterns for path in sorted(FLEET.glob(pattern))]
    loaded = [list(yaml.safe_load_all(path.read_text())) for path in paths]
    return [document for each in loaded for document in each if document]


def test_ajv_takes_every_schema_in_strict_mode_and_every_example():
    values = {
        "stack": documents("stacks/*.yaml", "apps/*.yaml"),
        "application": documents("apps/*.yaml"),
        "settings": documents(".kure-hooks.yaml"),
        "profile": documents("profiles/*.yaml"),
        "report": [],
    }
    wrong = {name: [value | {"no-such-key": 1} for value in values[name]] for name in values}
    asked = {"schemas": {name: made(name) for name in ALL}}
    asked["values"] = {name: values[name] + wrong[name] for name in values}
    told = json.loads(
        node("--input-type=module", "--eval", AJV, str(module("ajv")), stdin=json.dumps(asked))
    )
    assert told["said"] == []
    assert len(values["application"]) > 20
    for name, answers in told["answers"].items():
        assert answers == [True] * len(values[name]) + [False] * len(wrong[name]), name
