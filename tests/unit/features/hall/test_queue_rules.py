"""Which queue a matter goes to: the special windows' first, and a refusal that names the right ones."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.hall.rules.queues import (
    COMPREHENSIVE,
    Matter,
    Window,
    choose_queue,
    queue_of,
    queues_of,
    right_queues,
)
from bangban.features.hall.ticket_problems import NoQueueForMatter, WrongQueue

CODES = st.sampled_from(("A", "B", "C"))


def window(number: str, *codes: str, themes: tuple[str, ...] = ()) -> Window:
    return Window(
        id=uuid4(),
        number=number,
        special=bool(codes or themes),
        service_codes=frozenset(codes),
        themes=frozenset(themes),
    )


WINDOWS = st.lists(
    st.builds(
        lambda number, codes: window(f"{number}", *codes),
        st.integers(1, 99),
        st.lists(CODES, max_size=2, unique=True),
    ),
    max_size=8,
    unique_by=lambda each: each.number,
)
MATTERS = st.one_of(st.just(Matter()), st.builds(lambda code: Matter(code=code), CODES))


def test_comprehensive_windows_share_a_queue_and_so_do_special_ones_that_take_the_same() -> None:
    found = queues_of([window("8", "A"), window("2"), window("1"), window("7", "A"), window("9", "B")])
    assert [(each.key, [one.number for one in each.windows]) for each in found] == [
        (COMPREHENSIVE, ["1", "2"]),
        ("W7", ["7", "8"]),
        ("W9", ["9"]),
    ]
    assert found[1].aliases == ("W7", "W8")


def test_windows_are_counted_as_people_do() -> None:
    found = queues_of(
        [window("10", "A"), window("3", "A"), window("20"), window("2"), window("1"), window("七")]
    )
    assert [(each.key, [one.number for one in each.windows]) for each in found] == [
        (COMPREHENSIVE, ["1", "2", "20", "七"]),
        ("W3", ["3", "10"]),
    ]


@given(WINDOWS, st.sampled_from(("A", "W1", "W7", "W99", "W100")))
def test_every_number_is_called_by_one_queue_where_there_is_a_comprehensive_window(
    windows: list[Window], named: str
) -> None:
    queues = queues_of([*windows, window("100")])
    (calling,) = [each for each in queues if each.calls(named)]
    own = [each for each in queues if named in each.aliases]
    assert calling.special is bool(own and own[0].special), (
        "a closed special window's go to the comprehensive ones"
    )


def test_a_theme_is_taken_as_a_code_is() -> None:
    queues = queues_of([window("1"), window("5", themes=("社会保障",))])
    assert choose_queue(queues, Matter(code="X", theme="社会保障")).key == "W5"
    assert choose_queue(queues, Matter(code="X", theme="设立变更")).key == COMPREHENSIVE
    assert choose_queue(queues, Matter()).key == COMPREHENSIVE


@given(WINDOWS, MATTERS, st.sampled_from(("A", "W1", "W7", "")))
def test_whoever_gets_a_queue_is_taken_there_and_a_refusal_names_only_queues_that_take_it(
    windows: list[Window], matter: Matter, wanted: str
) -> None:
    queues = queues_of(windows)
    taking = {each.key for each in queues if each.takes(matter)}
    if not taking:
        with pytest.raises(NoQueueForMatter):
            choose_queue(queues, matter, wanted=wanted)
    elif wanted not in taking:
        with pytest.raises(WrongQueue) as refused:
            choose_queue(queues, matter, wanted=wanted)
        assert set(refused.value.right) == taking
    else:
        assert choose_queue(queues, matter, wanted=wanted).key == wanted


@given(WINDOWS, MATTERS)
def test_special_queues_come_first_and_every_window_has_one_queue(
    windows: list[Window], matter: Matter
) -> None:
    queues = queues_of(windows)
    assert len({each.key for each in queues}) == len(queues)
    for each in windows:
        found = queue_of(queues, each.id)
        assert found is not None
        assert each in found.windows
    kinds = [each.special for each in right_queues(queues, matter)]
    assert kinds == sorted(kinds, reverse=True)


def test_nothing_is_taken_where_no_window_takes_it() -> None:
    with pytest.raises(NoQueueForMatter):
        choose_queue(queues_of([window("7", "A")]), Matter(code="B"))
    assert queue_of(queues_of([]), uuid4()) is None
