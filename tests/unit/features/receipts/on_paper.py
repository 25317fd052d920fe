"""The facts of an invented case, for papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from bangban.features.cases.values import CaseOutcome, MaterialState, NoticeChannel
from bangban.features.catalog.drafts import MaterialForm
from bangban.features.custody.values import CustodyKind
from bangban.features.receipts.facts import (
    PaperBatch,
    PaperFacts,
    PaperMaterial,
    PaperMove,
    PaperNotice,
    PaperPlace,
)

ZONE = timezone(timedelta(hours=8))
AT = datetime(2026, 11, 20, 9, 30, tzinfo=ZONE)
CODE = "ZP20261120-000016-A-ABCD-EFGH-IJKL-2345"


DWELLING = "住所证明（房屋租赁合同、产权证明、购房合同，或者出租人、用人单位、就读学校出具的证明）"
MATERIALS = (
    PaperMaterial(
        code="ID-CARD",
        name="居民身份证",
        required=True,
        state=MaterialState.SUPPLIED,
        originals=1,
        copies=1,
        issuer="公安机关",
    ),
    PaperMaterial(code="DWELLING", name=DWELLING, required=True, state=MaterialState.REJECTED, originals=1),
    PaperMaterial(
        code="PHOTO",
        name="近期照片",
        required=False,
        state=MaterialState.TOLERATED,
        copies=2,
        form=MaterialForm.PAPER,
    ),
)


def _move(
    hours: int, kind: CustodyKind, giver: str | None, receiver: str | None, copies: int = 1
) -> PaperMove:
    return PaperMove(
        at=AT + timedelta(hours=hours),
        kind=kind,
        code="ID-CARD",
        originals=1,
        copies=copies,
        giver=giver,
        receiver=receiver,
    )


HELPER, HALL = "样本帮办", "韩店镇便民服务中心"
MOVES = (
    _move(0, CustodyKind.TAKEN, None, HELPER),
    _move(2, CustodyKind.FORWARDED, HELPER, HALL),
    _move(5, CustodyKind.RETURNED, HALL, None, copies=0),
)


def facts(**changes: Any) -> PaperFacts:
    """A case that went all the way."""
    whole = PaperFacts(
        district="邹平市",
        brand="滨周到",
        number="ZP20261120-000016",
        item="居住证办理",
        item_code="TPL-RESIDENCE-PERMIT",
        unit="韩店镇便民服务中心",
        applicant="样本人䶮",
        identity_masked="999***********0011",
        phone_masked="199****0001",
        helper="样本帮办",
        contact_phone="0543-0000000",
        legal_days=15,
        promised_days=3,
        fee=Decimal(0),
        fee_basis=None,
        legal_basis=("《居住证暂行条例》第九条", "《样本省居住证管理办法》第十二条"),
        result_name="居住证",
        submitted_at=AT,
        accepted_at=AT + timedelta(hours=1),
        due_on=date(2026, 11, 25),
        due_provisional=False,
        promised_by=date(2026, 11, 24),
        completed_at=AT + timedelta(days=3),
        outcome=CaseOutcome.GRANTED,
        opinion="材料齐全,准予办理。",
        result_number="邹居证〔2026〕16号",
        decision_basis="《居住证暂行条例》第十条",
        seal="样本审批专用章〔2026〕第12号",
        materials=MATERIALS,
        notice=PaperNotice(
            missing=("DWELLING", "PHOTO"),
            reasons={
                "DWELLING": "租赁合同已到期,请提供有效期内的合同。",
                "PHOTO": "未提交 #panic() $x$ *星*",
            },
            issued_at=AT + timedelta(minutes=30),
            deadline=date(2026, 11, 27),
            issuer="样本窗口",
            channel=NoticeChannel.COUNTER,
            how="可由家人代交，也可邮寄。",
            where=PaperPlace(name=HALL, address="韩店镇样本路 1 号", hours="Mo-Fr 09:00-12:00,13:30-17:00"),
        ),
        conditions="在本地居住满半年，且有合法稳定住所、就业或者连续就读。",
        joint=("公安局", "人力资源和社会保障局"),
        moves=MOVES,
        batch=PaperBatch(
            number="ZPB20261120-000003",
            point="邹平市政务服务中心",
            collector="样本窗口",
            received_at=AT,
            due_on=date(2026, 11, 23),
            cases=tuple((f"ZP20261120-0000{n}", "居住证办理", "样*") for n in range(16, 28)),
        ),
        code=CODE,
        check_at=f"https://portal.example/receipts?code={CODE}",
    )
    return replace(whole, **changes)
