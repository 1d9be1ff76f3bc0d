"""The ServiceAccount of the pods."""

from collections.abc import Iterator

from kure_hooks.apps.workload.inputs.pods import ServiceAccount
from kure_hooks.apps.workload.objects import new
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import Manifest
from kure_hooks.stack.model import Application


def account_name(application: Application, spec: Spec) -> str | None:
    """Return the name of the pods' ServiceAccount, None for the namespace's default."""
    account = spec.service_account
    if isinstance(account, ServiceAccount):
        return account.name or application.name
    return account


def service_account(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the ServiceAccount if the application creates one."""
    account = spec.service_account
    if not isinstance(account, ServiceAccount) or not account.create:
        return
    manifest = new(application, "v1", "ServiceAccount", account.name, account.annotations)
    if account.automount_token is not None:
        manifest["automountServiceAccountToken"] = account.automount_token
    yield manifest
