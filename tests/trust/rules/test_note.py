from __future__ import annotations

import pytest

from tiexin.trust.rules.note import (
    ED25519,
    Note,
    NoteError,
    SignatureLine,
    format_note,
    format_vkey,
    key_id_of,
    make_vkey,
    parse_note,
    parse_signatures,
    parse_vkey,
)

# The examples of c2sp.org/signed-note itself.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SIGNED = (
    b"This is an example message.\n\n"
    b"\xe2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72"
    b"IneyaQM=\n"
)
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3"
    "ZekRwNtIc=\n"
).encode()


def test_example_of_the_specification_is_read_and_written_byte_for_byte() -> None:
    note = parse_note(SIGNED)
    assert note.text == b"This is an example message.\n"
    assert [(line.name, line.key_id.hex(), len(line.signature)) for line in note.signatures] == [
        ("example.com/foo", "530d903a", 64)
    ]
    assert format_note(note) == SIGNED


def test_text_may_hold_empty_lines_and_ends_at_the_last_one() -> None:
    note = parse_note(POEM)
    assert note.text.decode().split("\n") == [
        "Ognuno sta solo sul cuor della terra",
        "trafitto da un raggio di sole:",
        "",
        "ed è subito sera.",
        "",
    ]
    assert format_note(note) == POEM


def test_verifier_key_of_the_specification() -> None:
    key = parse_vkey(VKEY)
    assert (key.name, key.key_id.hex(), key.kind, len(key.key)) == ("example.com/foo", "530d903a", ED25519, 32)
    assert key_id_of(key.name, key.kind, key.key) == key.key_id
    assert make_vkey(key.name, kind=key.kind, key=key.key) == key
    assert format_vkey(key) == VKEY


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "blank line"),
        (b"text\n", "blank line"),
        (b"text\n\n", "1 to 100 signature lines"),
        (b"text\n\n" + "— a AAAAAAA=".encode(), "blank line"),
        (b"text\n\n- a AAAAAAA=\n", "em dash"),
        ("text\n\n— a+b AAAAAAA=\n".encode(), "key name"),
        ("text\n\n— AAAAAAA=\n".encode(), "no signature"),
        ("text\n\n— a AAAAAA==\n".encode(), "no signature"),
        ("text\n\n— a AAAAAAB=\n".encode(), "Base 64"),
        ("text\n\n— a AAAA AAA=\n".encode(), "Base 64"),
        ("text\n\n— a 中文\n".encode(), "Base 64"),
        ("te\txt\n\n— a AAAAAAA=\n".encode(), "control characters"),
        ("text\r\n\r\n— a AAAAAAA=\r\n".encode(), "control characters"),
        (b"te\xffxt\n\n\xe2\x80\x94 a AAAAAAA=\n", "byte 2 is not"),
        (b"text\n\n" + "— a AAAAAAA=\n".encode() * 101, "1 to 100 signature lines"),
        (b"x" * (1024 * 1024 + 1), "at most 1048576 bytes"),
    ],
)
def test_what_is_no_note_is_refused_by_name(raw: bytes, said: str) -> None:
    with pytest.raises(NoteError, match=said):
        parse_note(raw)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("example.com/foo", "form name"),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "key name"),
        ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "key name"),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "lower-case hex"),
        ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "mistyped or altered"),
        ("example.com/fo0+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "mistyped or altered"),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", "Base 64"),
        ("example.com/foo+530d903a+AQ==", "holds no key"),
    ],
)
def test_a_verifier_key_that_was_mistyped_is_refused(written: str, said: str) -> None:
    with pytest.raises(NoteError, match=said):
        parse_vkey(written)


def test_a_note_that_could_not_be_read_back_is_not_written() -> None:
    line = SignatureLine("a", bytes(4), b"signature")
    assert parse_note(format_note(Note(b"a\n\nb\n", [line]))) == Note(b"a\n\nb\n", [line])
    for broken in (Note(b"no end", [line]), Note(b"a\n", []), Note(b"a\n", [SignatureLine("a b", bytes(4), b"x")])):
        with pytest.raises(NoteError):
            format_note(broken)


def test_lines_that_a_witness_answers_are_read_without_a_text() -> None:
    raw = "— w.example/a AAAAAAE=\n— w.example/b AAAAAAI=\n".encode()
    assert parse_signatures(raw) == [
        SignatureLine("w.example/a", bytes(4), b"\x01"),
        SignatureLine("w.example/b", bytes(4), b"\x02"),
    ]
    for broken in (b"", b"\n", raw[:-1], raw + b"\n", b"x" + raw):
        with pytest.raises(NoteError):
            parse_signatures(broken)
