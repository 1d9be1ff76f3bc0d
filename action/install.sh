#!/usr/bin/env bash
# Installs the checked-out kure-hooks into an environment of its own. What is not in the lock, with its
# hash, is not installed, and nothing of the workspace is imported.
set -euo pipefail

environment="$RUNNER_TEMP/kure-hooks"
"$PYTHON" -I -m venv "$environment"

install() {
  "$environment/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-deps "$@"
}
install --only-binary :all: --require-hashes -r "$GITHUB_ACTION_PATH/action/requirements.txt"
install --no-build-isolation --no-index "$GITHUB_ACTION_PATH"
