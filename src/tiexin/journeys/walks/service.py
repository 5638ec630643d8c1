"""Plan walks, record them, finish them, read them; what the routes and commands of walks call."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tiexin.access.api import OutOfReachError
from tiexin.journeys.walks import book, rules
from tiexin.journeys.walks.contracts import (
    LIST_MAX,
    PHOTOS_A_STEP_MAX,
    PHOTOS_A_WALK_MAX,
    STEPS_MAX,
    Ending,
    NewStep,
    Photo,
    Walk,
    WalkList,
    WalkListed,
    WalkPlan,
    WalkState,
    WalkStep,
)
from tiexin.journeys.walks.drafts import Drafts
from tiexin.journeys.walks.photos import PhotoMissingError, PhotoStore, cleaned, media_of
from tiexin.kernel.clock import Clock, SystemClock, iso_us
from tiexin.kernel.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError
from tiexin.kernel.ids import IdSource

if TYPE_CHECKING:
    from tiexin.record.api import Record

Reach = frozenset[str] | None
"""The units a caller may see; None for the whole institution."""


class UnknownWalkError(NotFoundError):
    """There is no walk of this name that the caller may see."""

    code = "unknown_walk"


class WalkConflictError(ConflictError):
    """The same key came with other content; what was kept first stands."""

    code = "walk_conflict"


class WalkClosedError(RefusedError):
    """The walk is finished or called off, so nothing can be added."""

    code = "walk_closed"


class WalkEmptyError(RefusedError):
    """A walk without a step cannot be finished."""

    code = "walk_empty"


class WalkFullError(InvalidInputError):
    """The walk has as many steps or photos as it may."""

    code = "walk_full"


class Walks:
    """The walks of one installation; drafts are opened on first use."""

    def __init__(self, get_record: Callable[[], Record], *, clock: Clock | None = None) -> None:
        self._get_record = get_record
        self._clock = clock or SystemClock()
        self._ids = IdSource(self._clock)
        self._book = book.Book(get_record)
        self._lock = threading.Lock()
        self._opened: tuple[Record, Drafts, PhotoStore] | None = None

    # -- reading ------------------------------------------------------------------------------------------------

    def listed(
        self, *, reach: Reach = None, state: WalkState | None = None, journey: str | None = None, limit: int = LIST_MAX
    ) -> WalkList:
        """Return the walks that fit, the latest day first."""
        found = [
            walk
            for walk in self._all().values()
            if _visible(walk, reach) and state in {None, walk.state} and journey in {None, walk.journey}
        ]
        found.sort(key=lambda walk: walk.walk)
        found.sort(key=lambda walk: walk.planned_for, reverse=True)
        return WalkList(total=len(found), walks=[_listed(walk) for walk in found[:limit]])

    def get(self, walk: str, *, reach: Reach = None) -> Walk:
        """Return one walk.

        Raises:
            UnknownWalkError: there is none, or it lies outside the reach.
        """
        found = self._drafts.find(walk)
        recorded = self._book.walks().get(walk)
        # Once the record has the end of a walk, a draft that is still there is a leftover.
        if found is None or (recorded is not None and recorded.state in {WalkState.DONE, WalkState.CANCELLED}):
            found = recorded
        if found is None or not _visible(found, reach):
            msg = "There is no walk of this name, or it belongs to a unit outside yours."
            raise UnknownWalkError(msg, walk=walk)
        return found

    def finished(self, journey: str, *, reach: Reach = None) -> Sequence[Walk]:
        """Return the finished walks along one journey."""
        walks = self._book.walks().values()
        return [w for w in walks if w.journey == journey and w.state is WalkState.DONE and _visible(w, reach)]

    def felt(self, journey: str, *, reach: Reach = None) -> Sequence[tuple[str, int]]:
        """Return every step of finished walks along one journey with how it felt, 1 to 5."""
        return [(step.step, step.feeling) for walk in self.finished(journey, reach=reach) for step in walk.done]

    def photo(self, walk: str, digest: str, *, reach: Reach = None) -> tuple[str, bytes]:
        """Return media type and bytes of a photo of a walk.

        Raises:
            UnknownWalkError: the walk is not there for this caller.
            PhotoMissingError: the walk has no such photo.
        """
        found = self.get(walk, reach=reach)
        if not any(photo.digest == digest for step in found.done for photo in step.photos):
            msg = "This walk has no photo of that name."
            raise PhotoMissingError(msg, walk=walk)
        content = self._photos.load(digest)
        return media_of(content), content

    # -- writing ------------------------------------------------------------------------------------------------

    def plan(self, plan: WalkPlan, *, by: str, reach: Reach = None) -> Walk:
        """Plan a walk; the same key with the same plan returns the walk that stands.

        Raises:
            WalkInputError: a member is not possible.
            OutOfReachError: the unit lies outside the reach.
            WalkConflictError: the key was used for another plan.
        """
        rules.checked_plan(plan)
        if reach is not None and plan.unit not in reach:
            msg = "You can plan walks for your own unit and those below it. Nothing was planned."
            raise OutOfReachError(msg, unit=plan.unit)
        name = self._ids.new() if plan.key is None else _named(plan.key, by)
        known = self._all().get(name)
        if known is not None:
            return _same_plan(known, plan)
        event = book.planned_event(name, plan, by=by, now_us=self._clock.now_us())
        self._get_record().append([event])
        return self.get(name, reach=reach)

    def record_step(self, walk: str, step: NewStep, *, reach: Reach = None) -> Walk:
        """Keep a step; the same key with the same content changes nothing.

        Raises:
            WalkInputError: a member is not possible.
            WalkClosedError: the walk is over.
            WalkConflictError: the key was used for another step.
            WalkFullError: the walk has 60 steps.
        """
        now_us = self._clock.now_us()
        rules.checked_step(step, now_us=now_us)
        planned = self.get(walk, reach=reach)

        def change(draft: Walk | None) -> Walk:
            base = draft or planned
            same = next((each for each in base.done if each.key == step.key), None)
            if same is not None:
                if book.step_of(step, photos=same.photos) != same:
                    msg = "A step with this key is kept with other content. Take it back first, then record it anew."
                    raise WalkConflictError(msg, key=step.key)
                return base
            _open(base)
            if len(base.done) >= STEPS_MAX:
                msg = f"A walk has at most {STEPS_MAX} steps; this one was not kept."
                raise WalkFullError(msg, limit=STEPS_MAX)
            done = [*base.done, book.step_of(step, photos=[])]
            done.sort(key=lambda each: rules.moment_us(each.done))
            return msgspec.structs.replace(base, done=done, state=WalkState.UNDER_WAY)

        return self._drafts.change(walk, change, now_us=now_us)

    def take_back(self, walk: str, key: str, *, reach: Reach = None) -> Walk:
        """Remove a step of a walk that is not finished; one that is not there changes nothing.

        Raises:
            WalkClosedError: the walk is over.
        """
        planned = self.get(walk, reach=reach)
        _open(planned)

        def change(draft: Walk | None) -> Walk:
            base = draft or planned
            return msgspec.structs.replace(base, done=[each for each in base.done if each.key != key])

        return self._drafts.change(walk, change, now_us=self._clock.now_us())

    def add_photo(self, walk: str, key: str, content: bytes, *, reach: Reach = None) -> Photo:
        """Keep a photo of a step; the same picture again changes nothing.

        Raises:
            PhotoTypeError: it is no whole JPEG, PNG or WebP.
            PhotoTooLargeError: it has more than 8 MiB or 50 million pixels.
            WalkFullError: the step has 6 photos or the walk 40.
            WalkClosedError: the walk is over.
            UnknownWalkError: the walk or the step is not there.
        """
        planned = self.get(walk, reach=reach)
        _open(planned)
        photo, kept = cleaned(content)

        def change(draft: Walk | None) -> Walk:
            base = draft or planned
            step = next((each for each in base.done if each.key == key), None)
            if step is None:
                msg = "The step of this photo is not recorded yet; send the step first. The photo was not kept."
                raise UnknownWalkError(msg, walk=walk, key=key)
            if photo in step.photos:
                return base
            _room_for_photo(base, step)
            self._photos.keep(photo.digest, kept)
            more = msgspec.structs.replace(step, photos=[*step.photos, photo])
            return msgspec.structs.replace(base, done=[more if each is step else each for each in base.done])

        self._drafts.change(walk, change, now_us=self._clock.now_us())
        return photo

    def finish(self, walk: str, ending: Ending, *, by: str, reach: Reach = None) -> Walk:
        """End a walk: its steps and its end become events, all or none; the same ending again changes nothing.

        Raises:
            WalkInputError: the feeling or the advice is not possible.
            WalkEmptyError: no step was recorded.
            WalkConflictError: the walk was finished with another ending.
            WalkClosedError: the walk was called off.
        """
        rules.checked_ending(ending)
        planned = self.get(walk, reach=reach)
        if planned.state is WalkState.DONE:
            return _same_ending(planned, ending)
        now_us = self._clock.now_us()

        def change(draft: Walk | None) -> Walk:
            base = draft or planned
            if base.finished is not None:  # an earlier attempt got as far as this; its events are made again
                return _same_ending(base, ending)
            _open(base)
            if not base.done:
                msg = "A walk without a recorded step cannot be finished. Record a step, or call the walk off."
                raise WalkEmptyError(msg, walk=walk)
            return msgspec.structs.replace(
                base,
                seconds=sum(step.seconds for step in base.done),
                feeling=ending.feeling,
                recommendation=ending.recommendation,
                finished=iso_us(now_us),
                shopper=base.shopper or by,
            )

        made = self._drafts.change(walk, change, now_us=now_us)
        self._get_record().append(book.finished_events(made, by=made.shopper or by))
        self._drafts.drop(walk)
        return self.get(walk, reach=reach)

    def cancel(self, walk: str, *, by: str, reach: Reach = None) -> Walk:
        """Call a walk off that nobody has begun; called off twice changes nothing.

        Raises:
            WalkClosedError: steps are recorded, or the walk is finished.
        """
        found = self.get(walk, reach=reach)
        if found.state is WalkState.CANCELLED:
            return found
        if found.state is not WalkState.PLANNED:
            msg = "Only a walk that nobody has begun can be called off; this one has recorded steps, which are kept."
            raise WalkClosedError(msg, walk=walk)
        self._get_record().append([book.cancelled_event(found, by=by, now_us=self._clock.now_us())])
        return self.get(walk, reach=reach)

    # -- inside -------------------------------------------------------------------------------------------------

    def _all(self) -> dict[str, Walk]:
        walks = self._book.walks()
        closed = {name for name, walk in walks.items() if walk.state in {WalkState.DONE, WalkState.CANCELLED}}
        return walks | {draft.walk: draft for draft in self._drafts.all() if draft.walk not in closed}

    @property
    def _drafts(self) -> Drafts:
        return self._parts()[1]

    @property
    def _photos(self) -> PhotoStore:
        return self._parts()[2]

    def _parts(self) -> tuple[Record, Drafts, PhotoStore]:
        record = self._get_record()
        with self._lock:
            if self._opened is None or self._opened[0] is not record:
                self.close()
                self._opened = record, Drafts(record.settings), PhotoStore(record.settings, key=record.row_key())
            return self._opened

    def close(self) -> None:
        """Close the drafts."""
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None


def _visible(walk: Walk, reach: Reach) -> bool:
    return reach is None or walk.unit in reach


def _named(key: str, by: str) -> str:
    return f"w-{hashlib.sha256(chr(0).join((by, key)).encode()).hexdigest()[:24]}"


def _same_plan(known: Walk, plan: WalkPlan) -> Walk:
    told = (known.journey, known.persona, known.planned_for, known.unit, known.steps)
    if told != (plan.journey, plan.persona, plan.planned_for, plan.unit, plan.steps):
        msg = "This key was used for another plan, which stands as it is. Use a new key for a new walk."
        raise WalkConflictError(msg, walk=known.walk)
    return known


def _same_ending(known: Walk, ending: Ending) -> Walk:
    if (known.feeling, known.recommendation) != (ending.feeling, ending.recommendation):
        msg = "This walk is finished with another feeling or recommendation, which stands as it is."
        raise WalkConflictError(msg, walk=known.walk)
    return known


def _open(walk: Walk) -> None:
    if walk.finished is not None or walk.state in {WalkState.DONE, WalkState.CANCELLED}:
        msg = "This walk is over; what was recorded stands as it is. Plan a new walk to look again."
        raise WalkClosedError(msg, walk=walk.walk)


def _room_for_photo(walk: Walk, step: WalkStep) -> None:
    if len(step.photos) >= PHOTOS_A_STEP_MAX:
        msg = f"A step has at most {PHOTOS_A_STEP_MAX} photos; this one was not kept."
        raise WalkFullError(msg, limit=PHOTOS_A_STEP_MAX)
    if sum(len(each.photos) for each in walk.done) >= PHOTOS_A_WALK_MAX:
        msg = f"A walk has at most {PHOTOS_A_WALK_MAX} photos; this one was not kept."
        raise WalkFullError(msg, limit=PHOTOS_A_WALK_MAX)


def _listed(walk: Walk) -> WalkListed:
    return WalkListed(
        walk=walk.walk,
        journey=walk.journey,
        persona=walk.persona,
        planned_for=walk.planned_for,
        state=walk.state,
        unit=walk.unit,
        shopper=walk.shopper,
        steps_planned=len(walk.steps),
        steps_done=len(walk.done),
        seconds=walk.seconds,
        feeling=walk.feeling,
    )
