"""What the API server does with built-in kinds although its OpenAPI documents say otherwise.

Each fact was tried on a real API server by tests/live/test_built_in_schemas.py. Types are named by
group and kind, as they are the same in all versions of a group.
"""

# Documented as required, and taken without a word when absent: the zero value is right, or there
# is a default. Later releases of Kubernetes document some of them as optional.
OPTIONAL = frozenset(
    {
        ("apiextensions.CustomResourceDefinitionVersion", "served"),
        ("apiextensions.CustomResourceDefinitionVersion", "storage"),
        ("apps.ControllerRevision", "revision"),
        ("apps.StatefulSetSpec", "serviceName"),
        ("batch.PodFailurePolicy", "rules"),
        ("batch.PodFailurePolicyOnPodConditionsPattern", "status"),
        ("core.Event", "involvedObject"),
        ("core.HTTPHeader", "value"),
        ("core.ISCSIPersistentVolumeSource", "lun"),
        ("core.ISCSIVolumeSource", "lun"),
        ("core.LimitRangeSpec", "limits"),
        ("core.PreferredSchedulingTerm", "preference"),
        ("core.ScaleIOVolumeSource", "secretRef"),
        ("core.Sysctl", "value"),
        ("discovery.EndpointSlice", "endpoints"),
        ("discovery.ForZone", "name"),
        ("networking.NetworkPolicySpec", "podSelector"),
        ("rbac.RoleRef", "apiGroup"),
        ("resource.DeviceCapacity", "value"),
        ("resource.DeviceClass", "spec"),
        ("resource.ResourceClaim", "spec"),
        ("resource.ResourceClaimTemplate", "spec"),
        ("resource.ResourceClaimTemplateSpec", "spec"),
        ("resource.ResourcePool", "generation"),
        ("scheduling.PriorityClass", "value"),
        ("storage.CSIDriver", "spec"),
        ("storage.CSINode", "spec"),
        ("storage.CSINodeSpec", "drivers"),
        ("storage.TokenRequest", "audience"),
    }
)

# Optional fields with enumerations where an empty string is refused: they are pointers in Go, so
# that an empty string is not an absent one.
NEVER_EMPTY = frozenset(
    {
        ("admissionregistration.MatchResources", "matchPolicy"),
        ("admissionregistration.MutatingAdmissionPolicySpec", "failurePolicy"),
        ("admissionregistration.MutatingWebhook", "failurePolicy"),
        ("admissionregistration.MutatingWebhook", "matchPolicy"),
        ("admissionregistration.MutatingWebhook", "reinvocationPolicy"),
        ("admissionregistration.MutatingWebhook", "sideEffects"),
        ("admissionregistration.NamedRuleWithOperations", "scope"),
        ("admissionregistration.RuleWithOperations", "scope"),
        ("admissionregistration.ValidatingAdmissionPolicySpec", "failurePolicy"),
        ("admissionregistration.ValidatingWebhook", "failurePolicy"),
        ("admissionregistration.ValidatingWebhook", "matchPolicy"),
        ("apiextensions.ValidationRule", "reason"),
        ("batch.JobSpec", "completionMode"),
        ("batch.JobSpec", "podReplacementPolicy"),
        ("core.AzureDiskVolumeSource", "cachingMode"),
        ("core.AzureDiskVolumeSource", "kind"),
        ("core.PersistentVolumeClaimSpec", "volumeMode"),
        ("core.PersistentVolumeSpec", "volumeMode"),
        ("core.PodSecurityContext", "fsGroupChangePolicy"),
        ("core.PodSecurityContext", "supplementalGroupsPolicy"),
        ("core.SecurityContext", "procMount"),
        ("core.ServiceSpec", "internalTrafficPolicy"),
        ("core.ServiceSpec", "ipFamilies"),
        ("core.ServiceSpec", "ipFamilyPolicy"),
        ("core.TopologySpreadConstraint", "nodeAffinityPolicy"),
        ("core.TopologySpreadConstraint", "nodeTaintsPolicy"),
        ("core.VolumeMount", "mountPropagation"),
        ("discovery.EndpointPort", "protocol"),
        ("networking.NetworkPolicyPort", "protocol"),
        ("policy.PodDisruptionBudgetSpec", "unhealthyPodEvictionPolicy"),
        ("scheduling.PriorityClass", "preemptionPolicy"),
        ("storage.StorageClass", "volumeBindingMode"),
    }
)
