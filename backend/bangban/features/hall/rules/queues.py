"""Which queues a point has, and which of them takes a matter (DOMAIN A03, A09).

All comprehensive windows share one queue. Special windows that take the same share one as well; it is called
after the first of them, so a ticket's number says where to go. What waits in a queue whose windows have closed goes
to the comprehensive windows, in its turn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from bangban.features.hall.ticket_problems import NoQueueForMatter, WrongQueue
from bangban.features.places.rules import natural

COMPREHENSIVE = "A"
"""The queue of the comprehensive windows. Those of special ones begin with a W, so they never meet."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """A window that is open for service: comprehensive, or special for items and themes."""

    id: UUID
    number: str
    special: bool = False
    service_codes: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What somebody came for; without a code it is a free question."""

    code: str | None = None
    theme: str | None = None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A queue of a point and the windows that call from it."""

    key: str
    windows: tuple[Window, ...]
    elsewhere: frozenset[str] = frozenset()
    """Names of the point's special queues; the comprehensive windows call all other numbers."""

    @property
    def special(self) -> bool:
        return self.windows[0].special

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every name it can have had today: a window that was added may come before the one it was called after."""
        return tuple(queue_key(each) for each in self.windows) if self.special else (self.key,)

    def calls(self, named: str) -> bool:
        """Whether its windows call numbers of a queue of that name: comprehensive ones call what no other does, too."""
        return named in self.aliases if self.special else named not in self.elsewhere

    def takes(self, matter: Matter) -> bool:
        """Whether its windows take the matter; comprehensive ones take any, free questions included."""
        if not self.special:
            return True
        first = self.windows[0]
        return matter.code in first.service_codes or (
            matter.code is not None and matter.theme in first.themes
        )


def queue_key(window: Window) -> str:
    """What a queue is called after its first window."""
    return f"W{window.number}" if window.special else COMPREHENSIVE


def queues_of(windows: Iterable[Window]) -> tuple[Queue, ...]:
    """The queues of a point, the comprehensive one first."""
    groups: dict[object, list[Window]] = {}
    for each in sorted(windows, key=lambda window: (window.special, natural(window.number))):
        groups.setdefault((each.service_codes, each.themes) if each.special else None, []).append(each)
    special = frozenset(queue_key(each) for group in groups.values() for each in group if each.special)
    return tuple(
        Queue(key=queue_key(group[0]), windows=tuple(group), elsewhere=special) for group in groups.values()
    )


def right_queues(queues: Sequence[Queue], matter: Matter) -> tuple[Queue, ...]:
    """The queues that take a matter, special ones first."""
    taking = [each for each in queues if each.takes(matter)]
    return tuple(sorted(taking, key=lambda queue: not queue.special))


def choose_queue(
    queues: Sequence[Queue], matter: Matter, *, wanted: str | None = None, field: str = "input.queue"
) -> Queue:
    """The queue for a matter: the one that is wanted, if it takes it, or the best.

    Raises:
        WrongQueue: The wanted queue does not take it, or there is none of that name; it names the right ones.
        NoQueueForMatter: No window of the point takes it.
    """
    right = right_queues(queues, matter)
    if not right:
        raise NoQueueForMatter(field=field)
    if wanted is None:
        return right[0]
    for each in right:
        if each.key == wanted:
            return each
    raise WrongQueue(wanted, [each.key for each in right])


def queue_of(queues: Collection[Queue], window_id: UUID) -> Queue | None:
    """The queue from which a window calls; None for a window that is closed."""
    for queue in queues:
        if any(each.id == window_id for each in queue.windows):
            return queue
    return None
