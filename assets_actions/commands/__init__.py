"""The commands: one module each, with `Inputs`, `Outputs` and `run`. Thin: read, call the domain, report.

This table is all that the command line needs to know to show its help, so that nothing else is imported for it.
"""

COMMANDS = {
    "validate": "Check the assets of a repository and say what is wrong, at its line.",
    "pin-versions": "Resolve the template tags in build contexts to image tags and package versions.",
    "detect-changes": "Show what a release would do, or what a change affects.",
    "release-commit": "Commit the release of all new and changed assets to the release branch, and push it.",
    "status": "Show where assets stand: what is released, what a next release does, and what is in its way.",
    "render-spec": "Print the spec to publish of a released asset, with every template tag resolved.",
    "build-images": "Build the images of environments, test them, and say what is wrong with them.",
    "test-assets": "Run the assets' own tests: the pytest suites of those that changed, or that are named.",
    "deprecate-pr": "Deprecate an asset: make the edit on a branch, and open the pull request for it.",
    "remove-pr": "Remove a deprecated asset: open the pull request that takes its files away.",
    "sweep": "Tell where deprecated assets stand, and open the pull requests that are due.",
    "schema": "Print the JSON schema of asset.yaml, environment.yaml or the settings, for editors.",
    "demo": "Make a small sample repository and run validate, pin, detect and release on it.",
}
ACTIONS = (
    "validate",
    "pin-versions",
    "detect-changes",
    "release-commit",
    "status",
    "render-spec",
    "build-images",
    "test-assets",
    "deprecate-pr",
    "remove-pr",
    "sweep",
)
"""The commands that are packaged as GitHub actions."""
CORE = ("validate", "detect-changes", "status", "render-spec")
"""Those of them that ask neither GitHub's API, nor an index, registry or engine: requirements-core.lock will do."""


def module_name(command: str) -> str:
    """The module of a command, in this package."""
    return f"{__name__}.{command.replace('-', '_')}"
