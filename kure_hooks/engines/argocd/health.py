"""The health of an Application, which Argo CD must know to wait between waves of Applications.

Since Argo CD 1.8 an Application has no health of its own in its parent, so waves of Applications
do nothing until argocd-cm tells it (Argo CD 3.5).
"""

from kure_hooks.config.argocd import ArgocdOptions
from kure_hooks.stack.model import Cluster
from kure_hooks.yamlio import dump

CM_KEY = "resource.customizations.health.argoproj.io_Application"
"""The key in argocd-cm that holds the text."""

# A comparison tells which source and destination it was made for, without fields that have their
# zero value; until it is about the present ones, status speaks of what was there before.
_LUA = """\
local function unset(value)
  if type(value) == "table" then
    for _, each in pairs(value) do
      if not unset(each) then
        return false
      end
    end
    return true
  end
  return value == nil or value == "" or value == false or value == 0
end

local function same(one, other)
  if type(one) ~= "table" or type(other) ~= "table" then
    return one == other or (unset(one) and unset(other))
  end
  for key, each in pairs(one) do
    if not same(each, other[key]) then
      return false
    end
  end
  for key, each in pairs(other) do
    if one[key] == nil and not unset(each) then
      return false
    end
  end
  return true
end

local function is_current(spec, compared)
  if not same(spec.destination, compared.destination) then
    return false
  end
  if spec.sourceHydrator ~= nil then
    return true
  end
  if not unset(spec.sources) then
    return same(spec.sources, compared.sources)
  end
  return same(spec.source, compared.source)
end

local function syncs_itself()
  for _, each in ipairs((obj.status or {}).resources or {}) do
    if each.group == "argoproj.io" and each.kind == "Application"
      and each.name == obj.metadata.name and each.namespace == obj.metadata.namespace then
      return true
    end
  end
  return false
end

local function progressing(message)
  return { status = "Progressing", message = message }
end

local status = obj.status or {}
local sync = status.sync or {}
local phase = (status.operationState or {}).phase
local health = status.health or {}

if obj.operation ~= nil or phase == "Running" or phase == "Terminating" then
  if syncs_itself() then
    return { status = "Healthy", message = "syncs itself" }
  end
  return progressing("an operation is under way")
end
if sync.comparedTo == nil or not is_current(obj.spec, sync.comparedTo) then
  return progressing("not yet compared with its present source and destination")
end
"""

_SYNCED = """\
if health.status == "Healthy" and sync.status ~= "Synced" then
  return progressing("healthy, but not in sync")
end
"""

_VERDICT = """\
if health.status == nil or health.status == "" then
  return progressing("no health yet")
end
return { status = health.status, message = health.message or "" }
"""


def health_lua(options: ArgocdOptions) -> str:
    """Return the Lua that tells the health of an Application, the table `obj`.

    It is what the Application says of itself, unless that is out of date. With
    `health_requires_sync` a healthy one must be in sync as well: since Argo CD 3.4 it may be
    healthy while objects are missing. Without it, an Application that is synced by hand, or in a
    window, doesn't hold up the others. One that syncs itself, as the root Application does, is
    healthy while it is under way: otherwise its sync would wait for its own end.
    """
    return _LUA + (_SYNCED if options.health_requires_sync else "") + _VERDICT


_HOW_TO_APPLY = """\
# Tells Argo CD the health of Applications, for which it waits between waves. Apply it with
#   kubectl apply --server-side --field-manager=kure-hooks -f -
# or put its key where argocd-cm comes from: configs.cm in the values of the chart, a patch of a
# kustomization, or resourceHealthChecks of the operator's ArgoCD.
"""


def health_patch(cluster: Cluster) -> bytes:
    """Return what server-side apply adds to the argocd-cm of an Argo CD that runs already, as YAML.

    The label is what Argo CD knows its own ConfigMaps by.
    """
    options = cluster.argocd
    patch = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "argocd-cm",
            "namespace": options.namespace,
            "labels": {"app.kubernetes.io/part-of": "argocd"},
        },
        "data": {CM_KEY: health_lua(options)},
    }
    return (_HOW_TO_APPLY + dump(patch)).encode()
