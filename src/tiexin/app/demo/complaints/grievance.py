"""What a customer complains about, whoever did it and however it came to him."""

from __future__ import annotations

import msgspec

from tiexin.app.demo.complaints.plan import AgentPlan


class Grievance(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened at a UTC second and becomes a complaint.

    ``cause`` names an incident of the data file (None: bad service), ``about`` is the id of the event that shows it.
    """

    at: int
    topic: str
    business: str
    reason: str
    product: str
    org: str
    demand: str
    amount: int
    cause: str | None = None
    about: str | None = None
    minutes: int = 20
    days: int = 5
    group: str | None = None
    representative: bool = False
    agent: AgentPlan | None = None
