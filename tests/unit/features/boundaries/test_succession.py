"""Who serves where after a merger or a split: nobody loses a day, and nobody holds the same twice."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.boundaries.rules import Post, succeed

TODAY = date(2026, 11, 23)
AREAS = [UUID(int=n) for n in range(1, 6)]
PEOPLE = [UUID(int=n) for n in (101, 102)]


@st.composite
def posts(draw: st.DrawFn) -> list[Post]:
    """Posts as the district may hold them: the same one never twice on a day."""
    found: list[Post] = []
    for _ in range(draw(st.integers(0, 8))):
        since = TODAY + timedelta(days=draw(st.integers(-3, 3)))
        length = draw(st.none() | st.integers(0, 4))
        post = Post(
            id=uuid4(),
            staff_id=draw(st.sampled_from(PEOPLE)),
            role=draw(st.sampled_from(["helper", "guide"])),
            area_id=draw(st.sampled_from(AREAS)),
            since=since,
            until=None if length is None else since + timedelta(days=length),
        )
        if not any(post.meets(other) for other in found):
            found.append(post)
    return found


def holds(rows: list[Post], post: Post, area: UUID, day: date) -> bool:
    return any(
        (each.staff_id, each.role, each.area_id) == (post.staff_id, post.role, area)
        and each.since <= day
        and (each.until is None or day <= each.until)
        for each in rows
    )


@given(before=posts(), heirs=st.lists(st.sampled_from(AREAS[2:]), min_size=1, max_size=3, unique=True))
def test_every_day_that_was_promised_is_held_at_every_heir(before: list[Post], heirs: list[UUID]) -> None:
    gone = frozenset(AREAS[:2])
    found = succeed(before, gone=gone, heirs=heirs, today=TODAY, new_id=uuid4)
    changed = {post.id: post for post in found.changed}
    after = [changed.get(post.id, post) for post in before] + found.added
    assert {post.id for post in before} <= {post.id for post in after}  # no row is lost
    assert not any(one.meets(other) for one, other in combinations(after, 2))
    assert all(post.until is None or post.since <= post.until for post in after)
    for post in before:
        for day in (TODAY + timedelta(days=n) for n in range(8)):
            if post.area_id in gone and holds([post], post, post.area_id, day):
                assert all(holds(after, post, heir, day) for heir in heirs)
        for day in (TODAY - timedelta(days=n) for n in (1, 2, 3)):  # what was, stays on record where it was
            assert holds(after, post, post.area_id, day) == holds(before, post, post.area_id, day)


def test_elsewhere_nothing_changes() -> None:
    post = Post(id=uuid4(), staff_id=PEOPLE[0], role="guide", area_id=AREAS[4], since=TODAY, until=None)
    found = succeed([post], gone=frozenset(AREAS[:2]), heirs=[AREAS[2]], today=TODAY, new_id=uuid4)
    assert (found.changed, found.added) == ([], [])
