"""The documentation site is whole: it builds without a warning and loads nothing from another host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|object|embed)\b[^>]*?(?:src|data)=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|<link\b(?![^>]*rel=[\"']?(?:canonical|alternate|next|prev))[^>]*?href=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|(?:url\(|@import\s+)[\"']?(?:https?:)?//[^\"')\s]+"
)
"""What a browser fetches by itself when it opens a page."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [Path(sys.executable).with_name("mkdocs"), "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=REPOSITORY,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".css"}]
    assert len(files) > 40
    found = {
        path.relative_to(site).as_posix(): hits
        for path in files
        if (hits := [found[0] for found in LOADED.finditer(path.read_text("utf-8"))])
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/a.js">',
        '<link rel="stylesheet" href="//fonts.example/css">',
        "@import 'https://fonts.example/a.css'",
        "url(https://fonts.example/a.woff2)",
    ],
)
def test_the_scan_finds_what_it_looks_for(text: str) -> None:
    assert LOADED.search(text)


def test_each_page_for_users_stands_in_both_trees(site: Path) -> None:
    subjects = {
        path.relative_to(REPOSITORY / "docs").as_posix().removesuffix(".en.md")
        for path in (REPOSITORY / "docs").rglob("*.en.md")
    } - {"index"}
    assert len(subjects) >= 9
    assert [name for name in subjects if not (site / name / "index.html").is_file()] == []
    assert [name for name in subjects if not (site / "zh" / name / "index.html").is_file()] == []
