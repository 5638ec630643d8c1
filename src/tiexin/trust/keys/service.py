"""The keys of one installation's log: made once, used for each checkpoint, rotated with the old signing the new."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from tiexin.infra.crypto.aead import Sealer
from tiexin.infra.files import locked, private_folder, write_durably
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import SECOND_US, Clock, SystemClock
from tiexin.trust.contracts import NotInitialisedError
from tiexin.trust.keys.contracts import (
    KeysExistError,
    KeySource,
    KeySourceError,
    Signer,
    SigningFailedError,
    SourceKind,
)
from tiexin.trust.keys.secrets import SecretKey, generate, read_secret
from tiexin.trust.keys.signers import KeySigner, program, public_vkey
from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint
from tiexin.trust.rules.note import (
    ED25519,
    ML_DSA_44,
    PRIVATE,
    Note,
    checked_name,
    format_note,
    format_vkey,
    parse_vkey,
)
from tiexin.trust.rules.rotation import Rotation, rotation_text

if TYPE_CHECKING:
    from tiexin.infra.crypto.keyring import Keyring

FOLDER: Final = "trust"
FILE: Final = "log-keys.json"
SECRET: Final = "trust-keys"  # noqa: S105 - a name, not the secret
SECRET_MODE: Final = 0o600
_PROBE: Final = b"tiexin/key-check/v1\n"


class StoredKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key as it stands in the file; ``sealed`` is its secret under the installation's keyring (base64)."""

    vkey: str
    source: SourceKind
    made_us: int
    retired_us: int | None = None
    sealed: str | None = None
    variable: str | None = None
    command: tuple[str, ...] = ()


class StoredKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file: the log's name, its keys (the newest Ed25519 first), and the signed notes of rotations."""

    version: int
    origin: str
    keys: tuple[StoredKey, ...]
    rotations: tuple[str, ...] = ()


