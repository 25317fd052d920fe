"""What was announced, as those who act on it get it, and how their handlers are put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bangban.kernel.tenancy.registry import District


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One row of the outbox, for its handler. ``id`` is the same in every attempt: the key of idempotency.

    ``at`` is when it was announced; a timer's, when it was due.
    """

    id: int
    kind: str
    reference: str
    district: District
    at: datetime
    tries: int

    def moment(self) -> datetime:
        """When it is handled: now, and never before a timer was due, were the clock behind that of the claim.

        A timer that found itself too early would be set again for the same moment, or be done with nothing done.
        """
        return max(self.at, datetime.now(UTC))


Handler = Callable[[Delivery], Awaitable[None]]


def joined(*maps: Mapping[str, Handler]) -> dict[str, Handler]:
    """The handlers of several features as one. Of a kind that several care for, all are called, in their order;
    where one fails, the row is tried again with all of them, as any row may be."""
    of_kind: dict[str, list[Handler]] = {}
    for each in maps:
        for kind, handler in each.items():
            of_kind.setdefault(kind, []).append(handler)

    def one_after_another(handlers: Sequence[Handler]) -> Handler:
        async def handle(delivery: Delivery) -> None:
            for handler in handlers:
                await handler(delivery)

        return handlers[0] if len(handlers) == 1 else handle

    return {kind: one_after_another(handlers) for kind, handlers in of_kind.items()}
