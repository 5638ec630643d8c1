"""Ids for rows that have none: a keyed hash of the row and its ordinal among identical rows of the data set."""

from __future__ import annotations

from hashlib import blake2b

from tiexin.record.imports.model import ROWS_WITHOUT_ID_MAX, ImportLimitError

DIGEST_BYTES = 16
KEY_BYTES_MAX = 64


class RowKeys:
    """Gives each row of one data set an id that is the same on every run.

    Identical rows are different contacts (a public file repeats rows that all count), so the second gets the suffix
    ``-2``, the third ``-3``. The hash is keyed: without the installation's key nobody can test whether a guessed row
    is in the record. Source: BLAKE2b, RFC 7693, in keyed mode.
    """

    def __init__(self, key: bytes) -> None:
        self._keyed = blake2b(digest_size=DIGEST_BYTES, key=key[:KEY_BYTES_MAX])
        self._seen: set[bytes] = set()
        self._repeats: dict[bytes, int] = {}

    def id_of(self, row: bytes) -> str:
        """Return the id of the next row with this content (32 hexadecimal digits, then its ordinal from 2 on).

        Raises:
            ImportLimitError: the file has more rows without ids than the import keeps in memory.
        """
        hashed = self._keyed.copy()
        hashed.update(row)
        digest = hashed.digest()
        if digest not in self._seen:
            if len(self._seen) >= ROWS_WITHOUT_ID_MAX:
                message = (
                    f"The file has more than {ROWS_WITHOUT_ID_MAX:,} rows without an id; map a column to `id` or "
                    "split the file. Rows before this one were kept."
                )
                raise ImportLimitError(message, limit=ROWS_WITHOUT_ID_MAX)
            self._seen.add(digest)
            return digest.hex()
        ordinal = self._repeats.get(digest, 1) + 1
        self._repeats[digest] = ordinal
        return f"{digest.hex()}-{ordinal}"
