"""Validators: programs and rules that judge manifests by their schemas."""
