"""Settings of one installation: where its home is, which database it uses, how strict it is.

Precedence: command line, then environment (``TIEXIN_*``), then ``<home>/tiexin.toml``, then the default here.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tiexin.kernel.errors import InvalidInputError

ENVIRONMENT_PREFIX = "TIEXIN_"
DEFAULT_HOME = Path("~/.local/share/tiexin")


class SettingsError(InvalidInputError):
    """A setting has a value that is not possible; names the setting."""

    code = "invalid_setting"


class SyncMode(StrEnum):
    """What SQLite does before a commit is acknowledged (PRAGMA synchronous)."""

    FULL = "FULL"
    NORMAL = "NORMAL"


class Cipher(StrEnum):
    """The authenticated cipher for personal content."""

    AES_256_GCM = "aes-256-gcm"
    SM4_GCM = "sm4-gcm"


class KindMode(StrEnum):
    """What the record does with event types that no kind describes."""

    STRICT = "strict"
    LENIENT = "lenient"


class Provider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider of identities for sign-in by OpenID Connect; in ``tiexin.toml`` a table ``[[providers]]``.

    ``client_secret`` comes from the environment variable ``client_secret_env`` or the file ``client_secret_file``.
    ``name_claim`` tells what a user is called; the texts in ``role_claim`` (one or several) are looked up in ``roles``,
    that of ``unit_claim`` in ``units`` (or taken as it is where ``units`` is empty). Unknown people are refused unless
    ``admit_mapped`` is on: then everybody whose role is found is admitted, and role and unit follow the claims.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret_env: str = ""
    client_secret_file: Path | None = None
    scope: str = "openid profile"
    name_claim: str = "preferred_username"
    role_claim: str = ""
    roles: dict[str, str] = {}
    unit_claim: str = ""
    units: dict[str, str] = {}
    admit_mapped: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an installation can be told.

    ``database_url`` is empty for SQLite under ``home``, or ``postgresql://…``. ``key_file`` holds the key-encryption
    key (default ``<home>/keys/kek``); ``kek`` gives the same as base64 in the environment instead. ``kinds`` says
    whether unknown event types are accepted. ``lake_tail_max`` is how many events may stand outside the lake before
    an analysis closes them into a segment. ``jobs_at_once_max`` is how many jobs run at the same time, each in a
    process of its own with at most ``job_memory_mib`` of address space. ``upload_bytes_max`` is the largest file that
    may be uploaded, ``upload_total_bytes_max`` what all uploads together may take, ``upload_days_max`` how long one is
    kept. ``trust_publish_seconds`` is how often a server publishes a head of the verifiable log while the record grows.
    ``providers`` are those by whom people may sign in besides passwords and passkeys.
    """

    home: Path
    database_url: str = ""
    sqlite_synchronous: SyncMode = SyncMode.FULL
    cipher: Cipher = Cipher.AES_256_GCM
    kinds: KindMode = KindMode.LENIENT
    key_file: Path | None = None
    kek: str = ""
    lake_tail_max: int = 20_000
    lake_segment_max: int = 1_000_000
    jobs_at_once_max: int = 2
    job_memory_mib: int = 4_096
    upload_bytes_max: int = 2 * 1024**3
    upload_total_bytes_max: int = 20 * 1024**3
    upload_days_max: int = 7
    trust_publish_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 10
    providers: list[Provider] = []

    @property
    def keys_dir(self) -> Path:
        """The folder of keyring, key-encryption key and erasure journal; keep it out of ordinary backups."""
        return self.key_file.parent if self.key_file else self.home / "keys"

    @property
    def lake_dir(self) -> Path:
        """The folder of Parquet segments."""
        return self.home / "lake"


def load_settings(home: Path | None = None, *, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of the installation at ``home``.

    Raises:
        SettingsError: a value in the file or the environment is not possible.
    """
    values: dict[str, Any] = {}
    root = (home or Path(environment.get(ENVIRONMENT_PREFIX + "HOME") or DEFAULT_HOME)).expanduser().absolute()
    file = root / "tiexin.toml"
    if file.is_file():
        try:
            values.update(tomllib.loads(file.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            msg = f"{file} is not valid TOML: {error}"
            raise SettingsError(msg, file=str(file)) from error
    for name in Settings.__struct_fields__:
        given = environment.get(ENVIRONMENT_PREFIX + name.upper())
        if given and name not in {"home", "providers"}:
            values[name] = given
    values["home"] = str(root)
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_decode_path)
    except msgspec.ValidationError as error:
        msg = f"A setting in {file} or the environment ({ENVIRONMENT_PREFIX}*) is not possible: {error}"
        raise SettingsError(msg) from error


def _decode_path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    msg = f"expected a path, got {value!r}"
    raise ValueError(msg)
