"""Helm's actions on a release, field by field as the HelmRelease v2 of Flux 2.9 has them."""

from typing import Annotated, Literal

from msgspec import Meta, field

from kure_hooks.decoding.types import Duration, Input, Name, ObjectName

_Crds = Literal["Create", "CreateReplace", "Skip"]
_Retries = Annotated[int, Meta(ge=-1, description="-1 (no limit) or more")]
_ServerSide = Literal["enabled", "disabled", "auto"]


class Release(Input, frozen=True, kw_only=True):
    """Options of installing and upgrading, in short; those of both are written to both.

    What `install` and `upgrade` say themselves wins.
    """

    name: Annotated[str, Meta(min_length=1, max_length=53, description="1 to 53 characters")] = ""
    target_namespace: Name | None = None
    storage_namespace: Name | None = None
    create_namespace: bool | None = None
    cleanup_on_fail: bool | None = None
    crds: _Crds | None = None
    disable_hooks: bool | None = None
    disable_wait: bool | None = None
    retries: _Retries | None = None


class Remediation(Input, frozen=True, kw_only=True):
    """Measures after a failed installation."""

    retries: _Retries | None = None
    ignore_test_failures: bool | None = None
    remediate_last_failure: bool | None = None


class UpgradeRemediation(Remediation, frozen=True, kw_only=True):
    """Measures after a failed upgrade."""

    strategy: Literal["rollback", "uninstall"] | None = None


class Strategy(Input, frozen=True, kw_only=True):
    """The choice between remedying a failure and trying again."""

    name: Literal["RemediateOnFailure", "RetryOnFailure"]
    retry_interval: Duration | None = None


class Action(Input, frozen=True, kw_only=True):
    """Fields that installing, upgrading and rolling back have in common."""

    timeout: Duration | None = None
    disable_hooks: bool | None = None
    disable_wait: bool | None = None
    disable_wait_for_jobs: bool | None = None


class Change(Action, frozen=True, kw_only=True):
    """Fields that installing and upgrading have in common."""

    crds: _Crds | None = None
    disable_open_api_validation: bool | None = field(default=None, name="disableOpenAPIValidation")
    disable_schema_validation: bool | None = None
    disable_take_ownership: bool | None = None
    strategy: Strategy | None = None


class Install(Change, frozen=True, kw_only=True):
    """The first installation."""

    create_namespace: bool | None = None
    replace: bool | None = None
    server_side_apply: bool | None = None
    remediation: Remediation | None = None


class Upgrade(Change, frozen=True, kw_only=True):
    """Every later change."""

    cleanup_on_fail: bool | None = None
    force: bool | None = None
    preserve_values: bool | None = None
    chart_name_change_strategy: Literal["InPlaceUpdate", "Reinstall"] | None = None
    server_side_apply: _ServerSide | None = None
    remediation: UpgradeRemediation | None = None


class Rollback(Action, frozen=True, kw_only=True):
    """The way back after a failed upgrade."""

    cleanup_on_fail: bool | None = None
    force: bool | None = None
    recreate: bool | None = None
    server_side_apply: _ServerSide | None = None


class Uninstall(Input, frozen=True, kw_only=True):
    """The removal of the release."""

    timeout: Duration | None = None
    deletion_propagation: Literal["background", "foreground", "orphan"] | None = None
    disable_hooks: bool | None = None
    disable_wait: bool | None = None
    keep_history: bool | None = None


class TestFilter(Input, frozen=True, kw_only=True):
    """A test of the chart that is run, or left out, by its name."""

    name: ObjectName
    exclude: bool | None = None


class Test(Input, frozen=True, kw_only=True):
    """The chart's own tests, run after installing and upgrading."""

    enable: bool | None = None
    timeout: Duration | None = None
    filters: tuple[TestFilter, ...] = ()
    ignore_failures: bool | None = None
