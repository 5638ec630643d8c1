"""The table of saved views, and the rules of keeping one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import sqlalchemy as sa

from tiexin.infra.db import Database, Schema, ensure_schema
from tiexin.kernel.clock import Clock, SystemClock
from tiexin.kernel.errors import ConflictError, InvalidInputError, NotFoundError, TooLargeError
from tiexin.kernel.ids import IdSource

SCHEMA = Schema(
    name="saved_views", migrations=Path(__file__).parent.parent / "migrations" / "views", head="saved_views_0001"
)
VIEWS_MAX = 200
"""Most views one person keeps."""
SHARED_SHOWN_MAX = 500
"""Most shared views that are shown, newest first."""
NAME_CHARS_MAX = 100
ADDRESS_CHARS_MAX = 4_096

saved_views = sa.Table(
    "saved_views",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("created_us", sa.BigInteger, nullable=False),
)


class ViewsFullError(TooLargeError):
    """Somebody keeps as many views as one person may; says the limit."""

    code = "too_many_views"
    title = "There are as many saved views as one person may keep"


class ViewExistsError(ConflictError):
    """A view of this name is there for the page; nothing was changed."""

    code = "view_exists"


class ViewNotFoundError(NotFoundError):
    """There is no such view, or it belongs to somebody else."""

    code = "view_not_found"


class ViewAddressError(InvalidInputError):
    """The address of a view leads out of this console."""

    code = "view_address"


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """The address of a page under a name. ``created_us`` is UTC µs."""

    id: str
    owner: str
    page: str
    name: str
    address: str
    shared: bool
    created_us: int


class SavedViews:
    """The views of an installation."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._ids = IdSource(self._clock)
        ensure_schema(database, SCHEMA)

    def seen_by(self, owner: str, *, page: str | None = None, others: bool = True) -> list[SavedView]:
        """Return what somebody kept and (``others``) what others share, by name; of one page or of all."""
        mine = saved_views.c.owner == owner
        query = sa.select(saved_views).where(sa.or_(mine, saved_views.c.shared) if others else mine)
        if page is not None:
            query = query.where(saved_views.c.page == page)
        query = query.order_by(mine.desc(), saved_views.c.created_us.desc()).limit(VIEWS_MAX + SHARED_SHOWN_MAX)
        with self._database.read() as connection:
            found = [SavedView(**row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda view: (view.owner != owner, view.name.casefold(), view.id))

    def add(self, owner: str, *, page: str, name: str, address: str, shared: bool) -> SavedView:
        """Keep a view and return it.

        Raises:
            ViewAddressError: the address is not a path of this console.
            ViewExistsError: the owner has a view of this name for the page.
            ViewsFullError: the owner has 200 views.
        """
        _check_address(address)
        view = SavedView(
            id=self._ids.new(),
            owner=owner,
            page=page,
            name=name.strip(),
            address=address,
            shared=shared,
            created_us=self._clock.now_us(),
        )
        with self._database.write() as connection:
            own = connection.execute(sa.select(saved_views).where(saved_views.c.owner == owner)).all()
            if any(row.page == page and row.name == view.name for row in own):
                msg = f"You have a view named {view.name!r} here already. Choose another name, or delete it first."
                raise ViewExistsError(msg, name=view.name)
            if len(own) >= VIEWS_MAX:
                msg = f"You keep {VIEWS_MAX} views, the most one person may. Delete one you no longer need first."
                raise ViewsFullError(msg, limit=VIEWS_MAX)
            connection.execute(saved_views.insert().values(msgspec.structs.asdict(view)))
        return view

    def remove(self, owner: str, view_id: str) -> None:
        """Delete a view of somebody's own.

        Raises:
            ViewNotFoundError: there is none, or it is another's.
        """
        gone = saved_views.delete().where(saved_views.c.id == view_id, saved_views.c.owner == owner)
        with self._database.write() as connection:
            if connection.execute(gone).rowcount != 1:
                msg = "You have no saved view of this id. Views that others share can be deleted by them alone."
                raise ViewNotFoundError(msg, id=view_id)


def _check_address(address: str) -> None:
    # "//host" and "/\host" leave the console as "https://host" does; control signs are dropped by browsers.
    inside = address.startswith("/") and address[1:2] not in {"/", "\\"}
    if not inside or any(ord(sign) < 32 or sign == "\\" for sign in address):  # noqa: PLR2004  (control signs)
        msg = "The address of a view is a path of this console, such as /contacts?channel=phone."
        raise ViewAddressError(msg, address=address[:200])
