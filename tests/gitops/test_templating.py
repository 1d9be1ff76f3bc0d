"""Templates of ApplicationSets; texts and refusals are those of Argo CD 3.5.7 (executed)."""

import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kure_hooks.gitops.templating.rendering import Templates
from kure_hooks.gitops.templating.values import Budget, TemplateError, UnknownError, intake

PARAMETERS = {
    "name": "App One",
    "env": "prod",
    "n": 3,
    "big": 1234567,
    "f": 1.5,
    "t": True,
    "no": False,
    "nil": None,
    "e": "",
    "path": {"path": "apps/a/b", "basename": "b", "segments": ["apps", "a", "b"]},
    "list": ["x", "y", 1],
    "m": {"b": "2", "a": "1", "c": {"d": "deep"}},
    "empty": [],
    "url": "https://Example.com/A.b",
}


def render(template, *options, parameters=PARAMETERS):
    return Templates(is_go=True, options=options).text(template, intake(parameters))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            "{{.name}}|{{ .missing }}|{{.m.c.d}}|{{.missing.x}}",
            "App One|<no value>|deep|<no value>",
        ),
        ("{{.nil}} {{ .n }} {{.big}} {{.f}} {{.t}}", "<no value> 3 1.234567e+06 1.5 true"),
        ("{{.list}} {{.m}}", "[x y 1] map[a:1 b:2 c:map[d:deep]]"),
        ('{{ .name | lower | replace " " "-" }}', "app-one"),
        ("{{ .name | normalize }} {{ .url | normalize }}", "app-one https---example.com-a.b"),
        ('{{ slugify 23 "feat/long-name-yes-no-maybe" }}', "feat-long-name-yes-no"),
        ('{{ slugify 10 true "hello-world-this-is" }}', "hello"),
        ("{{ slugify 10 false .url }}", "https-ex"),
        ('{{ index .path.segments 1 }}{{ index .m "zz" }}', "a<no value>"),
        ('{{ if eq .env "prod" }}P{{ else if eq .env "dev" }}D{{else}}X{{end}}', "P"),
        ('{{ if eq .missing "x" }}P{{ else }}N{{end}}', "N"),
        ("{{ or .e .env }} {{ and .env .n }} {{ not .no }}", "prod 3 true"),
        ("{{ range $i, $v := .list }}{{$i}}={{$v}},{{end}}", "0=x,1=y,2=1,"),
        ("{{ range .missing }}x{{else}}none{{end}}", "none"),
        ("{{ range $k, $v := .m.c }}{{$k}}:{{$v}};{{end}}", "d:deep;"),
        ("{{ with .m.c }}{{.d}}{{$.env}}{{end}}{{with .e}}x{{else}}y{{end}}", "deepprody"),
        ('a {{- "trim" -}}   x  {{- /* comment */ -}}   y', "atrimxy"),
        ('{{ $x := .name }}{{ $x = "b" }}{{ $x }}', "b"),
        ('{{ default "d" .e }} {{ .missing | default "z" }}', "d z"),
        ("{{ trunc 3 .name }} {{ trunc -3 .name }} {{ trunc 100 .name }}", "App One App One"),
        ('{{ trimPrefix "App" .name }}|{{ trimSuffix "One" .name }}', " One|App "),
        ('{{ .n | quote }} {{ quote .nil }} {{ quote "a\\"b" }}', '"3"  "a\\"b"'),
        (
            '{{ .m | toJson }} {{ "<a>" | toJson }}',
            '{"a":"1","b":"2","c":{"d":"deep"}} "\\u003ca\\u003e"',
        ),
        ("{{ .path.segments | toYaml | nindent 2 }}", "\n  - apps\n  - a\n  - b"),
        ('{{ join "," .list }} {{ (split "/" "a/b")._1 }}', "x,y,1 b"),
        ('{{ index (splitList "/" .path.path) 2 }}', "b"),
        ('{{ printf "%v %d %q %t %%" .n 3 "x" true }}', '3 3 "x" true %'),
        ("{{ print .name .n .t }} {{ print 1 2 }}", "App One3 true 1 2"),
        ("{{ eq .n 3.0 }} {{ gt .n 2.0 }} {{ le 2 2 }}", "true true true"),
        ('{{ ternary "y" "n" (eq .env "prod") }}', "y"),
        ('{{ get .m "zz" }}{{ hasKey .m "a" }} {{ dig "c" "zz" "x" .m }}', "true x"),
        ("{{ add .n 2 }} {{ div 7 2 }} {{ int .f }} {{ until 3 }}", "5 3 1 [0 1 2]"),
        ('{{ (fromYaml "a: b").a }} {{ fromJson "[1, 2]" }}', "b [1 2]"),
        ('{{ base "a/b/c" }} {{ dir "a/b/c" }}', "c a/b"),
        ("{{ kindOf .m }} {{ kindOf .list }} {{ kindOf .nil }}", "map slice invalid"),
        ('{{ "abc" | trunc 63 | trimSuffix "-" }}', "abc"),
    ],
)
def test_go_templates_make_the_text_of_argo_cd(template, text):
    assert render(template) == text


