"""The keys of the log on the command line: ``tiexin trust init``, ``key`` and ``rotate``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation

if TYPE_CHECKING:
    from tiexin.trust.keys import KeySource, TrustKeys

Sm2 = Annotated[bool, typer.Option("--sm2", help="Also sign with SM2 over SM3; clients that do not know it ignore it.")]
MlDsa = Annotated[bool, typer.Option("--ml-dsa", help="Also sign with ML-DSA-44, which withstands quantum computers.")]
Variable = Annotated[
    list[str] | None,
    typer.Option("--key-env", metavar="NAME", help="Take a key from this variable (PRIVATE+KEY+…); may be repeated."),
]
Program = Annotated[
    list[str] | None,
    typer.Option(
        "--key-program",
        metavar="COMMAND",
        help="Let this program sign: the message is in the file {message} or on its standard input; with --public.",
    ),
]
Public = Annotated[
    list[Path] | None,
    typer.Option("--public", help="The public key (PEM) of each --key-program, in the same order."),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("init")(init_command)
    app.command("key")(key_command)
    app.command("rotate")(rotate_command)


@guarded
def init_command(
    *,
    origin: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The log's name for ever, as bank.example/log; else the machine's name."),
    ] = None,
    sm2: Sm2 = False,
    ml_dsa: MlDsa = False,
    key_env: Variable = None,
    key_program: Program = None,
    public: Public = None,
    as_json: JsonFlag = False,
) -> None:
    """Start the log: make its keys and print the verifier key, which everybody may have.

    Without more options it signs with Ed25519 alone. Give the verifier key to those who check receipts.
    """
    from tiexin.trust.origin import default_origin

    keys = _keys()
    keys.create(origin or default_origin(), sm2=sm2, mldsa=ml_dsa, sources=_sources(key_env, key_program, public))
    _show(keys, as_json=as_json)


@guarded
def key_command(
    *,
    sm2_pem: Annotated[bool, typer.Option("--sm2-pem", help="Print the SM2 key as PEM, as openssl reads it.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print the verifier key of the log; --json also has all keys it ever signed with, and its rotations."""
    keys = _keys()
    if sm2_pem:
        typer.echo(_sm2_pem(keys), nl=False)
        return
    _show(keys, as_json=as_json)


@guarded
def rotate_command(
    *,
    end: Annotated[
        bool,
        typer.Option("--end", help="Make no new keys; from now on only the newest sign, and older ones are destroyed."),
    ] = False,
    sm2: Sm2 = False,
    ml_dsa: MlDsa = False,
    key_env: Variable = None,
    key_program: Program = None,
    public: Public = None,
    as_json: JsonFlag = False,
) -> None:
    """Make new keys; the old ones sign them, and go on signing beside them until rotate --end.

    Receipts signed by an old key stay valid: its verifier key is kept among the log's keys.
    """
    keys = _keys()
    sources = _sources(key_env, key_program, public)
    if end:
        if sources or sm2 or ml_dsa:
            msg = "--end takes no keys: first rotate, then end the old ones."
            raise typer.BadParameter(msg)
        keys.retire_old()
    else:
        keys.rotate(sm2=sm2, mldsa=ml_dsa, sources=sources)
    _show(keys, as_json=as_json)


def _keys() -> TrustKeys:
    from tiexin.trust.keys import TrustKeys

    return TrustKeys(invocation().settings())


def _sources(variables: list[str] | None, programs: list[str] | None, publics: list[Path] | None) -> list[KeySource]:
    from tiexin.trust.keys import KeySource

    if len(programs or []) != len(publics or []):
        msg = "Each --key-program needs its --public, and the other way round."
        raise typer.BadParameter(msg)
    pairs = zip(programs or [], publics or [], strict=True)
    return [
        *(KeySource(variable=name) for name in variables or []),
        *(KeySource(command=tuple(shlex.split(command)), public=_read(file)) for command, file in pairs),
    ]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        msg = f"The public key {file} cannot be read: {error.strerror}"
        raise typer.BadParameter(msg) from error


def _show(keys: TrustKeys, *, as_json: bool) -> None:
    vkeys = keys.vkeys()
    if as_json:
        signing = [signer.vkey for signer in keys.signers()]
        emit_json(
            {
                "origin": keys.origin,
                "vkey": vkeys[0],
                "vkeys": vkeys,
                "signing": signing,
                "rotations": keys.rotations(),
            }
        )
        return
    console().print(vkeys[0], highlight=False, soft_wrap=True, markup=False)


def _sm2_pem(keys: TrustKeys) -> str:
    import base64
    import textwrap

    from tiexin.kernel.errors import NotFoundError
    from tiexin.trust.rules.note import PRIVATE, parse_vkey
    from tiexin.trust.rules.sm2 import MARK, public_info

    found = [key.key for key in map(parse_vkey, keys.vkeys()) if key.kind == PRIVATE]
    if not found:
        msg = "The log does not sign with SM2; 'tiexin trust rotate --sm2' adds it"
        raise NotFoundError(msg)
    body = textwrap.wrap(base64.b64encode(public_info(found[0].removeprefix(MARK))).decode(), 64)
    return "\n".join(("-----BEGIN PUBLIC KEY-----", *body, "-----END PUBLIC KEY-----", ""))
