"""What a commit may hold: no secret, no path of one machine, no registry, no real data; documents are whole."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
HERE = Path(__file__).relative_to(REPOSITORY).as_posix()
FILE_BYTES_MAX = 1_000_000
ADR_LINES_MAX = 60
PAGES_IN_ENGLISH_ONLY = ("docs/adr/", "docs/reference/", "docs/roadmap.md")
"""What builders read; a page for users stands in both languages."""

FORBIDDEN = {
    "a path of one machine": rf"(?:/root/|/home/\w+/|/Users/\w+/|{re.escape(str(REPOSITORY))}\b)",
    "a package registry": r"(?:files\.pythonhosted\.org|pypi\.org/simple|registry\.npm\w*\.\w+|registry\.yarnpkg)",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "an access token": r"(?:AKIA[0-9A-Z]{16}|(?:gh[pousr]|npm)_[0-9A-Za-z]{36}|xox[abprs]-[0-9A-Za-z-]{10,})",
}
IN_LOCKS = r"https?://\S+\.(?:whl|tgz|tar\.gz)|\"resolved\"|--(?:extra-)?index-url|--find-links"


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True)
    return [name for name in done.stdout.decode().split("\0") if name and (REPOSITORY / name).is_file()]


def findings(text: str, patterns: dict[str, str]) -> list[str]:
    return [f"{what}: {hit.group(0)}" for what, pattern in patterns.items() for hit in re.finditer(pattern, text)]


def test_no_file_holds_a_secret_a_machine_path_or_a_registry() -> None:
    found = {
        name: hits
        for name in tracked()
        if name != HERE and (hits := findings((REPOSITORY / name).read_text("utf-8", "replace"), FORBIDDEN))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "cache = '/root/.cache/tiexin'",
        f"data = '{REPOSITORY}/data'",
        "https://files.pythonhosted.org/packages/a.whl",
        "https://registry.npmjs.org/react",
        "-----BEGIN EC PRIVATE KEY-----",
        "token = 'ghp_" + "a" * 36 + "'",
    ],
)
def test_the_scan_finds_what_it_looks_for(text: str) -> None:
    assert len(findings(text, FORBIDDEN)) == 1


def test_lock_files_name_no_registry_and_pin_every_package_by_hash() -> None:
    locks = [*sorted((REPOSITORY / "requirements").glob("*.txt")), REPOSITORY / "web/package-lock.json"]
    found = {lock.name: findings(lock.read_text("utf-8"), {"an address": IN_LOCKS}) for lock in locks}
    assert found == {lock.name: [] for lock in locks}
    for lock in locks[:-1]:
        pins = re.split(r"^(?=[\w.-]+(?:\[[\w,-]+\])?==)", lock.read_text("utf-8"), flags=re.MULTILINE)[1:]
        assert pins
        assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_no_tracked_file_is_larger_than_a_megabyte() -> None:
    sizes = {name: (REPOSITORY / name).stat().st_size for name in tracked()}
    assert {name: size for name, size in sizes.items() if size > FILE_BYTES_MAX} == {}


@pytest.mark.real
def test_no_real_data_file_is_in_the_repository(shared_data: Path) -> None:
    real: dict[int, list[Path]] = {}
    for path in shared_data.rglob("*"):
        if path.is_file():
            real.setdefault(path.stat().st_size, []).append(path)
    copies = [
        name
        for name in tracked()
        for path in real.get((REPOSITORY / name).stat().st_size, [])
        if digest(path) == digest(REPOSITORY / name)
    ]
    assert copies == []


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_every_page_for_users_stands_in_both_languages() -> None:
    pages = {name for name in tracked() if name.startswith("docs/") and name.endswith(".md")}
    for_users = {name for name in pages if not name.startswith(PAGES_IN_ENGLISH_ONLY)}
    assert {name for name in for_users if not name.endswith((".en.md", ".zh.md"))} == set()
    subjects = {name.removesuffix(".en.md").removesuffix(".zh.md") for name in for_users}
    assert {f"{subject}.{language}.md" for subject in subjects for language in ("en", "zh")} - for_users == set()


def test_decisions_are_numbered_listed_and_one_page_long() -> None:
    folder = REPOSITORY / "docs/adr"
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    numbers = [int(path.name.split("-")[0]) for path in records]
    assert len(numbers) == len(set(numbers)), "two decisions bear the same number"
    listing = (folder / "README.md").read_text("utf-8")
    assert [path.name for path in records if f"({path.name})" not in listing] == []
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in records}
    assert {name: lines for name, lines in lengths.items() if lines > ADR_LINES_MAX} == {}