class TrustKeys:
    """The keys of the log of one installation; reads its file on each use, so that a rotation is seen everywhere."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._settings = settings
        self._folder = settings.keys_dir / FOLDER
        self._file = self._folder / FILE
        self._clock = clock or SystemClock()
        self._environment = environment
        self._keyring: Keyring | None = None

    @property
    def initialised(self) -> bool:
        """True when the log has its keys."""
        return self._file.exists()

    @property
    def origin(self) -> str:
        """The name of the log.

        Raises:
            NotInitialisedError: there is no log yet.
        """
        return self._stored().origin

    def create(self, origin: str, *, sm2: bool = False, mldsa: bool = False, sources: Sequence[KeySource] = ()) -> str:
        """Make the keys of a new log and return its first vkey: Ed25519, and what more is asked for.

        Args:
            origin: the log's name, a URL without scheme such as ``bank.example/log`` (at most 255 characters).
            sm2: also sign with SM2 over SM3.
            mldsa: also sign with ML-DSA-44.
            sources: keys that are kept elsewhere; one of a kind replaces the one that would be made here.

        Raises:
            KeysExistError: the log has keys.
            KeySourceError: a source cannot be used.
            NoteError: the name is not possible.
        """
        checked_name(origin)
        # Folder by folder: parents that are made on the way to a file would be open to others.
        for folder in (self._settings.home, self._settings.keys_dir, self._folder):
            private_folder(folder)
        with locked(self._folder / ".lock"):
            if self.initialised:
                msg = f"{self._file} holds keys of the log {self.origin!r}; nothing was changed"
                raise KeysExistError(msg)
            kinds = [ED25519, *([PRIVATE] if sm2 else []), *([ML_DSA_44] if mldsa else [])]
            keys = self._made(origin, kinds=kinds, sources=sources)
            self._write(StoredKeys(version=1, origin=origin, keys=tuple(keys)))
        return keys[0].vkey

    def signers(self) -> list[Signer]:
        """Return the keys that sign at present, the newest Ed25519 first; after a rotation also the old ones.

        Raises:
            NotInitialisedError: there is no log yet.
            SigningFailedError: the environment does not hold a key that it should.
        """
        return [self._signer(key) for key in self._stored().keys if key.retired_us is None]

    def vkeys(self) -> list[str]:
        """Return the vkeys under which checkpoints of this log were ever signed; the first is the present Ed25519.

        Raises:
            NotInitialisedError: there is no log yet.
        """
        return [key.vkey for key in sorted(self._stored().keys, key=lambda key: key.retired_us is not None)]

    def rotations(self) -> list[str]:
        """Return the signed notes in which old keys named the new ones, oldest first."""
        return list(self._stored().rotations)

    def rotate(self, *, sm2: bool = False, mldsa: bool = False, sources: Sequence[KeySource] = ()) -> str:
        """Make new keys of the same kinds (and of those asked for), let the old sign them, return the first new vkey.

        The old ones go on signing beside the new until ``retire_old``, so that those who know only them can follow.

        Raises:
            NotInitialisedError: there is no log yet.
            KeySourceError: a source cannot be used.
            SigningFailedError: an old or a new key did not sign; nothing was changed.
        """
        with locked(self._folder / ".lock"):
            stored = self._stored()
            present = [key for key in stored.keys if key.retired_us is None]
            kinds = [*(parse_vkey(key.vkey).kind for key in present)]
            kinds += [*([PRIVATE] if sm2 else []), *([ML_DSA_44] if mldsa else [])]
            made = self._made(stored.origin, kinds=kinds, sources=sources)
            if {key.vkey for key in made} & {key.vkey for key in stored.keys}:
                msg = "A rotation needs new keys; one that was given is a key of this log already. Nothing was changed"
                raise KeySourceError(msg)
            rotation = Rotation(
                stored.origin,
                tuple(key.vkey for key in present),
                tuple(key.vkey for key in made),
                self._clock.now_us() // SECOND_US,
            )
            text = rotation_text(rotation)
            signers = [signer for key in (*present, *made) if (signer := self._signer(key)).signs_any_text]
            note = format_note(Note(text, [signer.sign(text) for signer in signers])).decode()
            keys = (*made, *stored.keys)
            self._write(msgspec.structs.replace(stored, keys=keys, rotations=(*stored.rotations, note)))
        return made[0].vkey

    def retire_old(self) -> list[str]:
        """Let only the newest keys sign from now on and destroy the secrets of the others; return their vkeys."""
        with locked(self._folder / ".lock"):
            stored = self._stored()
            newest: dict[int, str] = {}
            for key in stored.keys:
                newest.setdefault(parse_vkey(key.vkey).kind, key.vkey)
            ended = [key.vkey for key in stored.keys if key.retired_us is None and key.vkey not in newest.values()]
            now = self._clock.now_us()
            keys = tuple(
                msgspec.structs.replace(key, retired_us=now, sealed=None) if key.vkey in ended else key
                for key in stored.keys
            )
            if ended:
                self._write(msgspec.structs.replace(stored, keys=keys))
        return ended

    def sign_checkpoint(self, checkpoint: Checkpoint) -> bytes:
        """Return the signed note of a checkpoint, with a line of each present key; each line was checked.

        Raises:
            SigningFailedError: a key did not sign, or the checkpoint is of another log.
        """
        if checkpoint.origin != self.origin:
            msg = f"The keys of {self.origin!r} do not sign a checkpoint of {checkpoint.origin!r}"
            raise SigningFailedError(msg)
        text = format_checkpoint(checkpoint)
        return format_note(Note(text, [signer.sign(text) for signer in self.signers()]))

    def _made(self, origin: str, *, kinds: Sequence[int], sources: Sequence[KeySource]) -> list[StoredKey]:
        """Return stored forms of one key a kind, in order: from a source where one is of that kind, else made here."""
        given = [self._from_source(origin, source) for source in sources]
        found = {parse_vkey(key.vkey).kind: key for key in given}
        if len(found) < len(given):
            msg = "Two of the given keys are of the same kind; the log takes one of each. Nothing was changed"
            raise KeySourceError(msg)
        order = (ED25519, PRIVATE, ML_DSA_44)
        wanted = [kind for kind in order if kind in found or kind in kinds]
        return [found.get(kind) or self._new(origin, kind) for kind in wanted]

    def _new(self, origin: str, kind: int) -> StoredKey:
        secret = generate(origin, kind=kind)
        vkey = format_vkey(secret.key)
        sealed = self._sealer().seal(secret.written().encode(), bound_to=vkey.encode())
        return StoredKey(
            vkey=vkey,
            source=SourceKind.FILE,
            made_us=self._clock.now_us(),
            sealed=base64.b64encode(sealed).decode(),
        )

    def _from_source(self, origin: str, source: KeySource) -> StoredKey:
        if source.variable:
            secret = self._from_environment(source.variable)
            key = StoredKey(
                vkey=format_vkey(secret.key),
                source=SourceKind.ENVIRONMENT,
                made_us=self._clock.now_us(),
                variable=source.variable,
            )
        elif source.command and source.public:
            key = StoredKey(
                vkey=format_vkey(public_vkey(origin, source.public)),
                source=SourceKind.PROGRAM,
                made_us=self._clock.now_us(),
                command=tuple(source.command),
            )
        else:
            msg = "A key from elsewhere needs the name of a variable, or a signing program with its public key"
            raise KeySourceError(msg)
        if parse_vkey(key.vkey).name != origin:
            msg = f"The given key is named {parse_vkey(key.vkey).name!r}, but the log is {origin!r}"
            raise KeySourceError(msg)
        signer = self._signer(key)
        # A key that cannot sign is refused now, not at the first checkpoint.
        probe = _PROBE if signer.signs_any_text else format_checkpoint(Checkpoint(origin, 0, bytes(32)))
        signer.sign(probe)
        return key

    def _signer(self, key: StoredKey) -> KeySigner:
        if key.source is SourceKind.PROGRAM:
            return KeySigner(parse_vkey(key.vkey), raw_sign=program(key.command), clock=self._clock)
        secret = self._secret(key)
        if format_vkey(secret.key) != key.vkey:
            msg = f"{key.variable or self._file} holds another key than {key.vkey}; nothing was signed"
            raise SigningFailedError(msg)
        return KeySigner(secret.key, raw_sign=secret.raw_sign, clock=self._clock)

    def _secret(self, key: StoredKey) -> SecretKey:
        if key.source is SourceKind.ENVIRONMENT:
            return self._from_environment(key.variable or "")
        sealed = base64.b64decode(key.sealed or "")
        written = self._sealer().open(sealed, bound_to=key.vkey.encode()).decode()
        return read_secret(written, where=str(self._file))

    def _from_environment(self, variable: str) -> SecretKey:
        written = self._environment.get(variable)
        if not written:
            msg = f"The environment has no variable {variable!r} with a key of the log"
            raise SigningFailedError(msg, variable=variable)
        return read_secret(written, where=f"The variable {variable}")

    def _sealer(self) -> Sealer:
        if self._keyring is None:
            from tiexin.infra.crypto.keyring import Keyring

            self._keyring = Keyring(self._settings)
        return Sealer(self._keyring.ensure_secret(SECRET))

    def _stored(self) -> StoredKeys:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=StoredKeys)
        except FileNotFoundError as error:
            msg = "There is no verifiable log yet; 'tiexin trust init' or the page Trust starts it"
            raise NotInitialisedError(msg) from error
        except (OSError, msgspec.DecodeError) as error:
            msg = f"The keys of the log cannot be read from {self._file}: {error}"
            raise SigningFailedError(msg, file=str(self._file)) from error

    def _write(self, stored: StoredKeys) -> None:
        write_durably(self._file, msgspec.json.format(msgspec.json.encode(stored)), mode=SECRET_MODE)
