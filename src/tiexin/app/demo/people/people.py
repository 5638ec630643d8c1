"""The customers of a generated institution. Customer 17 is the same person in a small run and in a large one."""

from __future__ import annotations

from tiexin.app.demo.institution import Institution
from tiexin.app.demo.person import Person
from tiexin.app.demo.profile import Phrases, Profile
from tiexin.app.demo.streams import Choice, Streams, one_of

SINGLE_GIVEN = 0.25


class People:
    """Makes the customers by number."""

    def __init__(self, profile: Profile, phrases: Phrases, institution: Institution, streams: Streams) -> None:
        self._profile = profile
        self._phrases = phrases
        self._institution = institution
        self._streams = streams
        self._segments = Choice({name: segment.share for name, segment in profile.segments.items()})

    def person(self, number: int) -> Person:
        """Return the customer of this number (from 1)."""
        draw = self._streams.draw("person", number)
        segment = self._segments.pick(draw)
        low, high = self._profile.segments[segment].age
        phrases = self._phrases
        name = one_of(phrases.surnames, draw)
        # Common surnames stand first: drawing twice and keeping the earlier one makes them common here as well.
        name = min(name, one_of(phrases.surnames, draw), key=phrases.surnames.index)
        single = draw() < SINGLE_GIVEN
        given = one_of(phrases.given_first, draw) + one_of(phrases.given_second, draw)
        return Person(
            number=number,
            subject="p-" + self._streams.token("subject", number),
            segment=segment,
            age=low + int(draw() * (high - low + 1)),
            branch=self._institution.branches.pick(draw),
            name=name + (given[1] if single else given),
            phone=one_of(phrases.mobile_prefixes, draw) + f"{int(draw() * 100_000_000):08d}",
        )
