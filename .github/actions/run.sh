#!/usr/bin/env bash
# Runs assets-actions for every action.yml here, in a Python environment of its own that the job's later steps use again.
#
#   run.sh COMMAND   run it; of the root action the command is one of the inputs
#   run.sh --place   tell where the environment is, for a cache: the outputs `path` and `key`
#
# ASSETS_ACTIONS_LOCK names the lock file of what the command needs. Of the job's environment may be said:
# ASSETS_ACTIONS_BASE_PYTHON, the Python to start from; ASSETS_ACTIONS_WHEELHOUSE, a directory of wheels, for a runner
# that cannot reach a package index; ASSETS_ACTIONS_PYTHON, a Python that has the dependencies already.
#
# The working directory is the caller's repository, which may be anybody's pull request: no Python that starts here
# looks for modules in it (-I, -P), nor does the one that pip starts, whatever the job lets its own look for.
set -euo pipefail
unset PYTHONHOME PYTHONPATH

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
every=requirements.lock

fail() {
  echo "::error title=assets-actions::$1"
  exit 2
}

# Where a virtual environment has its Python: on Windows in another folder.
python_of() {
  if [[ -e $1/Scripts/python.exe ]]; then echo "$1/Scripts/python.exe"; else echo "$1/bin/python"; fi
}

place_of() {
  echo "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/assets-actions-$(git hash-object --no-filters "$root/$1")"
}

find_base() {
  base=${ASSETS_ACTIONS_BASE_PYTHON:-$(command -v python3 || command -v python)} ||
    fail "No Python here. Give the input python-version, or add actions/setup-python before this step."
  "$base" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$base" --version) is too old: 3.11 or later is needed. Give the input python-version."
}

# Without pip, an environment is made at once, and pip of the Python it comes from fills it; where that has none, its own.
# What the job lets pip do elsewhere, or holds its own packages to, is no matter of this environment, but of the job's.
set_up() (
  unset PIP_CONSTRAINT PIP_DRY_RUN PIP_PREFIX PIP_REQUIREMENT PIP_ROOT PIP_TARGET
  export PIP_USER=0
  local environment=$1 pip=(--quiet --disable-pip-version-check --no-input --no-compile --no-deps --require-hashes)
  pip+=(--only-binary :all: --requirement "$root/$2")
  if [[ -n ${ASSETS_ACTIONS_WHEELHOUSE:-} ]]; then pip+=(--no-index --find-links "$ASSETS_ACTIONS_WHEELHOUSE"); fi
  find_base
  echo "::group::Setting up assets-actions"
  if "$base" -I -m pip --version >/dev/null 2>&1; then
    "$base" -I -m venv --clear --without-pip "$environment" &&
      "$base" -I -m pip --python "$(python_of "$environment")" install "${pip[@]}"
  else
    "$base" -I -m venv --clear "$environment" && "$(python_of "$environment")" -I -m pip install "${pip[@]}"
  fi || fail "The dependencies could not be installed. Does the runner reach the package index? Without one, set \
ASSETS_ACTIONS_WHEELHOUSE to a directory with their wheels."
  touch "$environment/complete"
  echo "::endgroup::"
)

lock=${ASSETS_ACTIONS_LOCK:-$every}
if [[ ${1:-} == --place ]]; then
  find_base
  version=$("$base" -I -c 'import platform, sys; print(platform.python_version(), platform.machine(), sys.platform)')
  environment=$(place_of "$lock")
  {
    echo "path=$environment"
    echo "key=${environment##*/}-${version// /-}-$(git hash-object --stdin <<<"$base")"
  } >>"$GITHUB_OUTPUT"
  exit
fi

python=${ASSETS_ACTIONS_PYTHON:-}
if [[ -n $python ]]; then
  "$python" -P -c 'import importlib.util, sys; sys.exit(None in map(importlib.util.find_spec, sys.argv[1:]))' \
    github_action_utils pydantic re2 yaml ||
    fail "ASSETS_ACTIONS_PYTHON is no Python that has the dependencies. Install $every for it, or leave the variable out."
else
  environment=$(place_of "$every")
  if [[ ! -e $environment/complete ]]; then environment=$(place_of "$lock"); fi
  if [[ ! -e $environment/complete ]]; then set_up "$environment" "$lock"; fi
  python=$(python_of "$environment")
fi

# A Python of Windows does not know the paths of its bash.
if command -v cygpath >/dev/null; then root=$(cygpath --windows "$root"); fi
PYTHONPATH=$root exec "$python" -X utf8 -P -m assets_actions "$@" # the runner reads UTF-8, whatever the system's encoding
