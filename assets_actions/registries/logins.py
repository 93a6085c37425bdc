"""Logins for registries and indexes, each for the one host that it was given for: from the environment and Docker.

`ASSETS_ACTIONS_LOGIN_<HOST>`, all but letters and digits as `_`, holds `user:password`. For registries, Docker's own
configuration counts as well: its file, the helpers that it names, and DOCKER_AUTH_CONFIG with the file's content.
"""

import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from assets_actions.runner import LOGIN

from .http import LookUpError

DOCKER_VARIABLE = "DOCKER_AUTH_CONFIG"


class Login(NamedTuple):
    """A user and a password; or a token that stands for both (Docker's identity token)."""

    user: str
    password: str
    identity_token: str | None = None


def from_environment(host: str) -> Login | None:
    """The login that the environment has for a host. Raises LookUpError where it is not `user:password`."""
    name = LOGIN + re.sub(r"[^A-Z0-9]", "_", host.upper())
    text = os.environ.get(name)
    if not text:
        return None
    user, colon, password = text.partition(":")
    if not colon:
        raise LookUpError(f"{host}: the variable {name} does not hold `user:password`", is_outside=True)
    return Login(user, password)


def of_registry(host: str) -> Login | None:
    """The login for a registry; None where there is none. Raises LookUpError where one cannot be read."""
    if login := from_environment(host):
        return login
    from docker import auth, errors
    from docker.utils import config

    found: dict[str, Any] | None = None
    try:
        texts = [os.environ.get(DOCKER_VARIABLE)]
        if path := config.find_config_file():
            texts.append(Path(str(path)).read_text(encoding="utf-8"))
        for text in filter(None, texts):
            # An empty one would be taken for none, and the file read again.
            parsed = json.loads(text) or {"auths": {}}
            found = found or auth.resolve_authconfig(auth.load_config(config_dict=parsed), host)
    except (errors.DockerException, OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise LookUpError(
            f"{host}: Docker's configuration has no login that can be read: {error}", is_outside=True
        ) from None
    if not found:
        return None
    given = {key.lower(): value for key, value in found.items()}
    if not given.get("identitytoken") and not given.get("username"):
        return None
    return Login(given.get("username") or "", given.get("password") or "", given.get("identitytoken"))
