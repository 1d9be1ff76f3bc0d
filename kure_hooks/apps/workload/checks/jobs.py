"""Jobs and CronJobs: their schedules, and fields that need or exclude one another."""

from collections.abc import Iterator
from typing import Any

from kure_hooks.apps.workload.checks.common import Checks
from kure_hooks.apps.workload.inputs.controllers import JOBS
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import plain
from kure_hooks.yamlio.place import Problem


def _cron_jobs_have_a_schedule(spec: Spec) -> Iterator[Problem]:
    if spec.workload != "CronJob":
        return
    from kure_hooks.decoding.schedules import (  # noqa: PLC0415 - few applications have one
        schedule_problem,
        zone_in_schedule_problem,
        zone_problem,
    )

    if spec.schedule is None:
        yield ("schedule",), "a CronJob needs a schedule", "one such as '0 3 * * *'"
    schedule = spec.schedule
    if refused := zone_in_schedule_problem(schedule) or schedule_problem(schedule):
        yield ("schedule",), *refused
    if refused := zone_problem(spec.time_zone):
        yield ("timeZone",), *refused


def _fields_of_jobs_agree(spec: Spec) -> Iterator[Problem]:
    if spec.workload not in JOBS:
        return
    from kure_hooks.decoding.jobs import job_problems  # noqa: PLC0415 - few applications are one

    pod: dict[str, Any] = {"restartPolicy": spec.restart_policy or "Never"}
    for key, named in (("containers", spec.containers), ("initContainers", spec.init_containers)):
        pod |= {key: [{"name": container.name} for container in named]}
    yield from job_problems((), plain(spec) | {"template": {"spec": pod}})


CHECKS: Checks = {
    _cron_jobs_have_a_schedule: ("workload",),
    _fields_of_jobs_agree: ("workload",),
}