@pytest.mark.parametrize(
    "template",
    [
        "{{.nil.x}}",
        "{{ .name.x }}",
        "{{ index .path.segments 9 }}",
        "{{ eq .n 3 }}",
        "{{ lower .n }}",
        "{{ .missing | lower }}",
        "{{ trunc .n .name }}",
        "{{ if .t }}",
        "{{ end }}",
        "{{ nil }}",
        "{{ $undefined }}",
        '{{"a" "b"}}',
        "{{ len .missing }}",
        "{{ .t | default",
    ],
)
def test_what_go_refuses_is_an_error(template):
    with pytest.raises(TemplateError):
        render(template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ nosuch . }}",
        "{{ now }}",
        '{{ regexReplaceAll "[^a-z]" .name "-" }}',
        '{{ template "x" }}',
        "{{ keys .m }}",
        "{{ .name | title }}",
        '{{ printf "%5d" 3 }}',
        "{{ lower .greek }}",
    ],
)
def test_what_is_not_followed_is_unknown(template):
    with pytest.raises(UnknownError):
        render(template, parameters={**PARAMETERS, "greek": "Ω"})


def test_missing_keys_are_errors_where_the_options_say_so():
    with pytest.raises(TemplateError, match="has no parameter nope"):
        render("{{ .nope }}", "missingkey=error")
    assert render("{{ .nope }}", "missingkey=zero") == "<no value>"
    with pytest.raises(TemplateError):
        render("{{ .nope.deeper }}", "missingkey=zero")
    with pytest.raises(TemplateError, match="unknown option"):
        render("{{ .name }}", "nonsense")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{name}} {{ env }} {{nope}} {{path.basename}}", "App One prod {{nope}} b"),
        ("{{n}}", "{{n}}"),
        ("a }} {{b", "a }} {{b"),
        ("{{ }}", "{{ }}"),
    ],
)
def test_plain_templates_replace_texts_alone(template, text):
    parameters = {**PARAMETERS, "path.basename": "b"}
    assert Templates().text(template, parameters) == text


def test_plain_templates_have_to_end():
    with pytest.raises(TemplateError):
        Templates().text("{{name}} {{ env", PARAMETERS)


@pytest.mark.parametrize(
    "template",
    [
        "{{ range until 9999 }}{{ range until 9999 }}x{{ end }}{{ end }}",
        "{{ repeat 999999999 .name }}",
        "{{ indent 99999999 .name }}",
        "{{" + "(" * 500 + ".name" + ")" * 500 + "}}",
        "{{ if .t }}" * 500 + "{{ end }}" * 500,
        "{{ .name }}" * 20_000,
        "{{ until 99999999 }}",
    ],
    ids=["loops", "repeated", "indented", "parentheses", "blocks", "long", "list"],
)
def test_hostile_templates_are_given_up(template):
    with pytest.raises(UnknownError):
        render(template)


def doubled(start, step, end, times=25):
    """Return a template that makes a value ever bigger: a few hundred characters ask for all."""
    return "{{ $x := " + start + " }}" + ("{{ $x = " + step + " }}") * times + end


LONG = '{{ $x := repeat 200000 "a" }}'
HOSTILE = {
    "print": doubled('"aaaa"', "print $x $x", "{{ len $x }}"),
    "printf": doubled('"aaaa"', 'printf "%s%s" $x $x', "{{ len $x }}"),
    "println": doubled('"aaaa"', "println $x $x", "{{ len $x }}"),
    "cat": doubled('"aaaa"', "cat $x $x", "{{ len $x }}"),
    "quote": doubled('"\\"', "quote $x", "{{ len $x }}"),
    "squote": doubled('"a"', "squote $x $x", "{{ len $x }}"),
    "b64enc": doubled('"aaaa"', "b64enc $x", "{{ len $x }}", 50),
    "indent": doubled('"a\n"', "indent 20 (print $x $x)", "{{ len $x }}"),
    "toJson": doubled('"\\"', "toJson $x", "{{ len $x }}"),
    "replace": doubled('"aaaa"', 'replace "a" $x $x', "{{ len $x }}"),
    "replace at once": LONG + '{{ replace "a" $x $x | len }}',
    "join": doubled('"aaaa"', "join $x (list $x $x)", "{{ len $x }}"),
    "join at once": LONG + "{{ join $x (until 9999) | len }}",
    "repeat": doubled('"aaaa"', "repeat (len $x) $x", "{{ len $x }}"),
    "concat": doubled("list 1 2 3", "concat $x $x", "{{ len $x }}"),
    "splitList": '{{ repeat 20000 "," | splitList "," | len }}',
    "nested lists": doubled("list 1", "list $x $x", "{{ $x }}"),
    "nested mappings": doubled('dict "a" 1', 'dict "a" $x "b" $x', "{{ $x }}"),
    "keys": LONG + "{{ dict " + "(list $x) 1 " * 500 + "| len }}",
    "spaces": doubled("until 999", "list $x", "{{ toPrettyJson $x | len }}", 500),
    "spaces of YAML": doubled("until 999", "list $x", "{{ toYaml $x | len }}", 500),
    "numbers": doubled("9", "mul $x $x", "{{ $x }}"),
    "a number": "{{ " + "9" * 5_000 + " }}",
    "a number of JSON": '{{ fromJson "' + "9" * 400 + '" }}',
    "infinity": '{{ fromJson "1e999" | int }}',
    "no number": '{{ fromJson "NaN" | int }}',
    "all variables": "".join(f"{{{{ $x{at} := until 9999 }}}}" for at in range(900)),
    **{
        call: doubled("list 1", "list $x $x", f"{{{{ {call} }}}}")
        for call in (
            *("toJson $x", "toPrettyJson $x", "toYaml $x", "toString $x", "quote $x", "cat $x"),
            *('join "" $x', "sortAlpha $x", "has $x $x", "uniq $x", "without $x $x", "dict $x 1"),
            *('printf "%v" $x', "print $x"),
        )
    },
    **{
        f"often {call}": start + "{{ range until 9000 }}{{ $y := " + call + " }}{{ end }}"
        for start, call in (
            ("{{ $x := until 9999 }}", "toJson $x"),
            ("{{ $x := until 9999 }}", "has 1.5 $x"),
            ("{{ $x := until 9999 }}", "uniq $x"),
            ("{{ $x := until 9999 }}", "without $x $x"),
            ("{{ $x := until 9999 }}", "reverse $x"),
            (LONG, "trimAll $x $x"),
            (LONG, "sha256sum $x"),
            ('{{ $x := repeat 9000 "- a\n" }}', "fromYamlArray $x"),
        )
    },
    "often nothing": "{{ $x := until 9999 }}{{ range $x }}{{ range $x }}{{ end }}{{ end }}",
    "many variables": "".join(f"{{{{ $x{at} := 1 }}}}" for at in range(3_000))
    + "{{ range until 9000 }}{{ $x0 }}{{ end }}",
}


