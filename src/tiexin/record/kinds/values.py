"""Types of members that several kinds share."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Seconds = Annotated[float, Meta(ge=0, description="Duration in seconds.")]
Count = Annotated[int, Meta(ge=0)]
Topic = Annotated[str, Meta(description="What the contact was about, in the institution's own list.")]
Moment = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$",
        description="RFC 3339 moment with zone.",
    ),
]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="ISO 8601 day.")]
