"""Templates of ApplicationSets (Argo CD 3.5): Go templates with sprig 3, and `{{name}}`."""