@pytest.mark.parametrize("template", HOSTILE.values(), ids=HOSTILE)
def test_a_template_that_asks_for_too_much_is_given_up_before_it_has_it(template):
    templates = Templates(is_go=True, budget=Budget(1 << 20))
    tracemalloc.start()
    with pytest.raises(UnknownError):
        templates.text(template, intake(PARAMETERS))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20
    assert templates.budget.spent < 2 << 20


def test_the_work_of_a_template_that_fails_counts():
    templates = Templates(is_go=True)
    shared = doubled("list 1", "list $x $x", "{{ $x }}")
    broken = "{{ if }}" + "{{ .name }}" * 5_000
    for template in (shared, broken):
        spent = templates.budget.spent
        with pytest.raises((UnknownError, TemplateError)):
            templates.text(template, {})
        assert templates.budget.spent - spent > 100_000
        spent = templates.budget.spent
    with pytest.raises(UnknownError):  # it is not parsed again
        templates.text(broken, {})
    assert templates.budget.spent - spent < 100


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{{ uniq (list 1 "1" 1 true 2.0 2 (list 1) (list 1)) | toJson }}', '[1,"1",true,2,2,[1]]'),
        ("{{ without (list 1 2 3 (list 4)) 2 (list 4) | toJson }}", "[1,3]"),
        ('{{ pick .m "a" "zz" | toJson }} {{ omit .m "c" "b" | toJson }}', '{"a":"1"} {"a":"1"}'),
        ('{{ trimAll "-x" "-x-a-b-x-" }}|{{ trimAll "" " a " }}', "a-b| a "),
        ('{{ replace "a" "bb" "banana" }}', "bbbnbbnbb"),
        ('{{ $x := repeat 200 "ab" }}{{ len (print $x $x) }}', "800"),
        ("{{ range until 900 }}{{ $x := until 99 }}{{ end }}ok", "ok"),
        (
            "{{ $x := list 1 2 }}{{ $x = list $x $x }}{{ list $x $x }}",
            "[[[1 2] [1 2]] [[1 2] [1 2]]]",
        ),
        ("{{ len (until 10000) }} {{ len (repeat 262144 .t1) }}", "10000 262144"),
    ],
)
def test_what_is_within_reason_is_made(template, text):
    assert render(template, parameters={**PARAMETERS, "t1": "a"}) == text


@pytest.mark.parametrize(
    ("templates", "template"),
    [
        (Templates(budget=Budget(900)), "{{name}}"),
        (Templates(is_go=True, budget=Budget(900)), "{{ .name }}"),
        (Templates(is_go=True, budget=Budget(900)), "{{ range until 9 }}{{ end }}"),
    ],
)
def test_the_work_of_all_templates_together_is_bounded(templates, template):
    with pytest.raises(UnknownError, match="too long to follow"):
        [templates.text(template, {"name": "n"}) for _ in range(1_000)]


@given(st.text(alphabet='{}-. |()$"`abc:=,\n*/\\ifend', max_size=40))
def test_any_text_renders_or_says_why_not(text):
    for templates in (Templates(), Templates(is_go=True, options=("missingkey=error",))):
        with suppress(TemplateError, UnknownError):
            assert isinstance(templates.text("{{" + text, intake(PARAMETERS)), str)
