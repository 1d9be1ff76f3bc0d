from kure_hooks.findings import Severity
from tests.support.linting import config_map, fleet, kustomization, lint


def test_a_path_that_leaves_the_source_is_an_error():
    (finding,) = lint(fleet(kustomization("web", "../web")), "FX002")
    assert finding.severity is Severity.ERROR
    assert (finding.problem, finding.expected) == (
        "the path ../web leads out of the source",
        "Write ./web.",
    )


def test_one_that_flux_cuts_to_a_directory_that_is_there_is_a_warning():
    files = fleet(kustomization("web", "../apps/web"), web=config_map("web"))
    (finding,) = lint(files, "FX002")
    assert finding.severity is Severity.WARNING


def test_a_slash_at_the_start_is_a_warning():
    files = fleet(kustomization("web", "/apps/web"), web=config_map("web"))
    (finding,) = lint(files, "FX002")
    assert finding.severity is Severity.WARNING
    assert lint(files, "FX001") == []


def test_dots_inside_are_fine():
    files = fleet(kustomization("web", "./apps/db/../web"), web=config_map("web"))
    assert lint(files, "FX002") == lint(files, "FX001") == []
