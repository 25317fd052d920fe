"""Papers at the door change hands signed for, and who signed is sealed, shown on record alone, and erased."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.orders.ordering import claim, place, row_of, step

from bangban.features.cases.rules.papers import Papers
from bangban.features.custody.problems import PapersNotHeld
from bangban.features.orders import service
from bangban.features.orders.problems import (
    NotYourOrder,
    OrderDataErased,
    SignatureMissing,
    SignaturePictureUnfit,
)
from bangban.features.orders.service.signing import Signed
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind, OrderState, OrderStep
from bangban.features.personal_data.retention import erase_due
from bangban.features.uploads.tables import UploadRow
from bangban.features.uploads.values import FileKind, UploadPurpose, UploadState
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput, NotFound
from bangban.kernel.tenancy.work import Work

SIGNED = Signed(by="样本住户")


def test_papers_at_the_door_move_with_the_end_of_the_task_or_nothing_does(world: World) -> None:
    number, begins = world.apply("grid-helper", area="grid-a"), dt.datetime.now(dt.UTC)
    window = {"window_from": begins, "window_until": begins + dt.timedelta(hours=2)}
    lease = [Papers("LEASE", originals=1)]

    def door(kind: OrderKind) -> OrderRow:
        row = place(world, "grid-helper", kind=kind, case_number=number, address="样本路1号", **window)
        claim(world, "grid-helper", row.number)
        step(world, "grid-helper", row.number, OrderStep.START)
        return row

    def stands(row: OrderRow) -> tuple[OrderState, int]:
        return row_of(world, row.id).state, world.case(number).papers_out or 0

    first = door(OrderKind.PICKUP)
    for wrong in ([Papers("NO-SUCH", originals=1)], [Papers("LEASE")], [*lease, *lease]):
        with pytest.raises(InvalidInput):
            step(world, "grid-helper", first.number, OrderStep.FINISH, papers=wrong, signed=SIGNED)
    assert stands(first) == (OrderState.DOING, 0)
    with pytest.raises(InvalidInput):  # a failed try moves nothing
        step(world, "grid-helper", first.number, OrderStep.FAIL, reason="家中无人", papers=lease)
    step(world, "grid-helper", first.number, OrderStep.FAIL, reason="家中无人")
    step(world, "grid-helper", first.number, OrderStep.START)
    with pytest.raises(SignatureMissing):  # nothing changes hands unsigned
        step(world, "grid-helper", first.number, OrderStep.FINISH, papers=lease)
    assert stands(first) == (OrderState.DOING, 0)
    step(world, "grid-helper", first.number, OrderStep.FINISH, papers=lease, signed=SIGNED)
    assert stands(first) == (OrderState.DONE, 1)
    back = door(OrderKind.DELIVERY)
    with pytest.raises(PapersNotHeld):  # more than there is
        step(
            world,
            "grid-helper",
            back.number,
            OrderStep.FINISH,
            papers=[Papers("LEASE", originals=2)],
            signed=SIGNED,
        )
    assert stands(back) == (OrderState.DOING, 1)
    step(world, "grid-helper", back.number, OrderStep.FINISH, papers=lease, signed=SIGNED)
    assert stands(back) == (OrderState.DONE, 0)


def test_who_signed_is_sealed_and_masked_and_a_picture_is_of_the_orders_own_case(world: World) -> None:
    number, begins = world.apply("grid-helper", area="grid-a"), dt.datetime.now(dt.UTC)
    other = world.apply("grid-helper", area="grid-a")
    window = {"window_from": begins, "window_until": begins + dt.timedelta(hours=2)}
    row = place(
        world,
        "grid-helper",
        kind=OrderKind.DELIVERY,
        case_number=number,
        address="样本路1号",
        **window,
    )
    claim(world, "grid-helper", row.number)
    with pytest.raises(InvalidInput):  # nobody signs before somebody came
        step(world, "grid-helper", row.number, OrderStep.START, signed=SIGNED)
    step(world, "grid-helper", row.number, OrderStep.START)
    own, alien = kept(world, number, FileKind.PNG), kept(world, other, FileKind.PNG)
    for unfit in (
        alien,
        kept(world, number, FileKind.PDF),
        kept(world, number, FileKind.PNG, False),
        new_id(),
    ):
        with pytest.raises(SignaturePictureUnfit):
            step(
                world, "grid-helper", row.number, OrderStep.FINISH, signed=Signed(by="张三丰", file_id=unfit)
            )
    with pytest.raises(InvalidInput):
        step(world, "grid-helper", row.number, OrderStep.FINISH, signed=Signed(by="  "))
    assert row_of(world, row.id).signed_at is None
    step(world, "grid-helper", row.number, OrderStep.FINISH, signed=Signed(by="张三丰", file_id=own))
    done = row_of(world, row.id)
    assert (done.signed_by_masked, done.signature_file_id) == ("张*", own)
    assert done.signed_by_sealed is not None
    assert "张三丰".encode() not in done.signed_by_sealed
    why = {"number": row.number, "reason": "申请人称未收到材料"}
    with pytest.raises(NotYourOrder):  # who was there has it no longer
        world.act("grid-helper", service.reveal_order, **why)
    with pytest.raises(NotFound):  # another town's
        world.act("clerk-b", service.reveal_order, **why)
    for reason in (None, "看"):
        with pytest.raises(InvalidInput):
            world.act("supervisor", service.reveal_order, number=row.number, reason=reason)
    for who in ("supervisor", "clerk-a"):
        assert world.act(who, service.reveal_order, **why) == service.Contact(signed_by="张三丰")
    rows = world.rows(AuditEntryRow, AuditEntryRow.object == f"order:{row.number}")
    assert not any("张三丰" in str(each.details) for each in rows)
    looks = [each for each in rows if each.action == "order:reveal"]
    assert [each.details for each in looks] == [{"shown": "signature", "reason": why["reason"]}] * 2


def test_who_signed_is_erased_with_the_rest_of_the_order(world: World) -> None:
    begins = dt.datetime.now(dt.UTC)
    window = {"window_from": begins, "window_until": begins + dt.timedelta(hours=2)}
    row = place(world, kind=OrderKind.DELIVERY, address="样本路1号", **window)
    claim(world, "grid-helper", row.number)
    step(world, "grid-helper", row.number, OrderStep.START)
    step(world, "grid-helper", row.number, OrderStep.FINISH, signed=SIGNED)
    done = row_of(world, row.id)
    assert done.ended_at is not None
    assert done.signed_by_masked is not None
    world.act("admin", erase_due, now=done.ended_at + dt.timedelta(days=10_000))
    after = row_of(world, row.id)
    assert (after.signed_by_sealed, after.signed_by_masked) == (None, None)
    assert after.signed_at == done.signed_at, "that it was signed for stays"
    with pytest.raises(OrderDataErased):
        world.act("supervisor", service.reveal_order, number=row.number, reason="核对签收情况")


def kept(world: World, number: str, kind: FileKind, stored: bool = True) -> UUID:
    """A file of a case, which was kept or is still awaited."""
    file_id, now = new_id(), dt.datetime.now(dt.UTC)

    async def put(work: Work) -> None:
        work.db.add(
            UploadRow(
                id=file_id,
                case_id=case_id,
                purpose=UploadPurpose.OTHER,
                material_code=None,
                name="签字",
                kind=kind,
                size=10,
                state=UploadState.STORED if stored else UploadState.PENDING,
                by_kind=PrincipalKind.STAFF,
                by_id=new_id(),
                asked_at=now,
                expires_at=now,
            )
        )

    case_id = world.case(number).id
    world.act("admin", put)
    return file_id
