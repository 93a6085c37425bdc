"""A token server such as the public registries have: logins go in, tokens that the registry trusts come out."""

import base64
import binascii
import datetime
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.registries.server import Answer, Request, Server

Login = tuple[str, str]
ISSUER = "tests"
SERVICE = "registry.test"


class TokenServer(Server):
    """Grants what `allowed` says of a login (or of none) and a repository; where that is None, the login is bad.

    What is asked for and not allowed is left out of the token, as the specification wants it. `keys` are the names
    under which an answer has its token.
    """

    def __init__(self, directory: Path, allowed: Callable[[Login | None, str], Sequence[str] | None]) -> None:
        super().__init__()
        self.keys = ["token", "access_token"]
        self._allowed = allowed
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._certificate = _certificate(self._key)
        self._bundle = directory / "tokens.pem"
        self._bundle.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    @property
    def url(self) -> str:
        return f"http://{self.host}/token"

    @property
    def settings(self) -> dict[str, str]:
        """What the registry has to know of this server."""
        return {"realm": self.url, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(self._bundle)}

    def answer(self, request: Request) -> Answer:
        url = urlsplit(request.path)
        if url.path != "/token":
            return Answer(404)
        if request.method != "GET":
            return Answer(405)
        login = _login(request.headers.get("Authorization"))
        if self._allowed(login, "") is None:
            return Answer.json({"details": "incorrect username or password"}, 401)
        query = parse_qs(url.query)
        if query.get("service") != [SERVICE]:
            return Answer.json({"details": "no such service"}, 400)
        scopes = [scope for text in query.get("scope", []) for scope in text.split()]
        token = self.issue([access for scope in scopes if (access := self._access(login, scope))])
        return Answer.json({**dict.fromkeys(self.keys, token), "expires_in": 300})

    def issue(self, access: Sequence[dict[str, Any]]) -> str:
        """A token for these resources and actions, whoever asks."""
        now = datetime.datetime.now(datetime.UTC)
        claims = {
            "iss": ISSUER,
            "sub": "",
            "aud": SERVICE,
            "iat": now,
            "nbf": now - datetime.timedelta(seconds=10),
            "exp": now + datetime.timedelta(seconds=300),
            "jti": str(uuid.uuid4()),
            "access": list(access),
        }
        x5c = [base64.b64encode(self._certificate.public_bytes(Encoding.DER)).decode()]
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"x5c": x5c})

    def _access(self, login: Login | None, scope: str) -> dict[str, Any] | None:
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        allowed = self._allowed(login, name) or []
        granted = [action for action in actions.split(",") if action in allowed]
        return {"type": kind, "name": name, "actions": granted} if kind == "repository" and granted else None


def _login(header: str | None) -> Login | None:
    """The login in an Authorization header; what cannot be read is a bad one."""
    if header is None:
        return None
    kind, _, text = header.partition(" ")
    try:
        user, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (user, password) if kind.lower() == "basic" else ("", "")


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
