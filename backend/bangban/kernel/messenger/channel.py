"""What a channel 消息通道 is, and the two ways in which it can fail.

Neither failure carries an address, a text or what the other side answered: it may come into a log.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from bangban.kernel.messenger.message import Message, Messenger
from bangban.kernel.problems import Unavailable


class Undeliverable(Exception):  # noqa: N818 - named as a sentence: this message cannot be delivered
    """This message will never go out this way: a wrong address, a recipient who wants none. Trying again is no use."""

    def __init__(self, channel: str, why: str) -> None:
        super().__init__(f"{channel}: {why}")


class NotSent(Unavailable):
    """The channel did not take the message this time; a later try may do."""

    def __init__(self, channel: str, why: str) -> None:
        super().__init__()
        self.why = f"{channel}: {why}"

    def __str__(self) -> str:
        return self.why


class Channel(Protocol):
    """One way to people."""

    async def deliver(self, message: Message, to: str) -> None:
        """Hand ``message`` over for ``to``. Raises ``Undeliverable``, ``NotSent``."""


async def hand_over(messenger: Messenger, message: Message) -> None:
    """Send within a request, to whoever the caller named. That nobody can be reached there is not the caller's to
    learn: it would tell which numbers exist. Raises ``NotSent``, since a later try may do."""
    with suppress(Undeliverable):
        await messenger.send(message)
