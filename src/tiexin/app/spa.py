"""Serves the built console: hashed assets for ever, the entry page for every address of its own, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

BUILT: Final = Path(__file__).parent / "web"
"""Where ``npm run build`` puts the console."""
FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
NOT_BUILT: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>贴心 Tiexin</title></head><body>
<h1>服务已经就绪，页面还没有构建</h1>
<p>数据接口可以使用：<a href="/docs">接口说明</a>。要打开页面，请在源码目录运行 <code>make install</code>。</p>
<h1 lang="en">The service is ready; its pages are not built yet</h1>
<p lang="en">The interface works: <a href="/docs">how to call it</a>.
To get the pages, run <code>make install</code> in the source folder.</p>
</body></html>
"""


def router(root: Path = BUILT) -> APIRouter:
    """Return the routes that serve the console; include them last, for they take every path that is left."""
    pages = APIRouter(include_in_schema=False)
    home = root.resolve()

    @pages.api_route("/{path:path}", methods=["GET", "HEAD"])
    async def page(request: Request, path: str) -> Response:
        accepted = request.headers.get("accept", "*/*")
        return _answer(home, path, wants_page="text/html" in accepted or "*/*" in accepted)

    return pages


def _answer(home: Path, path: str, *, wants_page: bool) -> Response:
    index = home / "index.html"
    if path.startswith("v1/") or "\x00" in path:
        raise HTTPException(404, "There is nothing at this address.")
    file = (home / path).resolve()
    if path and file.is_relative_to(home) and file.is_file() and file != index:
        caching = FOREVER if path.startswith("assets/") else ASK_AGAIN
        return FileResponse(file, headers={"cache-control": caching})
    is_page = "." not in path.rpartition("/")[2] and not path.startswith("assets/")
    if not is_page or not wants_page:
        raise HTTPException(404, "There is nothing at this address.")
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, status_code=503, headers={"cache-control": ASK_AGAIN, "retry-after": "60"})
    return FileResponse(index, headers={"cache-control": ASK_AGAIN})
