"""Kinds of dialogue: what was said in calls, in chats and across the desk (the words are personal)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tiexin.record.kinds.values import Count, Seconds, Topic


class DialogueTranscribed(Struct):
    """A conversation was written down; its words stand in ``personal.turns`` and nowhere else.

    ``personal.turns`` is a list of ``{"who": "customer" | "staff" | "bot", "at": seconds, "text": words}`` in order
    of time; ``at`` counts from the first word.
    """

    about: Annotated[str, Meta(description="Id of the call, chat or branch ticket in which the words were said.")]
    medium: Literal["phone", "chat", "branch"]
    language: Annotated[str, Meta(description="BCP 47 language tag of most of the words, for example zh or en.")]
    turns: Count
    seconds: Seconds
    topic: Topic | None = None
    bot_share: (
        Annotated[float, Meta(ge=0, le=1, description="Share of the turns of the institution's side a bot took.")]
        | None
    ) = None
    interruptions: Annotated[Count, Meta(description="How often one side cut the other short.")] | None = None


DIALOGUE: dict[str, type[Struct]] = {"dialogue.transcribed.v1": DialogueTranscribed}
"""Type name → structure of its data."""
