#!/usr/bin/env bash
# Runs assets-actions for every action.yml here, in a Python environment of its own that the job's later steps use again.
#
# The working directory is the caller's repository, which may be anybody's pull request: no Python that starts here
# looks for modules in it (-I, -P).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

fail() {
  echo "::error title=assets-actions::$1"
  exit 2
}

# Where a virtual environment has its Python: on Windows in another folder.
python_of() {
  if [[ -e $1/Scripts/python.exe ]]; then echo "$1/Scripts/python.exe"; else echo "$1/bin/python"; fi
}

# A Python that has the dependencies already, on a runner that cannot reach a package index.
python=${ASSETS_ACTIONS_PYTHON:-}

if [[ -z $python ]]; then
  base=$(command -v python3 || command -v python) || fail "No Python here. Add actions/setup-python before this step."
  "$base" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$base" --version) is too old: 3.11 or later is needed. Add actions/setup-python before this step."
  environment=${RUNNER_TEMP:-${TMPDIR:-/tmp}}/assets-actions-$(git hash-object --no-filters "$root/requirements.lock")
  if [[ ! -e $environment/complete ]]; then
    echo "::group::Setting up assets-actions"
    "$base" -I -m venv --clear "$environment"
    "$(python_of "$environment")" -I -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
      --only-binary :all: --requirement "$root/requirements.lock" ||
      fail "The dependencies could not be installed. Does the runner reach the package index?"
    touch "$environment/complete"
    echo "::endgroup::"
  fi
  python=$(python_of "$environment")
fi

PYTHONPATH=$root exec "$python" -P -m assets_actions "$@"
