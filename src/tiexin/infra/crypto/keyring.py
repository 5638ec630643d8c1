"""The keyring: a key-encryption key (KEK) outside it, and inside it epoch keys wrapped by the KEK.

Keys of subjects are wrapped by the current *epoch key*. Ending an epoch re-wraps what is alive under a new epoch key
and destroys the old one, so that dead database rows, write-ahead logs and backups become unreadable together.
The file holds nothing in clear; the KEK comes from a file of its own or from the environment.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

import msgspec

from tiexin.infra.crypto.aead import KEY_BYTES, Sealer
from tiexin.infra.files import locked, write_durably
from tiexin.infra.settings import Settings
from tiexin.kernel.errors import UnavailableError

KEYRING_FILE = "keyring.json"
KEK_FILE = "kek"
SECRET_MODE = 0o600


class KeyringError(UnavailableError):
    """The keyring or its key-encryption key is missing or does not fit; names the file."""

    code = "keyring_unavailable"


class WrappedKey(msgspec.Struct, frozen=True):
    """A key in the keyring: its name and its bytes sealed by the KEK (base64)."""

    name: str
    sealed: str


class KeyringFile(msgspec.Struct, frozen=True):
    """The keyring as it stands on disk; the last epoch is the current one."""

    version: int
    epochs: list[WrappedKey]
    secrets: list[WrappedKey]


class Keyring:
    """Epoch keys and long-lived secrets of one installation, unwrapped in memory."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.keys_dir
        self._file = self._folder / KEYRING_FILE
        self._kek = Sealer(_load_kek(settings))
        self._epochs: dict[str, bytes] = {}
        self._secrets: dict[str, bytes] = {}
        with locked(self._folder / ".keyring.lock"):
            if not self._file.exists():
                self._epochs = {"epoch-1": os.urandom(KEY_BYTES)}
                self._secrets = {"pseudonym": os.urandom(KEY_BYTES)}
                self._write()
        self.reload()

    @property
    def epochs(self) -> list[str]:
        """Names of the epochs whose keys still exist, oldest first."""
        return list(self._epochs)

    @property
    def current_epoch(self) -> str:
        """Name of the epoch that new keys are wrapped under."""
        return next(reversed(self._epochs))

    def secret(self, name: str) -> bytes:
        """Return a long-lived secret of the installation (32 bytes).

        Raises:
            KeyringError: there is none of that name.
        """
        found = self._secrets.get(name)
        if found is None:
            msg = f"{self._file} holds no secret named {name!r}"
            raise KeyringError(msg)
        return found

    def ensure_secret(self, name: str) -> bytes:
        """Return a long-lived secret of the installation (32 bytes), made when it is first asked for."""
        if name not in self._secrets:
            with locked(self._folder / ".keyring.lock"):
                self.reload()
                if name not in self._secrets:
                    self._secrets[name] = os.urandom(KEY_BYTES)
                    self._write()
        return self._secrets[name]

    def wrap(self, key: bytes, *, owner: str) -> tuple[str, bytes]:
        """Return the current epoch's name and ``key`` sealed under its key, bound to ``owner``."""
        epoch = self.current_epoch
        return epoch, Sealer(self._epochs[epoch]).seal(key, bound_to=owner.encode())

    def unwrap(self, epoch: str, sealed: bytes, *, owner: str) -> bytes:
        """Return the key that was wrapped under ``epoch``.

        Raises:
            KeyringError: that epoch has ended; nobody can unwrap it any more.
        """
        key = self._epochs.get(epoch)
        if key is None:
            msg = f"epoch {epoch!r} has ended; what was wrapped in it cannot be read any more"
            raise KeyringError(msg)
        return Sealer(key).open(sealed, bound_to=owner.encode())

    def begin_epoch(self) -> str:
        """Add a new epoch key and make it the current one; return its name. The old ones stay until ended."""
        with locked(self._folder / ".keyring.lock"):
            self.reload()
            name = f"epoch-{int(self.current_epoch.rsplit('-', 1)[1]) + 1}"
            self._epochs[name] = os.urandom(KEY_BYTES)
            self._write()
        return name

    def end_epochs_before(self, epoch: str) -> list[str]:
        """Destroy every epoch key older than ``epoch``; return the names destroyed."""
        with locked(self._folder / ".keyring.lock"):
            self.reload()
            names = list(self._epochs)
            ended = names[: names.index(epoch)]
            for name in ended:
                del self._epochs[name]
            if ended:
                previous = self._file.read_bytes()
                # The old file's blocks are overwritten in place first: a rename alone would leave them on the disk.
                with self._file.open("r+b") as stream:
                    self._write()
                    stream.write(b"\0" * len(previous))
                    stream.flush()
                    os.fsync(stream.fileno())
        return ended

    def reload(self) -> None:
        """Read the file again, as another process may have begun or ended an epoch.

        Raises:
            KeyringError: the file is damaged or the KEK does not fit.
        """
        try:
            stored = msgspec.json.decode(self._file.read_bytes(), type=KeyringFile)
            self._epochs = {key.name: self._open(key) for key in stored.epochs}
            self._secrets = {key.name: self._open(key) for key in stored.secrets}
        except (OSError, msgspec.DecodeError, binascii.Error, UnavailableError) as error:
            msg = f"The keyring {self._file} cannot be opened with this key-encryption key: {error}"
            raise KeyringError(msg, file=str(self._file)) from error

    def _open(self, key: WrappedKey) -> bytes:
        return self._kek.open(base64.b64decode(key.sealed), bound_to=key.name.encode())

    def _seal(self, name: str, key: bytes) -> WrappedKey:
        return WrappedKey(name, base64.b64encode(self._kek.seal(key, bound_to=name.encode())).decode())

    def _write(self) -> None:
        stored = KeyringFile(
            version=1,
            epochs=[self._seal(name, key) for name, key in self._epochs.items()],
            secrets=[self._seal(name, key) for name, key in self._secrets.items()],
        )
        write_durably(self._file, msgspec.json.format(msgspec.json.encode(stored)), mode=SECRET_MODE)


def _load_kek(settings: Settings) -> bytes:
    if settings.kek:
        return _decode_kek(settings.kek, "TIEXIN_KEK")
    file = settings.key_file or settings.keys_dir / KEK_FILE
    with locked(settings.keys_dir / ".kek.lock"):
        if not file.exists():
            if (settings.keys_dir / KEYRING_FILE).exists():
                msg = f"The key-encryption key {file} is missing, but a keyring made with it exists; restore the file"
                raise KeyringError(msg, file=str(file))
            write_durably(file, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n", mode=SECRET_MODE)
    return _decode_kek(_read_text(file), str(file))


def _read_text(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The key-encryption key {file} cannot be read: {error}"
        raise KeyringError(msg, file=str(file)) from error


def _decode_kek(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        msg = f"The key-encryption key in {where} is not base64"
        raise KeyringError(msg) from error
    if len(key) != KEY_BYTES:
        msg = f"The key-encryption key in {where} has {len(key)} bytes; it needs {KEY_BYTES}"
        raise KeyringError(msg)
    return key
