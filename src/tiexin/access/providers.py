"""Signing in by OpenID Connect: authorization code with PKCE, state bound to the browser, nonce, checked ID token.

Source: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; RFC 7636 (PKCE, S256); RFC 9207 (issuer in the answer);
RFC 9700 (best current practice). Authlib makes the requests and judges the claims, its joserfc the signature.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from tiexin.access.contracts import Role, User
from tiexin.access.rights import is_whole
from tiexin.access.rules.identities import role_of, text_claim, unit_of
from tiexin.access.signing import Door, SignInRefusedError
from tiexin.access.store.people import PeopleStore
from tiexin.access.store.waiting import ChallengeStore
from tiexin.access.users import KEEP, Users, random_text
from tiexin.infra.settings import Provider
from tiexin.kernel.clock import SECOND_US, Clock
from tiexin.kernel.errors import NotFoundError, TiexinError, UnavailableError

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures that are believed; ``none`` and the symmetric ones are not among them."""
WAIT_US: Final = 10 * 60 * SECOND_US
KEPT_SECONDS: Final = 3_600.0
"""How long the provider's description and keys are kept."""
TIMEOUT_SECONDS: Final = 10.0
ANSWER_BYTES_MAX: Final = 1_000_000
LEEWAY_SECONDS: Final = 60
SECRET_BYTES: Final = 32
REFUSED: Final = (
    "The sign-in with your institution's account did not succeed. Please try again, or ask an administrator."
)


class UnknownProviderError(NotFoundError):
    """No provider of that id is configured."""

    code = "unknown_provider"


class ProviderUnavailableError(UnavailableError):
    """The provider does not answer as it should; nobody was signed in."""

    code = "provider_unavailable"


class Started(msgspec.Struct, frozen=True):
    """Where the browser goes to sign in, and the secret that its cookie keeps until it comes back."""

    url: str
    binding: str


class _Known(msgspec.Struct):
    """What a provider has said of itself, and when (monotonic seconds)."""

    metadata: dict[str, Any]
    keys: dict[str, Any]
    at: float


