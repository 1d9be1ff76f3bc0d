"""The HelmRelease v2 object (Flux 2.9)."""

from collections.abc import Sequence

from kure_hooks.apps.helm import source
from kure_hooks.apps.helm.source import fields
from kure_hooks.apps.helm.spec import Spec
from kure_hooks.apps.helm.values import ValuesFile, references
from kure_hooks.files.tree import Tree
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


def name_of(application: Application) -> str:
    """Return the name of the Helm release, as Flux 2.9 makes it."""
    spec: Spec = application.spec
    return spec.release.name or "-".join(
        name for name in (spec.release.target_namespace, application.name) if name
    )


def release(application: Application, files: Sequence[ValuesFile], tree: Tree) -> Manifest:
    """Return the HelmRelease of an application; InputError for a chart that is not there.

    The source of a chart in this repository is that of its bundle, which the engine knows.
    """
    spec: Spec = application.spec
    given: Manifest = written(spec)
    return {
        "apiVersion": _API,
        "kind": "HelmRelease",
        "metadata": {"name": application.name},
        "spec": fields(
            **_chart(application, tree),
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
            valuesFrom=[*references(application, files), *given.get("valuesFrom", ())],
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


def _chart(application: Application, tree: Tree) -> Manifest:
    """Return how a HelmRelease names its chart: an OCI artifact is the chart itself."""
    spec: Spec = application.spec
    given: Manifest = written(spec.chart)
    own = fields(**{key: given.get(key) for key in _OF_CHART})
    if spec.is_local:
        from kure_hooks.apps.helm.charts import chart_of  # noqa: PLC0415 - most are elsewhere

        path = f"./{chart_of(application, tree).path}"
        # A change of the chart would wait for another version of it otherwise.
        return {"chart": {"spec": {"chart": path, "reconcileStrategy": "Revision"} | own}}
    reference = fields(
        kind=spec.source.type, name=source.name(application), namespace=spec.source.namespace
    )
    if spec.source.type == "OCIRepository":
        return {"chartRef": reference}
    chart = fields(
        chart=spec.chart.name,
        version=spec.chart.version,
        sourceRef=reference,
        **own,
        verify=spec.chart.verify and verification(spec.chart.verify),
    )
    return {"chart": {"spec": chart}}
