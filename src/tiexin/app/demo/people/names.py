"""Names that people of a generation bear, their pinyin, and the ways in which registers get them wrong."""

from __future__ import annotations

from bisect import bisect_left

from tiexin.app.demo.people.plan import NamesPlan
from tiexin.app.demo.streams import Choice, Draw, one_of

WHOLE_GIVEN = 0.55
"""Share of given names that are one of the usual ones of their generation; the others are put together."""
SINGLE_GIVEN = 0.12
"""Share of put-together given names of one character."""


class Names:
    """Makes names and spells them."""

    def __init__(self, plan: NamesPlan) -> None:
        weights: dict[str, float] = {}
        for weight, surnames in plan.surnames.items():
            weights |= dict.fromkeys(surnames, weight)
        for weight, compound in plan.compound_surnames.items():
            weights |= dict.fromkeys(compound, weight)
        self._plan = plan
        self._surnames = Choice(weights)
        self.compound = tuple(name for names in plan.compound_surnames.values() for name in names)
        self._years = sorted(plan.given)
        self._sound = {char: sound for sound, chars in plan.sounds.items() for char in chars}
        self._same = {char: chars.replace(char, "") for chars in plan.sounds.values() for char in chars}
        self._similar = {pair[0]: pair[1] for pair in plan.similar}
        self._traditional = dict(zip(plan.traditional[::2], plan.traditional[1::2], strict=True))

    def surname(self, draw: Draw) -> str:
        """Return a surname, the common ones as often as they are."""
        return self._surnames.pick(draw)

    def given(self, gender: str, year: int, draw: Draw) -> str:
        """Return a given name that was usual for somebody born in a year."""
        index = min(bisect_left(self._years, year), len(self._years) - 1)
        plan = self._plan.given[self._years[index]][gender]
        if draw() < WHOLE_GIVEN:
            return one_of(plan.names, draw)
        first, second = one_of(plan.first, draw), one_of(plan.second, draw)
        return second if draw() < SINGLE_GIVEN or first == second else first + second

    def minority(self, gender: str, draw: Draw) -> str:
        """Return a name of one of the minorities, in Chinese characters."""
        plan = one_of(self._plan.minority, draw)
        return one_of(plan.M if gender == "M" else plan.F, draw) + plan.join + one_of(plan.second, draw)

    def foreign(self, gender: str, draw: Draw) -> str:
        """Return a foreign name in Latin letters."""
        plan = self._plan.foreign
        return one_of(plan.M if gender == "M" else plan.F, draw) + plan.join + one_of(plan.second, draw)

    def split(self, name: str) -> tuple[str, str]:
        """Return surname and given name of a Chinese name."""
        cut = 2 if name[:2] in self.compound else 1
        return name[:cut], name[cut:]

    def pinyin(self, name: str) -> str | None:
        """Return a Chinese name in pinyin as passports write it (``WANG XIULAN``), None when a character is unknown."""
        sounds = [self._sound.get(char) for char in name]
        if None in sounds:
            return None
        cut = len(self.split(name)[0])
        spelled = [sound or "" for sound in sounds]
        # Passports write YU where keyboards write v for ü after l and n (GB/T 28039-2011).
        surname, given = ("".join(part).upper().replace("V", "YU") for part in (spelled[:cut], spelled[cut:]))
        return f"{surname} {given}"

    def homophone(self, name: str, draw: Draw) -> str | None:
        """Return the name with one character that sounds the same, None when there is none."""
        return self._replaced(name, self._same, draw)

    def look_alike(self, name: str, draw: Draw) -> str | None:
        """Return the name with one character that looks alike, None when there is none."""
        return self._replaced(name, self._similar, draw)

    def traditional(self, name: str) -> str | None:
        """Return the name in traditional characters, None when that makes no difference."""
        other = "".join(self._traditional.get(char, char) for char in name)
        return other if other != name else None

    def _replaced(self, name: str, table: dict[str, str], draw: Draw) -> str | None:
        # The given name is heard wrong far more often than the surname, which people know how to ask for.
        cut = len(self.split(name)[0])
        places = [place for place in range(cut, len(name)) if table.get(name[place])]
        places = places or [place for place in range(cut) if table.get(name[place])]
        chance, other = draw(), draw()
        if not places:
            return None
        place = places[int(chance * len(places))]
        options = table[name[place]]
        return name[:place] + options[int(other * len(options))] + name[place + 1 :]
