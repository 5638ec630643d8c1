"""Where anchors go: remembered in ``<home>/trust/anchors.json``, overridden by the environment (``TIEXIN_ANCHOR_*``).

The key of the account that pays on the chain is never written there: it comes from the environment, from a file that
the environment names, or from the installation's keyring, where it is made at first use.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tiexin.infra.files import write_durably
from tiexin.infra.settings import Settings
from tiexin.kernel.errors import InvalidInputError

PREFIX = "TIEXIN_ANCHOR_"
FILE = "anchors.json"
ACCOUNT_SECRET = "anchor-account"  # noqa: S105  (the name of a secret, not one)
KEY_BYTES = 32


class AnchorSettingError(InvalidInputError):
    """A setting for anchors is missing or not possible; names it."""

    code = "anchor_setting"


class Options(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where anchors go.

    ``rpc`` is the JSON-RPC address of a node, ``contract`` the address of the anchor contract on that chain
    (``chain_id``), which was deployed in ``deployed_block``. ``tsa`` is the address of a time-stamping authority
    (RFC 3161) and ``tsa_roots`` a PEM file with the roots it is believed by. Background anchors are made every
    ``every_hours`` hours; 0 makes none.
    """

    rpc: str = ""
    chain_id: int = 0
    contract: str = ""
    deployed_block: int = 0
    tsa: str = ""
    tsa_roots: str = ""
    every_hours: int = 0


def load_options(settings: Settings, *, environment: Mapping[str, str] = os.environ) -> Options:
    """Return where anchors go.

    Raises:
        AnchorSettingError: the file or a variable holds what is not possible.
    """
    file = settings.home / "trust" / FILE
    values: dict[str, Any] = {}
    try:
        if file.is_file():
            values = msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
        for name in ("rpc", "chain_id", "contract", "tsa", "tsa_roots", "every_hours"):
            given = environment.get(PREFIX + name.upper())
            if given:
                values[name] = given
        return msgspec.convert(values, Options, strict=False)
    except msgspec.MsgspecError as error:
        msg = f"A setting for anchors in {file} or the environment ({PREFIX}*) is not possible: {error}"
        raise AnchorSettingError(msg, file=str(file)) from error


def keep_options(settings: Settings, **changes: Any) -> Options:
    """Remember some of the options; None leaves one as it is. Returns what is remembered now."""
    given = {name: value for name, value in changes.items() if value is not None}
    options = msgspec.structs.replace(load_options(settings, environment={}), **given)
    write_durably(settings.home / "trust" / FILE, msgspec.json.encode(options) + b"\n", mode=0o600)
    return options


def shown_address(url: str, *, path: bool) -> str:
    """Return an address without what may be a password: user and query always, the path unless asked for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path if path else ''}"


def account_key(settings: Settings, *, environment: Mapping[str, str] = os.environ) -> bytes:
    """Return the private key (32 bytes) of the account that anchors on the chain.

    Raises:
        AnchorSettingError: the key that was given is not 32 bytes in hexadecimal.
    """
    given, where = environment.get(PREFIX + "KEY", ""), f"{PREFIX}KEY"
    file = environment.get(PREFIX + "KEY_FILE", "")
    try:
        if file and not given:
            given, where = Path(file).expanduser().read_text("ascii"), file
        if given:
            key = bytes.fromhex(given.strip().removeprefix("0x"))
            if len(key) == KEY_BYTES:
                return key
            msg = f"The account's key in {where} has {len(key)} bytes instead of {KEY_BYTES}"
            raise AnchorSettingError(msg)
    except (OSError, ValueError) as error:
        # Nothing of what was read is repeated: it may be a key with a typing error.
        msg = f"The account's key in {where} cannot be read as {KEY_BYTES} bytes in hexadecimal"
        raise AnchorSettingError(msg) from error
    from tiexin.infra.crypto.keyring import Keyring

    return Keyring(settings).ensure_secret(ACCOUNT_SECRET)
