"""The rules of lint: a module for each, which has its texts and its check.

A module has `RULE`, and `check(cluster)`; or, for a rule on all of the repository,
`check_repository(repository)`, or, for a rule on a change, `check_change(before, after)`, which
compares two repositories. All yield findings, which get the identifier of the rule.
"""

from collections.abc import Mapping

MODULES: Mapping[str, str] = {
    "FX001": "flux_path_missing",
    "FX002": "flux_path_escapes",
    "FX003": "flux_depends_unknown",
    "FX004": "flux_depends_cycle",
    "FX005": "flux_source_unresolved",
    "FX006": "flux_source_kind",
    "FX007": "flux_duration",
    "FX008": "flux_interval",
    "FX009": "flux_health_checks_ignored",
    "FX010": "flux_umbrella_not_waiting",
    "FX011": "flux_overlap",
    "FX012": "flux_unreachable",
    "FX013": "flux_prune_critical",
    "FX014": "flux_suspended_dependency",
    "FX015": "flux_name",
    "FX016": "flux_substitute_undefined",
    "FX017": "flux_substitute_name",
    "FX018": "flux_api_removed",
    "FX019": "flux_instance",
    "FX020": "flux_cross_namespace",
    "FX021": "flux_crd_order",
    "FX022": "flux_namespace_missing",
    "FX023": "flux_target_namespace_renames",
    "FX024": "flux_depends_other_kind",
    "FX025": "flux_substitute_definitions",
    "FX026": "flux_self_substitution",
    "FX027": "flux_prune_race",
    "FX028": "flux_owner_renamed",
    "FX029": "flux_strict_substitution",
    "KZ001": "kustomize_build",
    "KZ002": "duplicate_object",
    "KZ003": "orphan_manifest",
    "KZ004": "cross_cluster_reference",
    "KZ005": "dangling_reference",
    "SE001": "plaintext_secret",
    "SE002": "image_latest",
    "AR001": "argo_app_duplicate",
    "AR002": "argo_path_missing",
    "AR003": "argo_destination",
    "AR004": "argo_project_scope",
    "AR005": "argo_source_type",
    "AR006": "argo_wave_invalid",
    "AR007": "argo_wave_inversion",
    "AR008": "argo_wave_no_health",
    "AR009": "argo_wave_content_only",
    "AR018": "argo_health_guard",
}
"""The module of each rule by identifier."""
