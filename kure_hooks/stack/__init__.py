"""Stack files: what they say, as a typed and complete model."""
