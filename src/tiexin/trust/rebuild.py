"""Deriving lost or damaged files of the log again: the record and the salts are all it takes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from tiexin.infra.files import sync_folder
from tiexin.trust.contracts import Head
from tiexin.trust.feed import Tell, extend
from tiexin.trust.log import Log
from tiexin.trust.publication import LOG
from tiexin.trust.signed import checked, hold_against

if TYPE_CHECKING:
    from tiexin.trust.service import OpenedLog

FRESH: Final = "log.rebuilding"
FORMER: Final = "log.former"


def rebuild(trust: OpenedLog, *, tell: Tell | None = None) -> Head:
    """Derive the log from the record beside the present one, and put it in its place if it keeps every promise.

    The former files stay as ``log.former`` (an older one of that name goes).

    Raises:
        ContradictionError: the record does not lead to what was signed or published; the present files stay.
    """
    folder = trust.folder
    fresh, former, present = folder / FRESH, folder / FORMER, folder / LOG
    with trust.writing():
        shutil.rmtree(fresh, ignore_errors=True)
        log = Log.open(fresh)
        try:
            extend(log, trust.record, trust.salts(), upto=trust.record.position(), tell=tell)
            for what, note in (("signed", trust.shelf.signed()), ("published", trust.shelf.published())):
                if note is not None:
                    hold_against(log, checked(note, trust.keys.vkeys(), what=what), what=what)
        finally:
            log.close()
        trust.close()
        if present.exists():
            shutil.rmtree(former, ignore_errors=True)
            present.rename(former)
        fresh.rename(present)
        sync_folder(folder)
    return trust.sync()
