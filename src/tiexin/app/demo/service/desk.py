"""What calls, chats and visits share: the queues, the people, and who listens."""

from __future__ import annotations

from tiexin.app.demo.service.queues import Queues
from tiexin.app.demo.service.staff import Staff
from tiexin.app.demo.service.transcripts import Transcripts
from tiexin.app.demo.world import World


class Desk:
    """The shared parts of service, made once for a run."""

    def __init__(self, world: World) -> None:
        self.queues = Queues(world.profile, world.period)
        self.staff = Staff(world.profile, world.institution, world.streams)
        self.transcripts = Transcripts(world)
