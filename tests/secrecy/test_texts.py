import base64
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.secrecy.texts import scrub, scrub_lines, spans
from tests.support.secrets_in_texts import HARMLESS, shapes

CANARY = "x7Kq9mPz2LwN4vR8tYb3"
OTHER = "q5Zt1bVn8HsD3kW6yUe0"
NAMES = sorted(shapes("x"))
# These are known by the line that they begin.
AT_A_LINE = {
    *("redis.conf", "PuTTY", "text in Base64 with breaks", "INI section", "TOML section", "LDAP"),
    "directive in a comment",
    *("CSV", "CSV in quotes", "CSV with semicolons", "CSV with a comma in the last cell", "TSV"),
    *("Markdown table", "Markdown table without borders", "table of psql", "setx"),
    *("Terraform variable", "Terraform sensitive", "Terraform output"),
    *("explicit key", "explicit key of a block"),
    *("secrets of PPP", "secret of PPP", "secret of PPP with an address"),
    *("directive of any name", "Vault login", "Dockerfile", "header of nginx", "AWS configure"),
}

# These have two levels of escapes themselves, and deeper than three nobody packs.
PACKED = {"INI section in JSON escaped twice", "JSON escape, escaped"}


def traces(text: str, secret: str) -> list[str]:
    raw = secret.encode()
    plain = {secret, secret.upper(), secret.encode().hex(), base64.b64encode(raw).decode()[:24]}
    return [trace for trace in plain if trace in text]


@pytest.mark.parametrize("name", NAMES)
def test_every_shape_is_hidden(name):
    text = shapes(CANARY)[name]
    shown = scrub(text)
    assert "(hidden)" in shown
    assert traces(shown, CANARY) == []
    assert scrub(shown) == shown or traces(scrub(shown), CANARY) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "around",
    ["# see {}", "a: b\n{}\nc: d", "\t{}", "error: {}", "x\r\n{}\r\n"],
    ids=["comment", "lines", "tab", "message", "CRLF"],
)
def test_every_shape_is_hidden_among_other_text(name, around):
    text = shapes(CANARY)[name]
    if name in AT_A_LINE:
        around = "a\n{}"
    if "\n" in text and around in ("# see {}", "\t{}"):
        around = "\n{}"
    assert traces(scrub(around.replace("{}", text)), CANARY) == []


@pytest.mark.parametrize("name", sorted({*NAMES} - PACKED))
@pytest.mark.parametrize("before", ["", "first\n"], ids=["first", "second"])
def test_every_shape_is_hidden_in_a_string_of_json(name, before):
    text = f"{before}{shapes(CANARY)[name]}\nlast\n"
    for _ in range(2):
        text = json.dumps({"script": text})
        assert traces(scrub(text), CANARY) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_change_is_told_without_its_value(name):
    old, new = shapes(OTHER)[name], shapes(CANARY)[name]
    shown = scrub(new, old)
    assert "(hidden, changed)" in shown
    assert traces(shown, CANARY) == traces(shown, OTHER) == []
    assert "(hidden, changed)" not in scrub(old, old)


def test_secrets_that_changed_places_are_a_change():
    old, new = "token=a\ntoken=b\n", "token=b\ntoken=a\n"
    assert scrub(new, old) != scrub(old)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays_readable(text):
    assert scrub(text) == text
    assert scrub(f"a: 1\n{text}\nb: 2\n") == f"a: 1\n{text}\nb: 2\n"


def test_names_can_be_revealed():
    text = "tokenBucket=5\ntoken=x\n"
    assert scrub(text) == "tokenBucket=(hidden)\ntoken=(hidden)\n"
    assert scrub(text, None, "tokenBucket".__eq__) == "tokenBucket=5\ntoken=(hidden)\n"


def test_only_the_columns_of_secrets_are_hidden():
    table = (
        "| user | password | host |\n|------|----------|------|\n| ann | x1 | a |\n| bob | | b |\n"
    )
    assert scrub(f"{table}\n| c | d | e |\n") == f"{table}\n| c | d | e |\n".replace(
        "x1", "(hidden)"
    )
    table = 'user,token,host\nann,"a,b",c\nbob,$(TOKEN),d\nprose, and more\n'
    assert scrub(table) == table.replace("a,b", "(hidden)")


