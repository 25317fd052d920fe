"""The room: never overfull, and no district so many places that others find none."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bangban.web.room import Room

SLUGS = ("a", "b", "c", "d")


@given(st.integers(5, 60), st.lists(st.tuples(st.sampled_from(SLUGS), st.booleans()), max_size=200))
def test_a_room_is_never_overfull_and_is_empty_again_in_the_end(
    places: int, moves: list[tuple[str, bool]]
) -> None:
    room, inside = Room(places), Counter[str]()
    for slug, comes in moves:
        if comes:
            mine, free = inside[slug], room.free
            assert room.enter(slug) is (mine < 4 * free)
            inside[slug] += room.inside(slug) - mine
        elif inside[slug]:
            room.leave(slug)
            inside[slug] -= 1
        assert room.free == places - inside.total() >= 0
        assert all(room.inside(each) == inside[each] for each in SLUGS)
    for slug in inside.elements():
        room.leave(slug)
    assert room.free == places
    assert not room._inside


def test_one_district_alone_has_most_of_the_room_and_still_leaves_some() -> None:
    room = Room(100)
    assert sum(room.enter("flood") for _ in range(500)) == 80
    assert room.enter("quiet")
    assert not room.enter("flood")


def test_two_floods_get_equal_parts_and_a_third_one_still_finds_room() -> None:
    room = Room(90)
    for _ in range(500):
        room.enter("a")
        room.enter("b")
    assert room.inside("a") == room.inside("b") == 40
    assert room.enter("c")
