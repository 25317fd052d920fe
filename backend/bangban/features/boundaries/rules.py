"""Who serves where after areas were merged or split. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A role that somebody holds at an area, from ``since`` to ``until``, both included."""

    id: UUID
    staff_id: UUID
    role: str
    area_id: UUID
    since: date
    until: date | None

    def meets(self, other: Post) -> bool:
        """Whether both are the same role of the same person at one area, with a day in common."""
        return (
            (self.staff_id, self.role, self.area_id) == (other.staff_id, other.role, other.area_id)
            and (self.until is None or other.since <= self.until)
            and (other.until is None or self.since <= other.until)
        )


@dataclass(kw_only=True)
class Succession:
    """What becomes of posts: those that change (by another end or area), and new ones."""

    changed: list[Post] = field(default_factory=list)
    added: list[Post] = field(default_factory=list)


def succeed(
    posts: Iterable[Post],
    *,
    gone: frozenset[UUID],
    heirs: Sequence[UUID],
    today: date,
    new_id: Callable[[], UUID],
) -> Succession:
    """Posts at areas that are ``gone`` go on at each of the ``heirs`` from ``today``.

    What was held until yesterday stays on record where it was held. A post that only begins moves as it is. Nobody
    gets the same role at the same area twice; a post that nothing is left to do for stays where it is.
    """
    found = Succession()
    every = list(posts)
    held = [post for post in every if post.area_id not in gone]
    for post in every:
        if post.area_id not in gone or (post.until is not None and post.until < today):
            continue
        begun = post.since < today
        wished = replace(post, since=max(post.since, today))
        fresh = [
            replace(piece, id=new_id())
            for heir in heirs
            for piece in _free(replace(wished, area_id=heir), held)
        ]
        if begun:
            found.changed.append(replace(post, until=today - timedelta(days=1)))
        elif fresh:
            fresh[0] = replace(fresh[0], id=post.id)
            found.changed.append(fresh[0])
        held += fresh
        found.added += [each for each in fresh if each.id != post.id]
    return found


def _free(wished: Post, held: Iterable[Post]) -> list[Post]:
    """The parts of ``wished`` on whose days nobody holds the same yet."""
    parts = [wished]
    for other in held:
        parts = [rest for part in parts for rest in (_without(part, other) if part.meets(other) else [part])]
    return parts


def _without(post: Post, other: Post) -> list[Post]:
    """What is left of ``post`` before and after ``other``, which it meets."""
    left = []
    if post.since < other.since:
        left.append(replace(post, until=other.since - timedelta(days=1)))
    if other.until is not None and (post.until is None or other.until < post.until):
        left.append(replace(post, since=other.until + timedelta(days=1)))
    return left