def test_a_here_document_ends_with_its_word():
    script = "passwd bob <<EOF\nx\n EOF2\nEOF\necho done\n"
    assert scrub(script) == "passwd bob <<EOF\n(hidden)\nEOF\necho done\n"


def test_what_is_beside_an_explicit_key_is_shown():
    text = "a:\n  ? password\n  : |\n    x\n  ? b\n  : c\nd: e\n"
    assert scrub(text) == "a:\n  ? password\n  : |\n    (hidden)\n  ? b\n  : c\nd: e\n"


def test_a_disguised_name_hides_its_value_alone():
    text = r'{"\u0061": 1, "t\u006fken": "x", "b\u0061r": "y"}'
    assert scrub(text) == text.replace('"x"', '"(hidden)"')


def test_what_ansible_encrypted_and_hooks_of_mattermost_are_hidden():
    text = "$ANSIBLE_VAULT;1.1;AES256\n6162636465\n6666\nplain: a\n"
    assert scrub(text) == "(hidden)\nplain: a\n"
    hook = "https://chat.example/hooks/abcdefghij0123456789klmnop"
    assert scrub(hook) == "https://chat.example/hooks/(hidden)"


def test_other_values_of_a_list_of_variables_are_shown():
    text = "- name: LEVEL\n  value: debug\n- name: PASSWORD\n  value: x\n- name: A\n  value: b\n"
    assert scrub(text) == text.replace("value: x", "value: (hidden)")


def test_arguments_are_read_together_and_stay_apart():
    key = ["-----BEGIN PRIVATE KEY-----", "abc", "-----END PRIVATE KEY-----"]
    assert scrub_lines(["run", "--password", "x", "-v"]) == ["run", "--password", "(hidden)", "-v"]
    assert scrub_lines(["a", *key, "b"]) == ["a", "(hidden)", "(hidden)", "(hidden)", "b"]
    assert scrub_lines(["--token", "y"], ["--token", "x"]) == ["--token", "(hidden, changed)"]
    assert scrub_lines([]) == []


@given(st.text(st.sampled_from("ab:=\"'\\\n -|<>{}[]/@$&;,#password token secret"), max_size=60))
def test_spans_are_in_order_and_inside_of_any_text(text):
    ends = [end for span in spans(text) for end in (span.start, span.end)]
    assert ends == sorted(ends)
    assert not ends or (ends[0] >= 0 and ends[-1] <= len(text))
    assert scrub(text, text) == scrub(text)


@pytest.mark.parametrize(
    "token",
    ["eyJabcd.", "AKIA12345678", "npm_12345678", "1//0abcdefghijklmnop", "hvs.12345678"],
)
def test_the_shortest_tokens_are_found(token):
    assert scrub(f"a {token} b") == "a (hidden) b"


@pytest.mark.parametrize("before", ["", " ", "=", '"', "(", "\n"])
@pytest.mark.parametrize("option", ["--token x", "mysql -px", "curl -u a:x"])
def test_options_are_found_behind_every_border(before, option):
    *program, name = option.split(" ", option.startswith(("mysql", "curl")))
    text = "".join(f"{each} " for each in program) + before + name
    assert "x" not in scrub(text).replace("mysql", "")
    glued = "".join(f"{each} " for each in program) + "a-b" + name
    assert scrub(glued) == glued


def test_nothing_behind_the_last_sign_is_lost():
    lines = "one\ntwo\n" * 50
    assert scrub(f"{lines}password: x") == f"{lines}password: (hidden)"
    assert scrub(f"password:\n  {'x' * 40}") == "password:\n  (hidden)"
    table = f"{lines}user,password\nbob,x1\nal,y2"
    assert not {"x1", "y2"} & set(re.split(r"\W", scrub(table)))
    assert "x1" not in scrub(f'{lines}"--password", "x1"')
    assert "x1" not in scrub(f"{lines}[credentials]\nadmin = x1")


def test_a_text_of_all_shapes_hides_each_of_them():
    """A shape must not end the search for others behind it."""
    text = "\n".join(f"#\n{each}" for each in shapes(CANARY).values())
    assert CANARY not in scrub(text)
