"""Files below the repository's root: reading them safely, replacing them safely."""
