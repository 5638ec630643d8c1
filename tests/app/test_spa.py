from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.http import LocalClient, client_of
from tiexin.app import spa
from tiexin.infra.settings import Settings

PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "web"
    folder.mkdir()
    monkeypatch.setattr(spa.router, "__defaults__", (folder,))
    return folder


@pytest.fixture
def client(web: Path, tmp_path: Path) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def built(web: Path) -> None:
    (web / "assets").mkdir()
    (web / "index.html").write_text("<title>console</title>", encoding="utf-8")
    (web / "assets" / "index-4f3a.js").write_text("export {}", encoding="utf-8")
    (web / "favicon.svg").write_text("<svg/>", encoding="utf-8")
    (web.parent / "secret.txt").write_text("secret", encoding="utf-8")


@pytest.mark.usefixtures("built")
def test_hashed_assets_are_kept_for_ever_and_the_entry_page_is_asked_for_again(client: LocalClient) -> None:
    asset = client.get("/assets/index-4f3a.js")
    assert (asset.text, asset.headers["cache-control"]) == ("export {}", "public, max-age=31536000, immutable")
    assert asset.headers["content-type"].startswith("text/javascript")
    for path in ("/", "/insight/journeys/mortgage", "/insight?from=2026-01-01"):
        page = client.get(path, headers=PAGE)
        assert (page.status_code, page.text) == (200, "<title>console</title>")
        assert page.headers["cache-control"] == "no-cache"
    assert client.get("/favicon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", ["/assets/gone.js", "/assets/gone", "/robots.txt", "/v1/gone", "/v1/"])
def test_what_is_not_there_is_not_the_entry_page(client: LocalClient, path: str) -> None:
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd", "/%00", "/a%00.js"]
)
def test_nothing_outside_the_folder_is_served(client: LocalClient, path: str) -> None:
    answer = client.get(path, headers=PAGE)
    assert answer.status_code in {200, 404}
    assert answer.text == "<title>console</title>" or answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


def test_a_console_that_is_not_built_says_so_in_both_languages(client: LocalClient) -> None:
    answer = client.get("/", headers=PAGE)
    assert answer.status_code == 503
    assert "页面还没有构建" in answer.text
    assert "not built yet" in answer.text
    assert client.get("/docs").status_code == 200
