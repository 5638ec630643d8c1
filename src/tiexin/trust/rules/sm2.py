"""SM2 signatures over SM3 (国密: GB/T 32918.2, GB/T 32905), checked with public values only.

Signing needs secrecy and constant time and is left to GmSSL (``trust/keys``); checking has no secrets, so it stands
here in plain arithmetic: it runs wherever Python runs and says nothing but yes or no.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives import hashes

MARK: Final = b"tiexin/sm2-sm3/v1\n"
"""Follows the type byte 0xff in a vkey (signed-note, private types); after it the key as 0x04, x and y."""
DEFAULT_ID: Final = b"1234567812345678"
"""The signer's id that GM/T 0009 sets where nothing else was agreed."""
KEY_BYTES: Final = 65
_WORD: Final = 32
_UNCOMPRESSED: Final = 4
_SEQUENCE: Final = 0x30
_INTEGER: Final = 2
_SIGN_BIT: Final = 0x80
# The recommended curve (GB/T 32918.5).
_P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A: Final = _P - 3
_B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G: Final = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_Jacobian = tuple[int, int, int]
_NOWHERE: Final[_Jacobian] = (1, 1, 0)
_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


def sm3(raw: bytes) -> bytes:
    """Return the SM3 digest (32 bytes)."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(raw)
    return digest.finalize()


def valid_key(key: bytes) -> bool:
    """Tell whether 65 bytes are a point of the curve (0x04, x, y)."""
    if len(key) != KEY_BYTES or key[0] != _UNCOMPRESSED:
        return False
    x, y = _coordinates(key)
    return x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0


def public_info(key: bytes) -> bytes:
    """Return the key as DER SubjectPublicKeyInfo, the form that ``openssl`` reads."""
    return _SPKI + key


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the DER signature of ``message`` was made by this key (65 bytes) under the default id.

    Follows GB/T 32918.2, section 7.1; a signature that is not strict DER is refused.
    """
    parts = _read_der(signature)
    if parts is None or not valid_key(key):
        return False
    r, s = parts
    t = (r + s) % _N
    if not (0 < r < _N and 0 < s < _N) or t == 0:
        return False
    e = int.from_bytes(sm3(_identity(key) + message), "big")
    x, _, z = _sum_of_products(s, _G, t, _coordinates(key))
    if z == 0:
        return False
    return (e + x * pow(z, -2, _P) % _P) % _N == r


def _identity(key: bytes) -> bytes:
    """Return Z, the digest that binds signer's id, curve and key (GB/T 32918.2, section 5.5)."""
    numbers = b"".join(number.to_bytes(_WORD, "big") for number in (_A, _B, *_G))
    return sm3((len(DEFAULT_ID) * 8).to_bytes(2, "big") + DEFAULT_ID + numbers + key[1:])


def _coordinates(key: bytes) -> tuple[int, int]:
    return int.from_bytes(key[1 : 1 + _WORD], "big"), int.from_bytes(key[1 + _WORD :], "big")


def _read_der(raw: bytes) -> tuple[int, int] | None:
    """Return r and s of a strict DER sequence of two positive integers, each of at most 33 bytes."""
    if len(raw) < 2 or raw[0] != _SEQUENCE or raw[1] != len(raw) - 2 or raw[1] >= _SIGN_BIT:  # noqa: PLR2004
        return None
    rest = raw[2:]
    numbers: list[int] = []
    while rest:
        if len(rest) < 3 or rest[0] != _INTEGER or not 1 <= rest[1] <= min(_WORD + 1, len(rest) - 2):  # noqa: PLR2004
            return None
        body, rest = rest[2 : 2 + rest[1]], rest[2 + rest[1] :]
        padded = len(body) > 1 and body[0] == 0 and body[1] < _SIGN_BIT
        if padded or body[0] >= _SIGN_BIT:
            return None
        numbers.append(int.from_bytes(body, "big"))
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None  # noqa: PLR2004


def _sum_of_products(s: int, first: tuple[int, int], t: int, second: tuple[int, int]) -> _Jacobian:
    """Return s·first + t·second, both factors walked through together bit by bit (Shamir's trick)."""
    one: _Jacobian = (*first, 1)
    two: _Jacobian = (*second, 1)
    table = (_NOWHERE, one, two, _add(one, two))
    total = _NOWHERE
    for place in range(_N.bit_length() - 1, -1, -1):
        total = _double(total)
        choice = (s >> place & 1) | (t >> place & 1) << 1
        if choice:
            total = _add(total, table[choice])
    return total


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if z == 0 or y == 0:
        return _NOWHERE
    squared = y * y % _P
    across = 4 * x * squared % _P
    slope = (3 * x * x + _A * pow(z, 4, _P)) % _P
    new_x = (slope * slope - 2 * across) % _P
    return new_x, (slope * (across - new_x) - 8 * squared * squared) % _P, 2 * y * z % _P


def _add(one: _Jacobian, two: _Jacobian) -> _Jacobian:
    if one[2] == 0:
        return two
    if two[2] == 0:
        return one
    z1, z2 = one[2] * one[2] % _P, two[2] * two[2] % _P
    u1, u2 = one[0] * z2 % _P, two[0] * z1 % _P
    s1, s2 = one[1] * z2 * two[2] % _P, two[1] * z1 * one[2] % _P
    if u1 == u2:
        return _double(one) if s1 == s2 else _NOWHERE
    height, rise = u2 - u1, s2 - s1
    square = height * height % _P
    cube, base = square * height % _P, u1 * square % _P
    x = (rise * rise - cube - 2 * base) % _P
    return x, (rise * (base - x) - s1 * cube) % _P, height * one[2] * two[2] % _P
