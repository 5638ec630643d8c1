"""Keeps the log of a running server up to date: one round on a fixed cadence, never because of one event.

So the moment of a checkpoint tells outsiders nothing about what kind of event was recorded.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tiexin.kernel.errors import TiexinError
from tiexin.trust.publication import bears_all, policy_of

if TYPE_CHECKING:
    from tiexin.trust.service import OpenedLog

log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """The server stops in the middle of a long round; the leaves so far are durable, the next start goes on."""


class Follower:
    """A thread that brings the log up to the record every few seconds, while there is growth and a key.

    Args:
        trust: the opened log.
        after: called after every round that went well, for what follows publications (anchors).
    """

    def __init__(self, trust: OpenedLog, *, after: Callable[[], None] | None = None) -> None:
        self._trust = trust
        self._after = after
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._rested = time.monotonic()

    def start(self) -> None:
        """Begin; the first round comes at once."""
        self._thread = threading.Thread(target=self._run, name="tiexin-trust", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, in the middle of a long round if need be."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        every = self._trust.settings.trust_publish_seconds
        while not self._stop.is_set():
            self.round()
            self._stop.wait(every)

    def round(self) -> None:
        """Bring the log up to the record, if there is a key and something to do; a failure is kept for people to see.

        It goes on with the next round: a witness that does not answer now may answer then.
        """
        trust = self._trust
        try:
            if not trust.initialised:
                return
            if self._is_due():
                self._rested = time.monotonic()
                trust.sync(tell=self._pace)
            if self._after is not None:
                self._after()
        except _StoppedError:
            return
        except TiexinError as error:
            log.warning("The log was not published: %s", error.message)
            trust.shelf.fail(error.message)
        except Exception as error:
            log.exception("The log was not published")
            trust.shelf.fail(f"{type(error).__name__}: {error}")

    def _pace(self, done: int, total: int) -> None:
        """Rest half as long as the last batch took: a long way to catch up must not slow down who uses the server.

        The end of the way is not rested at, and a server that stops does not wait for it.
        """
        worked = time.monotonic() - self._rested
        if self._stop.wait(worked / 2 if done < total else 0):
            raise _StoppedError
        self._rested = time.monotonic()

    def _is_due(self) -> bool:
        """Tell whether there is growth, an earlier failure, or a key or witness that has not signed the head yet."""
        trust = self._trust
        head = trust.head()
        if head is None or head.size != trust.record.position() or trust.shelf.state().error is not None:
            return True
        return not bears_all(head.checkpoint, keys=trust.keys, policy=policy_of(trust.folder))
