"""Actions of GitHub's that no test can fetch, as a local runner can run them: each does what it is used for here."""

from pathlib import Path

from assets_actions.generate import CACHE, SETUP_PYTHON
from tests.conftest import ROOT

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
UPLOAD = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"
DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"
APP_TOKEN = "actions/create-github-app-token@1b10c78c7865c340bc4f6099eb2f838309f1e8c3"  # noqa: S105 (an action)

STAND_INS = {
    CHECKOUT: """\
name: checkout
description: The event's commit, cloned from the repository that the workflow runs on.
inputs: {fetch-depth: {description: ""}, persist-credentials: {description: ""}, token: {description: ""}}
runs:
  using: composite
  steps:
    - shell: bash
      run: git clone --quiet "$STAND_IN_ORIGIN" . && git checkout --quiet "$GITHUB_SHA" --
""",
    SETUP_PYTHON.partition(" ")[0]: """\
name: setup-python
description: The Python that runs the tests, whatever version is asked for.
inputs: {python-version: {description: ""}, update-environment: {description: ""}}
outputs:
  python-path:
    description: Where it is.
    value: ${{ steps.python.outputs.python-path }}
runs:
  using: composite
  steps:
    - id: python
      shell: bash
      run: echo "python-path=$STAND_IN_PYTHON" >>"$GITHUB_OUTPUT"
""",
    CACHE.partition(" ")[0]: """\
name: cache
description: Keeps nothing.
inputs: {path: {description: ""}, key: {description: ""}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {PLACE: "${{ inputs.path }}", KEY: "${{ inputs.key }}"}
      run: test -n "$PLACE" && test -n "$KEY"
""",
    UPLOAD: """\
name: upload-artifact
description: Copies files to a directory that all jobs of a run share. Refuses a name that is taken, as GitHub does.
inputs: {name: {description: ""}, path: {description: ""}, overwrite: {description: ""}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {NAME: "${{ inputs.name }}", FILES: "${{ inputs.path }}", OVERWRITE: "${{ inputs.overwrite }}"}
      run: |
        if [ "$OVERWRITE" = true ]; then rm -rf "$STAND_IN_ARTIFACTS/$NAME"; fi
        mkdir "$STAND_IN_ARTIFACTS/$NAME"
        while read -r path; do
          if [ -n "$path" ]; then cp -r $path "$STAND_IN_ARTIFACTS/$NAME/"; fi
        done <<<"$FILES"
""",
    DOWNLOAD: """\
name: download-artifact
description: Copies them back.
inputs: {name: {description: ""}, path: {description: ""}, pattern: {description: ""}, merge-multiple: {description: ""}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {NAME: "${{ inputs.name || inputs.pattern }}", PLACE: "${{ inputs.path }}"}
      run: |
        mkdir -p "${PLACE:-.}"
        for artifact in "$STAND_IN_ARTIFACTS"/$NAME; do cp -r "$artifact/." "${PLACE:-.}/"; done
""",
    APP_TOKEN: """\
name: create-github-app-token
description: The token that the test has for the App.
inputs: {app-id: {description: ""}, private-key: {description: ""}, permission-contents: {description: ""}, permission-pull-requests: {description: ""}, permission-issues: {description: ""}}
outputs:
  token:
    description: The token.
    value: ${{ steps.token.outputs.token }}
runs:
  using: composite
  steps:
    - id: token
      shell: bash
      env: {KEY: "${{ inputs.private-key }}"}
      run: test -n "$KEY" && echo "token=$STAND_IN_APP_TOKEN" >>"$GITHUB_OUTPUT"
""",
}


def make(place: Path) -> dict[str, Path]:
    """Write them: what workflows use → the directory that takes its place."""
    made = {}
    for uses, action in STAND_INS.items():
        made[uses] = place / uses.partition("@")[0].replace("/", "-")
        made[uses].mkdir(parents=True)
        (made[uses] / "action.yml").write_text(action)
    return made


def pins() -> dict[str, str]:
    """What workflows and actions here use of GitHub's own: name → commit."""
    texts = "".join(path.read_text() for path in [ROOT / "action.yml", *ROOT.glob(".github/**/*.yml")])
    return {uses.partition("@")[0]: uses.partition("@")[2] for uses in STAND_INS if uses in texts}
