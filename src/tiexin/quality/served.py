"""Figures for a server: one projection for all requests, kept between questions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tiexin.quality.api import OVERVIEW, Quality
from tiexin.quality.contracts import Selection
from tiexin.quality.store.projection import Projection

if TYPE_CHECKING:
    from tiexin.record.api import OrgTree, Record


class ServedQuality:
    """Figures for a server: the facts stay in memory between questions and follow the record.

    One instance serves all requests of an installation; :meth:`opened` is safe in several threads at once.
    """

    def __init__(self) -> None:
        self._projection: Projection | None = None
        self._lock = threading.Lock()
        self._tree: tuple[int, OrgTree] | None = None

    @contextmanager
    def opened(self, record: Record) -> Iterator[Quality]:
        """Open the figures of the record as the projection knows it, brought up to date before."""
        with self._lock:
            if self._projection is None:
                self._projection = Projection(record.settings.home / "quality")
        self._projection.refresh(record)
        with self._projection.facts() as facts:
            yield Quality(facts, tree=lambda: self._organisation(record))

    def warm(self, record: Record) -> None:
        """Load the facts and count the overview once, so that nobody who asks later has to wait for it."""
        with self.opened(record) as quality:
            quality.figures(OVERVIEW, selection=Selection())

    def _organisation(self, record: Record) -> OrgTree:
        """Return the organisation tree, read again only when the record has grown."""
        position = record.position()
        if self._tree is None or self._tree[0] != position:
            self._tree = (position, record.org_tree())
        return self._tree[1]

    def close(self) -> None:
        """Free the memory."""
        with self._lock:
            if self._projection is not None:
                self._projection.close()
                self._projection = None
