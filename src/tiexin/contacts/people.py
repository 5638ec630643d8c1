"""Finding somebody by what only people know of him: a telephone number, an identity number, an account, a name.

Nothing of it stands in the record in the clear. Imports replace such identifiers by pseudonyms – a keyed hash in a
namespace that the mapping names – so the same is done here with what was typed, in every namespace that the shipped
mappings and the usual ones of institutions use, and the record is asked for the results by its index.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from tiexin.contacts.contracts import Reach
from tiexin.contacts.meaning import bounded
from tiexin.kernel.errors import InvalidInputError
from tiexin.record.api import NewestFilter, newest_events

if TYPE_CHECKING:
    from tiexin.record.api import Record

NAMESPACES = ("customer", "caller", "complaint", "phone", "id", "account", "card", "email", "name", "person")
CHARS_MAX = 200


class PersonalTextError(InvalidInputError):
    """The text can identify nobody: empty, or longer than an identifier is."""

    code = "not_an_identifier"


def variants_of(text: str) -> list[str]:
    """Return how registers write an identifier: as typed, in plain signs, without separators, without the prefix +86.

    Raises:
        PersonalTextError: nothing is left of it, or it is longer than 200 characters.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not 2 <= len(plain) <= CHARS_MAX:  # noqa: PLR2004  (the shortest Chinese names)
        msg = f"A name or number has 2 to {CHARS_MAX} characters."
        raise PersonalTextError(msg, limit=CHARS_MAX)
    bare = "".join(sign for sign in plain if sign not in " -\u00b7.()")
    found = [text.strip(), plain, bare, bare.upper(), bare.casefold()]
    national = bare.removeprefix("+86").removeprefix("0086")
    if national.isdigit() and len(national) == 11:  # noqa: PLR2004  (mobile numbers of mainland China)
        found += [national, f"+86{national}"]
    return list(dict.fromkeys(one for one in found if one))


def subjects_of(record: Record, text: str, *, reach: Reach) -> tuple[list[str], int]:
    """Return the references within reach that an identifier leads to, and how many pseudonyms were tried.

    Raises:
        PersonalTextError: the text can identify nobody.
    """
    tried = {record.pseudonymise(namespace, variant): None for variant in variants_of(text) for namespace in NAMESPACES}
    known = [
        subject for subject in tried if newest_events(record, bounded(NewestFilter(subject=subject), reach), limit=1)
    ]
    return known, len(tried)
