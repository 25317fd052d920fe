"""A case goes from hand to hand, with both sides' consent."""

from __future__ import annotations

import pytest
from tests.integration.features.cases.casework import MONDAY, World, staff_id

from bangban.features.cases import service
from bangban.features.cases.problems import NoHandover, NotTheHolder, ReceiverUnfit
from bangban.features.cases.tables import HandoverRow
from bangban.features.cases.values import CaseState


class TestRelay:
    def test_from_hand_to_hand_across_areas(self, world: World) -> None:
        number = world.accepted()
        receiver = staff_id(world, "clerk-b")
        world.act("helper-a", service.hand_over_case, number=number, to_staff_id=receiver, reason="接力")
        assert world.case(number).holder_id == staff_id(world, "helper-a")
        with pytest.raises(NoHandover):
            world.act("clerk-a", service.take_over_case, number=number)
        world.act("clerk-b", service.take_over_case, number=number)
        row = world.case(number)
        assert (row.holder_id, row.state) == (receiver, CaseState.IN_PROGRESS)
        assert row.first_asked_id == staff_id(world, "helper-a")
        assert world.rows(HandoverRow, HandoverRow.case_id == row.id)[0].taken_at == MONDAY

    def test_given_back_and_offered_again_by_a_dispatcher(self, world: World) -> None:
        number = world.apply()
        to_a = staff_id(world, "clerk-a")
        world.act("helper-a", service.hand_over_case, number=number, to_staff_id=to_a, reason="转交")
        world.act("clerk-a", service.return_case, number=number, reason="不在岗")
        with pytest.raises(NotTheHolder):
            world.act("clerk", service.hand_over_case, number=number, to_staff_id=to_a, reason="转交")
        world.act("dispatcher", service.hand_over_case, number=number, to_staff_id=to_a, reason="派单")
        row = world.case(number)
        found = world.rows(HandoverRow, HandoverRow.case_id == row.id)
        assert sorted(each.returned_at is not None for each in found) == [False, True]

    @pytest.mark.parametrize("who", ["admin", "auditor"])
    def test_not_to_somebody_who_could_not_take_it(self, world: World, who: str) -> None:
        number = world.apply()
        with pytest.raises(ReceiverUnfit):
            world.act(
                "helper-a",
                service.hand_over_case,
                number=number,
                to_staff_id=staff_id(world, who),
                reason="转交",
            )
