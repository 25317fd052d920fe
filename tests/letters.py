"""A messenger for tests that look at what was sent."""

from __future__ import annotations

from bangban.kernel.messenger import Message


class Letters:
    """Keeps what it is given, or refuses it while it ``fails``."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.fails = False

    async def send(self, message: Message) -> None:
        if self.fails:
            raise OSError(message.text)
        self.sent.append(message)
