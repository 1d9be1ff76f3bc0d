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
    """The name of the release, at most 53 characters. Without it that of the application."""
    target_namespace: Name | None = None
    """The namespace that the chart is installed in. Without it that of the application."""
    storage_namespace: Name | None = None
    """The namespace that Helm keeps its records in. Without it the same as `targetNamespace`."""
    create_namespace: bool | None = None
    """Create the target namespace where it does not exist."""
    cleanup_on_fail: bool | None = None
    """Remove the objects that a failed upgrade created."""
    crds: _Crds | None = None
    """What is done with the CRDs of the chart.

    - `Create`: Missing ones are created.
    - `CreateReplace`: Missing ones are created and others replaced.
    - `Skip`: Nothing is done.
    """
    disable_hooks: bool | None = None
    """Do not run the hooks of the chart."""
    disable_wait: bool | None = None
    """Do not wait until the objects are ready."""
    retries: _Retries | None = None
    """How often a failed action is tried again. With -1 without end."""


class Remediation(Input, frozen=True, kw_only=True):
    """Measures after a failed installation."""

    retries: _Retries | None = None
    """How often a failed action is tried again. With -1 without end, and 0 is Flux's default."""
    ignore_test_failures: bool | None = None
    """Take a release for good although its tests failed."""
    remediate_last_failure: bool | None = None
    """Remedy the last failure as well, when no retries are left."""


class UpgradeRemediation(Remediation, frozen=True, kw_only=True):
    """Measures after a failed upgrade."""

    strategy: Literal["rollback", "uninstall"] | None = None
    """What is done after a failed upgrade.

    - `rollback`: The revision before it is restored, which is Flux's default.
    - `uninstall`: The release is removed.
    """


class Strategy(Input, frozen=True, kw_only=True):
    """The choice between remedying a failure and trying again."""

    name: Literal["RemediateOnFailure", "RetryOnFailure"]
    """What is done after a failure.

    - `RemediateOnFailure`: It is undone, then tried again.
    - `RetryOnFailure`: It is tried again without being undone.
    """
    retry_interval: Duration | None = None
    """How soon it is tried again with RetryOnFailure. Flux's default is 5m."""


class Action(Input, frozen=True, kw_only=True):
    """Fields that installing, upgrading and rolling back have in common."""

    timeout: Duration | None = None
    """How long this action may take. Without it the `timeout` of the release."""
    disable_hooks: bool | None = None
    """Do not run the hooks of the chart during this action."""
    disable_wait: bool | None = None
    """Do not wait until the objects are ready."""
    disable_wait_for_jobs: bool | None = None
    """Do not wait until Jobs are complete."""


class Change(Action, frozen=True, kw_only=True):
    """Fields that installing and upgrading have in common."""

    crds: _Crds | None = None
    """What is done with the CRDs of the chart. Flux's default is Create for installing and Skip for
    upgrading.

    - `Create`: Missing ones are created.
    - `CreateReplace`: Missing ones are created and others replaced.
    - `Skip`: Nothing is done.
    """
    disable_open_api_validation: bool | None = field(default=None, name="disableOpenAPIValidation")
    """Do not hold the rendered objects against the schemas of the API server."""
    disable_schema_validation: bool | None = None
    """Take values that the chart's values.schema.json refuses."""
    disable_take_ownership: bool | None = None
    """Fail on objects that another release or nobody owns."""
    strategy: Strategy | None = None
    """The choice between undoing a failure and trying again."""


class Install(Change, frozen=True, kw_only=True):
    """The first installation."""

    create_namespace: bool | None = None
    """Create the target namespace where it does not exist."""
    replace: bool | None = None
    """Take a name again that a deleted release had."""
    server_side_apply: bool | None = None
    """Apply by server-side apply. Helm 4 does so by default."""
    remediation: Remediation | None = None
    """What is done after a failed installation."""


class Upgrade(Change, frozen=True, kw_only=True):
    """Every later change."""

    cleanup_on_fail: bool | None = None
    """Remove the objects that a failed upgrade created."""
    force: bool | None = None
    """Delete and create again objects that can't be changed. This interrupts what runs."""
    preserve_values: bool | None = None
    """Keep the values of the release before, and merge the new ones into them."""
    chart_name_change_strategy: Literal["InPlaceUpdate", "Reinstall"] | None = None
    """What is done when the chart has another name than before.

    - `InPlaceUpdate`: The release is upgraded.
    - `Reinstall`: The release is removed and installed, which is Flux's default.
    """
    server_side_apply: _ServerSide | None = None
    """Whether objects are applied by server-side apply.

    - `enabled`: They are.
    - `disabled`: They are not.
    - `auto`: As they were at the release before.
    """
    remediation: UpgradeRemediation | None = None
    """What is done after a failed upgrade."""


class Rollback(Action, frozen=True, kw_only=True):
    """The way back after a failed upgrade."""

    cleanup_on_fail: bool | None = None
    """Remove the objects that a failed rollback created."""
    force: bool | None = None
    """Delete and create again objects that can't be changed. This interrupts what runs."""
    recreate: bool | None = None
    """Start the pods anew."""
    server_side_apply: _ServerSide | None = None
    """Whether objects are applied by server-side apply.

    - `enabled`: They are.
    - `disabled`: They are not.
    - `auto`: As they were at the release before.
    """


class Uninstall(Input, frozen=True, kw_only=True):
    """The removal of the release."""

    timeout: Duration | None = None
    """How long the removal may take. Without it the `timeout` of the release."""
    deletion_propagation: Literal["background", "foreground", "orphan"] | None = None
    """How the objects that others own are deleted.

    - `background`: After their owners, which is Flux's default.
    - `foreground`: Before their owners.
    - `orphan`: They stay.
    """
    disable_hooks: bool | None = None
    """Do not run the hooks of the chart."""
    disable_wait: bool | None = None
    """Do not wait until the objects are gone."""
    keep_history: bool | None = None
    """Keep the records of the release."""


class TestFilter(Input, frozen=True, kw_only=True):
    """A test of the chart that is run, or left out, by its name."""

    name: ObjectName
    """The name of the test's pod or Job."""
    exclude: bool | None = None
    """Leave this test out, rather than run it alone."""


class Test(Input, frozen=True, kw_only=True):
    """The chart's own tests, run after installing and upgrading."""

    enable: bool | None = None
    """Run the tests of the chart after each change."""
    timeout: Duration | None = None
    """How long the tests may take. Without it the `timeout` of the release."""
    filters: tuple[TestFilter, ...] = ()
    """The tests to run or to leave out. Without it all run."""
    ignore_failures: bool | None = None
    """Take the release for good although its tests failed."""
