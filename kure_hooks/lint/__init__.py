"""Faults of GitOps repositories: rules on what the controllers of Flux CD and Argo CD would do."""
