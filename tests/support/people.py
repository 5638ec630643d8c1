"""People for tests: users of every role, and browsers in which they are signed in."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.http import BASE, LocalClient
from tiexin.access.api import Access
from tiexin.access.contracts import Role

PASSWORD = "seven quiet herons 42"
OF_OUR_PAGES = {"origin": BASE, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
"""What a browser sends with the requests of our own pages."""
COOKIE = "tiexin_session"


class Browser:
    """Somebody's browser: its own cookie, the headers of our pages, the token of its session."""

    def __init__(self, client: LocalClient) -> None:
        self._client = client
        self.cookie: str | None = None
        self.csrf: str | None = None
        self.session: dict[str, Any] = {}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request as a page of ours does; headers given replace the usual ones, None leaves one out."""
        headers: dict[str, Any] = dict(OF_OUR_PAGES)
        if self.cookie is not None:
            headers["cookie"] = f"{COOKIE}={self.cookie}"
        if self.csrf is not None:
            headers["x-csrf-token"] = self.csrf
        headers |= options.pop("headers", {})
        kept = {name: value for name, value in headers.items() if value is not None}
        answer = self._client.request(method, path, headers=kept, **options)
        self._client.client.cookies.clear()
        if COOKIE in answer.cookies or f'{COOKIE}=""' in answer.headers.get("set-cookie", ""):
            self.cookie = answer.cookies.get(COOKIE) or None
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Send a GET request."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Send a POST request."""
        return self.request("POST", path, **options)

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """Sign in with a password; keeps the session's document and its token."""
        answer = self.post("/v1/session", json={"name": name, "password": password})
        if answer.status_code == 200:
            self.session = answer.json()
            self.csrf = self.session["csrf"]
        return answer


def access_of(client: LocalClient) -> Access:
    """Return the opened access of an application in this process."""
    access: Access = client.app.state.opened.access()
    return access


def add_user(client: LocalClient, role: Role, *, name: str | None = None, **members: Any) -> str:
    """Add a user with the usual password and return its name (that of the role if none is given)."""
    if role is Role.CUSTOMER:
        members.setdefault("subject", "c-1")
    user, _ = access_of(client).users.add(name or role.value, role=role, by="test", password=PASSWORD, **members)
    return user.name


def signed_in(client: LocalClient, role: Role, *, name: str | None = None, **members: Any) -> Browser:
    """Return the browser of a new user of a role, signed in without the work of a password."""
    user = add_user(client, role, name=name, **members)
    access = access_of(client)
    browser = Browser(client)
    browser.cookie = access.sessions.start(user, method="password", former=None)
    browser.session = browser.get("/v1/session").json()
    browser.csrf = browser.session["csrf"]
    return browser
