"""What the environment of tests must not hold: they run code of a pull request."""

import re

_HIDDEN_PREFIXES = ("ACTIONS_", "ASSETS_ACTIONS_", "INPUT_", "PYTEST_")
_RUNNER_FILES = {"GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"}
"""The files by which a step tells its runner something: a test has nothing to tell it."""
_OTHER_ENVIRONMENTS = {
    "CONDA_DEFAULT_ENV", "CONDA_PREFIX", "COVERAGE_PROCESS_START", "PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PYTHONHOME",
    "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "VIRTUAL_ENV",
}  # fmt: skip
_SECRET_WORDS = {
    "ASKPASS", "APIKEY", "AUTH", "AUTHORIZATION", "COOKIE", "CREDENTIAL", "CREDENTIALS", "CREDS", "DSN", "KEY", "KEYS",
    "LOGIN", "PASS", "PASSPHRASE", "PASSWD", "PASSWORD", "PASSWORDS", "PAT", "PWD", "SAS", "SECRET", "SECRETS", "TOKEN",
    "TOKENS",
}  # fmt: skip
"""A variable with one of these among the words of its name is taken for a secret."""
_NO_SECRETS = {"PWD", "OLDPWD"}
_WORD = re.compile("[A-Z]+")
_SECRET_PARTS = re.compile(r"CONNECTION_?STRING|(?:ACCOUNTKEY|PASSWORD|SECRET|TOKEN)S?(?![A-Z])")
"""What makes a secret of a name though its words run together: `MYTOKEN`, not `TOKENIZERS`."""
_LOGIN = re.compile(r"://[^/\s@]*:[^/\s@]+@|\bhttps?://[^/\s@]+@", re.IGNORECASE)
"""A password, or the token alone that hosts take for one."""
_FOR_INSTALLERS = re.compile(r"(?:PIP|CONDA|UV)_(?!PUBLISH_)")
"""What tells installers of indexes, and how to log in there."""


def hidden_from_tests(name: str, value: str) -> bool:
    """Whether a variable is left out of the environment that tests run in."""
    name = name.upper()  # Windows has them in any case
    return (
        name.startswith(_HIDDEN_PREFIXES)
        or name in _RUNNER_FILES
        or name in _OTHER_ENVIRONMENTS
        or (name not in _NO_SECRETS and not _SECRET_WORDS.isdisjoint(_WORD.findall(name)))
        or _SECRET_PARTS.search(name) is not None
        or _LOGIN.search(value) is not None
    )


def hidden_from_installers(name: str, value: str) -> bool:
    """Whether a variable is left out where requirements are installed: what installs may run code of theirs, too."""
    return hidden_from_tests(name, value) and (name in _OTHER_ENVIRONMENTS or not _FOR_INSTALLERS.match(name.upper()))


_PIP_CONFIG = re.compile(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", re.MULTILINE)
_UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "constraint": "UV_CONSTRAINT",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}
"""What pip's settings are called in the environment of uv, which reads none of pip's."""


def for_uv(pip_config: str) -> dict[str, str]:
    """pip's settings, as `pip config list` tells them, as variables for uv.

    Of a key, the most special setting counts: the environment's, else that for `install`, else the global one.
    """
    rank = ("global", "install", ":env:")
    found = sorted(_PIP_CONFIG.finditer(pip_config), key=lambda one: rank.index(one[0].partition(".")[0]))
    settings = {one[1]: " ".join(one[2].replace("\\n", " ").split()) for one in found}
    named = {variable: settings[name] for name, variable in _UV_NAMES.items() if settings.get(name)}
    if "UV_FIND_LINKS" in named:
        named["UV_FIND_LINKS"] = named["UV_FIND_LINKS"].replace(" ", ",")
    return named
