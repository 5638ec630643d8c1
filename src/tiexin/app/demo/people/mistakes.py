"""What registers get wrong about a person: each mistake has a name, and the truth file tells where it was planted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiexin.app.demo.people.names import Names
from tiexin.app.demo.people.plan import PeoplePlan
from tiexin.app.demo.person import Address, Person
from tiexin.app.demo.streams import Draw
from tiexin.kernel.identifiers import old_resident_id

ELDERLY_FACTOR = 3
"""The elderly give the telephone of a child or a partner three times as often."""
OLD_IDS_UNTIL = 1983
"""Whoever was born later got a first identity card with 18 digits (GB 11643-1999 replaced 15 digits)."""

Known = dict[str, Any]
"""What a register knows of a person: name, id_type, id_number, phone, email, address, birth_date, gender."""


class Mistakes:
    """Turns what is true of a person into what a register knows."""

    def __init__(self, plan: PeoplePlan, names: Names) -> None:
        self._names = names
        everywhere = {name: by_register.get("all", 0.0) for name, by_register in plan.mistakes.items()}
        chances = {
            register: everywhere | {n: c[register] for n, c in plan.mistakes.items() if register in c}
            for register in plan.registrations
        }
        make: dict[str, Callable[[Known, Person, Draw, Known], bool]] = {
            "name_homophone": self._homophone,
            "name_similar": self._similar,
            "name_traditional": self._traditional,
            "name_pinyin": self._pinyin,
            "phone_old": _phone_old,
            "phone_family": _phone_family,
            "phone_digits": _phone_digits,
            "email_family": _email_family,
            "id_missing": _id_missing,
            "id_old": _id_old,
            "id_digits": _id_digits,
            "birth_date": _birth_date,
            "address_variant": _address_variant,
            "address_old": _address_old,
        }
        self._makes = {
            register: [(name, chance, make[name]) for name, chance in by_name.items()]
            for register, by_name in chances.items()
        }

    def known(self, person: Person, register: str, contact: Known, draw: Draw) -> tuple[Known, list[str]]:
        """Return what a register knows of a person and the names of the mistakes in it.

        ``contact`` holds the telephone and e-mail of the household's head, which others may have given as theirs.
        """
        known: Known = {
            "name": person.name,
            "id_type": person.id_type,
            "id_number": person.id_number,
            "phone": person.phone,
            "email": person.email,
            "address": person.household.address.text,
            "birth_date": person.birth_date.isoformat(),
            "gender": person.gender,
        }
        planted: list[str] = []
        for name, chance, make in self._makes[register]:
            elderly = name == "phone_family" and person.elderly
            if draw() < (chance * ELDERLY_FACTOR if elderly else chance) and make(known, person, draw, contact):
                planted.append(name)
        return known, planted

    def _homophone(self, known: Known, person: Person, draw: Draw, _contact: Known) -> bool:
        return _set(known, "name", self._names.homophone(person.name, draw))

    def _similar(self, known: Known, person: Person, draw: Draw, _contact: Known) -> bool:
        return known["name"] == person.name and _set(known, "name", self._names.look_alike(person.name, draw))

    def _traditional(self, known: Known, person: Person, _draw: Draw, _contact: Known) -> bool:
        return known["name"] == person.name and _set(known, "name", self._names.traditional(person.name))

    def _pinyin(self, known: Known, person: Person, _draw: Draw, _contact: Known) -> bool:
        return known["name"] == person.name and _set(known, "name", self._names.pinyin(person.name))


def _set(known: Known, part: str, value: Any) -> bool:
    if value is None or value == known[part]:
        return False
    known[part] = value
    return True


def _phone_old(known: Known, person: Person, _draw: Draw, _contact: Known) -> bool:
    return _set(known, "phone", person.former_phone)


def _phone_family(known: Known, person: Person, _draw: Draw, contact: Known) -> bool:
    return known["phone"] == person.phone and _set(known, "phone", contact["phone"])


def _phone_digits(known: Known, person: Person, draw: Draw, _contact: Known) -> bool:
    # A number that is already old or another one's gets no slip of the finger as well.
    return known["phone"] == person.phone and _set(known, "phone", _swapped(person.phone, 3, draw))


def _email_family(known: Known, _person: Person, _draw: Draw, contact: Known) -> bool:
    return _set(known, "email", contact["email"])


def _id_missing(known: Known, _person: Person, _draw: Draw, _contact: Known) -> bool:
    known["id_type"] = None
    return _set(known, "id_number", "")


def _id_old(known: Known, person: Person, _draw: Draw, _contact: Known) -> bool:
    if person.id_type != "resident_id" or not known["id_number"] or person.birth_date.year > OLD_IDS_UNTIL:
        return False
    return _set(known, "id_number", old_resident_id(person.id_number))


def _id_digits(known: Known, person: Person, draw: Draw, _contact: Known) -> bool:
    if known["id_number"] != person.id_number:
        return False
    return _set(known, "id_number", _swapped(person.id_number, 6, draw))


def _birth_date(known: Known, person: Person, draw: Draw, _contact: Known) -> bool:
    """Day and month change places where that is a day, otherwise it is the first of January: a clerk was in doubt."""
    del draw
    born = person.birth_date
    day = (born.day, born.month) if born.day <= 12 and born.day != born.month else (1, 1)  # noqa: PLR2004
    return _set(known, "birth_date", born.replace(month=day[0], day=day[1]).isoformat())


def _address_variant(known: Known, person: Person, draw: Draw, _contact: Known) -> bool:
    return _set(known, "address", written(person.household.address, int(draw() * 4)))


def _address_old(known: Known, person: Person, _draw: Draw, _contact: Known) -> bool:
    home = person.household
    return known["address"] == home.address.text and _set(known, "address", home.former_address.text)


def written(address: Address, way: int) -> str:
    """Return the same address as registers write it: 0 short, 1 without city, 2 without estate, 3 full-width digits."""
    a = address
    if way == 0:
        return f"{a.district}{a.street}{a.house}号{a.building}-{a.unit}-{a.room}"
    if way == 1:
        return a.text.removeprefix(a.city)
    if way == 2:  # noqa: PLR2004
        return f"{a.city}{a.district}{a.street}{a.house}号{a.building}号楼{a.room}"
    return a.text.translate(FULL_WIDTH)


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _swapped(text: str, start: int, draw: Draw) -> str | None:
    """Return a text with two neighbouring digits exchanged, behind ``start``; None where all neighbours are equal."""
    places = [place for place in range(start, len(text) - 1) if text[place] != text[place + 1]]
    chance = draw()
    if not places:
        return None
    place = places[int(chance * len(places))]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
