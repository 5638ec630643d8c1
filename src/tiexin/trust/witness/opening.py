"""Beginning a witness, and opening it for its server and its commands."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tiexin.kernel.clock import Clock
from tiexin.trust.witness.identity import cosigners_in, create_identity, identity_exists, vkeys_of
from tiexin.trust.witness.store import MemoryLostError, WitnessStore
from tiexin.trust.witness.witness import Witness

FOLDER: Final = "witness"


def begin_witness(home: Path, *, name: str = "", ml_dsa: bool = False) -> list[str]:
    """Make keys and memory of a witness and return its vkeys; one that is there already is left as it is.

    Raises:
        MemoryLostError: there are keys without a memory, or the memory of other keys.
        NoteError: the name may not stand in a signature line.
    """
    folder = home / FOLDER
    if identity_exists(folder):
        vkeys = vkeys_of(cosigners_in(folder))
        if not WitnessStore.exists(folder):
            msg = (
                f"There are keys of a witness under {folder}, and its memory is gone. A new memory could be led to "
                "cosign a second history. Put the folder back, or retire the keys and make a witness in a new home."
            )
            raise MemoryLostError(msg)
        return vkeys
    create_identity(
        folder,
        name=name or f"tiexin-witness/{secrets.token_hex(4)}",
        ml_dsa=ml_dsa,
        prepare=lambda vkeys: WitnessStore.create(folder, vkeys=vkeys),
    )
    return vkeys_of(cosigners_in(folder))


@contextmanager
def opened_witness(home: Path, *, logs: Sequence[str], clock: Clock | None = None) -> Iterator[Witness]:
    """Yield the witness of a home, watching the logs of these vkeys; it belongs to this process until the end.

    Raises:
        NoWitnessError: there is none.
        MemoryLostError: its memory is gone or damaged.
        WitnessBusyError: another process is this witness.
        NoteError: a vkey cannot be read.
    """
    folder = home / FOLDER
    cosigners = cosigners_in(folder)
    store = WitnessStore.open(folder, vkeys=vkeys_of(cosigners))
    try:
        yield Witness(store, cosigners=cosigners, logs=logs, clock=clock)
    finally:
        store.close()