class Providers:
    """The configured providers of one installation."""

    def __init__(
        self,
        configured: list[Provider],
        *,
        people: PeopleStore,
        users: Users,
        door: Door,
        waiting: ChallengeStore,
        clock: Clock,
        random: Callable[[int], bytes],
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._configured = {provider.id: provider for provider in configured}
        self._people = people
        self._users = users
        self._door = door
        self._waiting = waiting
        self._clock = clock
        self._random = random
        self._environment = environment
        self._known: dict[str, _Known] = {}

    def listed(self) -> list[Provider]:
        """Return the providers, in the order of the settings."""
        return list(self._configured.values())

    def start(self, provider_id: str, *, redirect_uri: str) -> Started:
        """Return where the browser is to go; state, nonce and verifier are kept for ten minutes.

        Raises:
            UnknownProviderError: there is no such provider.
            ProviderUnavailableError: it cannot be reached.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        provider = self._provider(provider_id)
        metadata = self._described(provider).metadata
        state, nonce, verifier, binding = (random_text(self._random(SECRET_BYTES)) for _ in range(4))
        now_us = self._clock.now_us()
        kept = {"nonce": nonce, "verifier": verifier, "binding": binding, "redirect_uri": redirect_uri}
        purpose = f"oidc.{provider.id}"
        self._waiting.keep(state.encode(), purpose=purpose, data=kept, now_us=now_us, expires_us=now_us + WAIT_US)
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            client_id=provider.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=provider.scope,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Started(str(url), binding)

    def finish(
        self, provider_id: str, answer: Mapping[str, str], *, binding: str, address: str, former: str | None
    ) -> str:
        """Return the token of a new session for whom the provider vouches.

        Args:
            provider_id: as at the start.
            answer: the parameters with which the browser came back.
            binding: the secret that the browser's cookie kept.
            address: where the request comes from.
            former: token of the session that the browser has already, which ends.

        Raises:
            SignInRefusedError: state, code, token or claims do not fit, or the person is not admitted.
            ProviderUnavailableError: the provider does not answer as it should.
        """
        provider = self._provider(provider_id)
        method = f"oidc:{provider.id}"
        self._door.check_delay(None, address, method=method)
        try:
            user = self._vouched_for(provider, answer, binding)
        except _DoubtError as doubt:
            self._door.failed(None, address, method=method, reason=doubt.reason)
            raise SignInRefusedError(REFUSED, reason=doubt.reason) from doubt
        return self._door.enter(user, method=method, address=address, former=former)

    def _vouched_for(self, provider: Provider, answer: Mapping[str, str], binding: str) -> User:
        state = answer.get("state", "").encode("utf-8", "replace")
        kept = self._waiting.take(state, purpose=f"oidc.{provider.id}", now_us=self._clock.now_us())
        if kept is None or not hmac.compare_digest(kept["binding"].encode(), binding.encode("utf-8", "replace")):
            raise _DoubtError(Doubt.STATE)
        if answer.get("iss", provider.issuer) != provider.issuer:
            raise _DoubtError(Doubt.ISSUER)
        if "code" not in answer:
            raise _DoubtError(Doubt.DECLINED)
        user = self._admitted(provider, self._claims(provider, answer["code"], kept))
        if user.locked:
            raise _DoubtError(Doubt.LOCKED)
        return user

    def _claims(self, provider: Provider, code: str, kept: Mapping[str, str]) -> dict[str, Any]:
        known = self._described(provider)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": kept["redirect_uri"],
            "client_id": provider.client_id,
            "code_verifier": kept["verifier"],
        }
        secret = self._secret(provider)
        answer = _ask(
            known.metadata["token_endpoint"], form=form, basic=(provider.client_id, secret) if secret else None
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _DoubtError(Doubt.NO_ID_TOKEN)
        return self._checked(provider, token, nonce=kept["nonce"])

    def _checked(self, provider: Provider, token: str, *, nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        decoded = None
        for attempt in range(2):
            keys = KeySet.import_key_set(self._described(provider, anew=attempt == 1).keys)  # type: ignore[arg-type]
            try:
                decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
                break
            except (JoseError, ValueError, KeyError) as error:
                # The provider may have changed its keys since we looked.
                if attempt == 1:
                    raise _DoubtError(Doubt.SIGNATURE) from error
        assert decoded is not None  # noqa: S101  (the loop either breaks with it or raises)
        options = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        claims = CodeIDToken(
            decoded.claims, decoded.header, options=options, params={"client_id": provider.client_id, "nonce": nonce}
        )
        try:
            claims.validate(now=self._clock.now_us() // SECOND_US, leeway=LEEWAY_SECONDS)
        except Exception as error:
            raise _DoubtError(Doubt.CLAIMS) from error
        return dict(decoded.claims)

    def _admitted(self, provider: Provider, claims: Mapping[str, Any]) -> User:
        """Return the user whom the claims describe: known, expected, or admitted by the mapping of roles."""
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise _DoubtError(Doubt.CLAIMS)
        identity = f"{provider.issuer} {subject}"
        try:
            return self._user(provider, claims, identity)
        except TiexinError as error:  # a name that is taken, a unit that does not exist
            raise _DoubtError(error.code) from error

    def _user(self, provider: Provider, claims: Mapping[str, Any], identity: str) -> User:
        name = text_claim(claims, provider.name_claim)
        stored = self._people.find_identity(identity)
        if stored is None and name is not None:
            stored = self._people.claim_identity(self._users.form(name), expected(provider.id), identity)
        if stored is not None and not provider.admit_mapped:
            return stored.user
        role = role_of(claims, provider.role_claim, provider.roles) if provider.admit_mapped else None
        if role is None or name is None or role is Role.CUSTOMER:
            raise _DoubtError(Doubt.NOT_ADMITTED)
        unit, by = unit_of(claims, provider.unit_claim, provider.units), f"oidc:{provider.id}"
        if provider.unit_claim and unit is None and not is_whole(role):
            # No unit would be the whole institution: a claim that is missing or unknown must not widen anybody.
            raise _DoubtError(Doubt.NOT_ADMITTED)
        if stored is not None:
            wanted = unit if provider.unit_claim else KEEP
            return self._users.change(stored.user.name, role=role, unit=wanted, by=by)
        shown = text_claim(claims, "name")
        return self._users.add(name, role=role, unit=unit, display_name=shown, identity=identity, by=by)[0]

    def _provider(self, provider_id: str) -> Provider:
        found = self._configured.get(provider_id)
        if found is None:
            msg = "No such provider of sign-in is configured here."
            raise UnknownProviderError(msg)
        return found

    def _described(self, provider: Provider, *, anew: bool = False) -> _Known:
        """Return what a provider says of itself (OpenID Connect Discovery 1.0, section 4)."""
        known = self._known.get(provider.id)
        if known is not None and not anew and time.monotonic() - known.at < KEPT_SECONDS:
            return known
        metadata = _ask(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != provider.issuer:
            msg = "The provider of sign-in calls itself by another name than the settings do."
            raise ProviderUnavailableError(msg)
        for member in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _check_address(str(metadata.get(member, "")))
        self._known[provider.id] = found = _Known(metadata, _ask(metadata["jwks_uri"]), time.monotonic())
        return found

    def _secret(self, provider: Provider) -> str:
        if provider.client_secret_env:
            return self._environment.get(provider.client_secret_env, "")
        if provider.client_secret_file is not None:
            try:
                return provider.client_secret_file.read_text("utf-8").strip()
            except OSError as error:
                msg = "The secret for the provider of sign-in cannot be read."
                raise ProviderUnavailableError(msg) from error
        return ""


def expected(provider_id: str) -> str:
    """Return what stands in place of the identity of a user whom a provider has not vouched for yet."""
    return f"expected from {provider_id}"


class Doubt(StrEnum):
    """Why somebody for whom a provider should vouch is not let in."""

    STATE = "state"
    ISSUER = "issuer"
    DECLINED = "declined"
    CODE = "code"
    NO_ID_TOKEN = "no_id_token"  # noqa: S105  (the name of a doubt)
    SIGNATURE = "signature"
    CLAIMS = "claims"
    NOT_ADMITTED = "not_admitted"
    LOCKED = "locked"


class _DoubtError(Exception):
    """Something about a sign-in does not fit; ``reason`` is for the audit."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        msg = "A provider of sign-in is spoken to over https only."
        raise ProviderUnavailableError(msg)


def _ask(url: str, *, form: dict[str, str] | None = None, basic: tuple[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at an address; follows no redirect, waits ten seconds, reads at most a megabyte."""
    import httpx

    _check_address(url)
    try:
        method = "GET" if form is None else "POST"
        with (
            httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, data=form, auth=basic, headers={"accept": "application/json"}) as answer,
        ):
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > ANSWER_BYTES_MAX:
                    break
        found = msgspec.json.decode(body, type=dict[str, Any])
    except (httpx.HTTPError, msgspec.DecodeError) as error:
        msg = "The provider of sign-in does not answer as it should. Please try again later."
        raise ProviderUnavailableError(msg) from error
    if answer.status_code == httpx.codes.OK:
        return found
    if form is not None and answer.is_client_error:
        raise _DoubtError(Doubt.CODE)
    msg = f"The provider of sign-in answered {answer.status_code}. Please try again later."
    raise ProviderUnavailableError(msg)
