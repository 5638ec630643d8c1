"""A small OpenID Connect provider that runs for real on this machine; knobs make it lie."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "tiexin", "a secret between us"


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class TestProvider:
    """What the provider knows and how it lies; ``claims`` are added to those of an honest ID token."""

    __test__ = False

    def __init__(self) -> None:
        self.issuer = ""
        rsa, curve = RSAKey.generate_key(2048, {"kid": "r1"}), ECKey.generate_key("P-256", {"kid": "e1"})
        self.keys: dict[str, RSAKey | ECKey] = {"RS256": rsa, "ES256": curve}
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}
        self.forged = False
        self.published_issuer: str | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.exchanges: list[dict[str, str]] = []

    def authorize(self, url: str, *, code: str = "c0de") -> dict[str, str]:
        """Do what the person does at the provider: return the parameters with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Answer an exchange of a code."""
        self.exchanges.append(form)
        asked = self.codes.pop(form["code"], None)
        challenge = unpadded(hashlib.sha256(form["code_verifier"].encode()).digest())
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        fits = asked and challenge == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]
        if not asked or not fits or authorization != basic:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "p-77",
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "preferred_username": "wei",
            "name": "李伟",
        } | self.claims
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            parts = [unpadded(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)]
            return ".".join([*parts, ""])
        if self.algorithm == "HS256":  # signed with the public key as if it were a shared secret
            public = self.keys["RS256"].as_pem(private=False)
            header = {"alg": "HS256", "kid": "r1"}
            text = ".".join(unpadded(json.dumps(part).encode()) for part in (header, claims))
            return f"{text}.{unpadded(hmac.digest(public, text.encode(), 'sha256'))}"
        key = self.keys[self.algorithm]
        if self.forged:
            key = RSAKey.generate_key(2048, {"kid": "r1"})
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key)

    def document(self, path: str) -> dict[str, Any] | None:
        """Answer a question about the provider."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.published_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        if path == "/keys":
            return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}
        return None


@contextlib.contextmanager
def running_provider() -> Iterator[TestProvider]:
    """Yield a provider that listens on a port of this machine."""
    provider = TestProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = provider.document(self.path)
            self._answer(404 if found is None else 200, found or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("authorization", "")))

        def _answer(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
