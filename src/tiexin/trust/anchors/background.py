"""Anchors of a running server: made on their own after a publication, when they are due."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

import msgspec

from tiexin.kernel.clock import Clock, SystemClock
from tiexin.kernel.errors import TiexinError
from tiexin.trust.anchors.anchoring import PublishedLog, anchor_on_chain, chain_of, stamp_head
from tiexin.trust.anchors.kept import Kept
from tiexin.trust.anchors.options import Options, account_key, load_options

if TYPE_CHECKING:
    from tiexin.trust.service import OpenedLog

log = logging.getLogger(__name__)
HOUR_US: Final = 3_600 * 1_000_000


class Background:
    """What a server calls after each publication: it anchors when that is due, never raises and never waits.

    The chain is asked in a thread of its own, because a block may take longer than a head may be late. What fails is
    kept for people to see (``Checks.error``) and tried again after an hour at the latest.
    """

    def __init__(self, trust: OpenedLog, *, clock: Clock | None = None) -> None:
        self._trust = trust
        self._kept = Kept(trust.settings.home)
        self._clock = clock or SystemClock()
        self._running: threading.Thread | None = None

    def __call__(self) -> None:
        """Begin to anchor if it is due and nothing is under way."""
        if self._running is not None and self._running.is_alive():
            return
        try:
            options = load_options(self._trust.settings)
            if self._is_due(options):
                self._running = threading.Thread(
                    target=self._run, args=(options,), name="tiexin-trust-anchors", daemon=True
                )
                self._running.start()
        except Exception:
            log.exception("Anchoring in the background could not begin")

    def join(self) -> None:
        """Wait for what is under way."""
        if self._running is not None:
            self._running.join()

    def _is_due(self, options: Options) -> bool:
        checks = self._kept.checks()
        every = options.every_hours * HOUR_US
        pause = min(every, HOUR_US) if checks.error else every
        return every > 0 and self._clock.now_us() >= checks.tried_us + pause

    def _run(self, options: Options) -> None:
        try:
            error = self._anchor(options)
            changed = msgspec.structs.replace(self._kept.checks(), tried_us=self._clock.now_us(), error=error)
            self._kept.keep_checks(changed)
        except Exception:
            log.exception("Anchoring in the background failed")

    def _anchor(self, options: Options) -> str | None:
        """Anchor wherever the options say; return what failed, None if nothing did."""
        published = PublishedLog(self._trust)
        errors = []
        if options.rpc and options.contract:
            try:
                chain = chain_of(options, key=account_key(self._trust.settings))
                anchor_on_chain(published, chain=chain, kept=self._kept, since_block=options.deployed_block)
            except TiexinError as error:
                errors.append(error.message)
        if options.tsa:
            try:
                stamp_head(published, options=options, kept=self._kept)
            except TiexinError as error:
                errors.append(error.message)
        for each in errors:
            log.warning("The head was not anchored: %s", each)
        return " ".join(errors) or None


def background(trust: OpenedLog, *, clock: Clock | None = None) -> Background:
    """Return what a running server calls after each publication."""
    return Background(trust, clock=clock)
