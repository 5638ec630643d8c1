"""Saved views over HTTP: list, keep, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from tiexin.access.asking import caller_of, may
from tiexin.access.contracts import Right
from tiexin.access.store.views import ADDRESS_CHARS_MAX, NAME_CHARS_MAX, SavedView, SavedViews
from tiexin.kernel.clock import iso_us

PageName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_\-]*$", examples=["contacts"])]


class ViewWanted(BaseModel):
    """A view to be kept."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=NAME_CHARS_MAX, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]
    page: PageName
    address: Annotated[str, Field(min_length=1, max_length=ADDRESS_CHARS_MAX, examples=["/contacts?channel=phone"])]
    shared: bool = False


class ViewModel(BaseModel):
    """A saved view; ``own`` tells whether the caller may delete it."""

    id: str
    name: str
    page: str
    address: str
    shared: bool
    owner: str
    own: bool
    created: str


class ViewsModel(BaseModel):
    """Views: one's own first, then those that others share, by name."""

    views: list[ViewModel]


def router(get_views: Callable[[], SavedViews]) -> APIRouter:
    """Return the routes of saved views; a view opens nothing that its reader may not see anyway.

    Args:
        get_views: gives the opened views once the server has started.
    """
    api = APIRouter(prefix="/v1/views", tags=["views"], dependencies=[Depends(may(Right.FIGURES_READ))])

    @api.get("", response_model=ViewsModel)
    def list_views(
        request: Request, page: Annotated[str | None, Query(max_length=60, description="Of this page only.")] = None
    ) -> ViewsModel:
        """The views of the caller and those that others share."""
        caller = caller_of(request)
        owner = caller.name
        # Names and addresses of views may name single customers: they are for those who see contacts at all.
        others = Right.RECORD_READ.value in caller.rights
        found = get_views().seen_by(owner, page=page, others=others)
        return ViewsModel(views=[_model(view, owner) for view in found])

    @api.post("", status_code=201, response_model=ViewModel)
    def keep_view(wanted: ViewWanted, request: Request) -> ViewModel:
        """Keep the address of a page under a name; at most 200 a person."""
        owner = caller_of(request).name
        view = get_views().add(owner, page=wanted.page, name=wanted.name, address=wanted.address, shared=wanted.shared)
        return _model(view, owner)

    @api.delete("/{view_id}", status_code=204)
    def delete_view(view_id: str, request: Request) -> None:
        """Delete a view of one's own; keeping it again brings it back."""
        get_views().remove(caller_of(request).name, view_id)

    return api


def _model(view: SavedView, owner: str) -> ViewModel:
    return ViewModel(
        id=view.id,
        name=view.name,
        page=view.page,
        address=view.address,
        shared=view.shared,
        owner=view.owner,
        own=view.owner == owner,
        created=iso_us(view.created_us),
    )
