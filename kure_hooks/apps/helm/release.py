"""The HelmRelease v2 object (Flux 2.9)."""

from kure_hooks.apps.helm import source
from kure_hooks.apps.helm.source import fields
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.apps.helm.values import reference
from kure_hooks.manifests import Manifest, written
from kure_hooks.stack.model import Application
from kure_hooks.stack.sources import verification

_API = "helm.toolkit.fluxcd.io/v2"

# What a HelmRelease has under the same names.
_SAME = (
    "dependsOn",
    "rollback",
    "uninstall",
    "test",
    "driftDetection",
    "postRenderers",
    "postRenderStrategy",
    "waitStrategy",
    "healthCheckExprs",
    "commonMetadata",
    "serviceAccountName",
    "kubeConfig",
    "persistentClient",
)


# What a HelmChart has under the same names.
_OF_CHART = ("interval", "reconcileStrategy", "valuesFiles", "ignoreMissingValuesFiles")


def release(application: Application) -> Manifest:
    """Return the HelmRelease of an application."""
    spec: Spec = application.spec
    given: Manifest = written(spec)
    return {
        "apiVersion": _API,
        "kind": "HelmRelease",
        "metadata": {"name": application.name},
        "spec": fields(
            **_chart(application),
            interval=spec.interval,
            suspend=spec.suspend,
            releaseName=spec.release.name,
            targetNamespace=spec.release.target_namespace,
            storageNamespace=spec.release.storage_namespace,
            timeout=spec.timeout,
            maxHistory=spec.max_history,
            install=_with_short(
                given.get("install", {}), spec, createNamespace=spec.release.create_namespace
            ),
            upgrade=_with_short(
                given.get("upgrade", {}), spec, cleanupOnFail=spec.release.cleanup_on_fail
            ),
            **{key: given.get(key) for key in _SAME},
            valuesFrom=[*reference(application), *given.get("valuesFrom", ())],
            values=spec.values,
        ),
    }


def _with_short(action: Manifest, spec: Spec, **more: bool | None) -> Manifest:
    """Return an action; where it is silent, `release` speaks for it or for both."""
    short = fields(
        **more,
        crds=spec.release.crds,
        disableHooks=spec.release.disable_hooks,
        disableWait=spec.release.disable_wait,
    )
    remediation = fields(retries=spec.release.retries) | action.get("remediation", {})
    return fields(**{**short, **action, "remediation": remediation})


def _chart(application: Application) -> Manifest:
    """Return how a HelmRelease names its chart: an OCI artifact is the chart itself."""
    spec: Spec = application.spec
    reference = fields(
        kind=spec.source.type, name=source.name(application), namespace=spec.source.namespace
    )
    if spec.source.type == "OCIRepository":
        return {"chartRef": reference}
    given: Manifest = written(spec.chart)
    chart = fields(
        chart=spec.chart.name,
        version=spec.chart.version,
        sourceRef=reference,
        **{key: given.get(key) for key in _OF_CHART},
        verify=spec.chart.verify and verification(spec.chart.verify),
    )
    return {"chart": {"spec": chart}}
