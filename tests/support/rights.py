"""What every route asks for, as the routes themselves declare it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from fastapi.routing import RouteContext, iter_route_contexts

from tests.support.http import LocalClient
from tiexin.access.contracts import Right

PAGES = {"/openapi.json", "/docs", "/{path:path}"}
LOG = {"/log/checkpoint", "/log/policy", "/log/keys", "/log/tile/{path:path}", "/log/{path:path}"}
"""The verifiable log, which is public."""
OPEN = {"/v1/health", "/v1/ready"}
OWN = {"/v1/preferences", "/v1/passkeys", "/v1/passkeys/options", "/v1/passkeys/{passkey_id}"}
"""Routes that concern the signed-in person alone, whatever the role."""
IN_THE_HANDLER = {
    ("POST", "/v1/events"): {Right.RECORD_APPEND},
    ("GET", "/v1/events"): {Right.RECORD_READ},
    ("GET", "/v1/events/{position}"): {Right.RECORD_READ},
    ("GET", "/v1/events/follow"): {Right.RECORD_READ},
    ("GET", "/v1/record/stats"): {Right.RECORD_READ},
    ("GET", "/v1/record/kinds"): {Right.RECORD_READ},
}
"""Routes on the way of bulk data, whose handlers ask for the right themselves; the roles below prove it."""


def routes_of(client: LocalClient) -> Iterator[tuple[str, RouteContext]]:
    """Yield every route as it is mounted, with what it inherits from the routers around it."""
    for route in iter_route_contexts(client.app.routes):
        for method in sorted(route.methods or ()):
            if route.path not in PAGES | LOG:
                yield method, route


def declared(route: RouteContext) -> set[str]:
    """Return the rights that the dependencies of a route declare."""
    calls = [dependency.call for dependency in route.dependant.dependencies]
    return {getattr(call, "right", "") for call in calls} - {""}


def holds(needed: set[str], held: AbstractSet[str]) -> bool:
    """Tell whether rights suffice; of ``a|b`` one is enough."""
    return all(any(each in held for each in right.split("|")) for right in needed)


def rights_by_route(client: LocalClient) -> dict[tuple[str, str], set[str]]:
    found = {}
    for method, route in routes_of(client):
        place = (method, str(route.path))
        found[place] = declared(route) | {right.value for right in IN_THE_HANDLER.get(place, ())}
    return found
