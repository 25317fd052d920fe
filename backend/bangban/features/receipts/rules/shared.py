"""What papers of every kind have in common. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bangban.features.receipts.facts import PaperFacts, PaperMaterial
from bangban.features.receipts.papers import Line, Paper, Table, Words
from bangban.features.receipts.phrases import STATES
from bangban.features.receipts.values import TITLES, ReceiptKind


def make(
    kind: ReceiptKind,
    facts: PaperFacts,
    *,
    at: datetime,
    opening: Words,
    lines: Iterable[Line] = (),
    tables: tuple[Table, ...] = (),
    remarks: tuple[Words, ...] = (),
) -> Paper:
    """A paper of this kind: what it is about, then what is its own, then whom to ask."""
    matter = Line(("事项名称", "Matter"), f"{facts.item}（{facts.item_code}）")
    always: tuple[Line, ...] = (
        Line(("办件编号", "Case number"), facts.number),
        matter,
        Line(("申请人", "Applicant"), facts.applicant),
        Line(("证件号码", "Identity number"), facts.identity_masked),
        Line(("联系电话", "Telephone"), facts.phone_masked),
    )
    if facts.of_visit:
        always = (matter, Line(("来访人", "Visitor"), facts.phone_masked))
    contact = facts.contact_phone
    asked: tuple[Words, ...] = (
        ((f"咨询、投诉电话：{contact}。", f"For questions and complaints call {contact}."),)
        if contact
        else ()
    )
    return Paper(
        title=TITLES[kind],
        issuer=facts.district,
        brand=facts.brand,
        number=facts.number,
        addressed=facts.applicant,
        opening=opening,
        lines=(*always, *lines),
        tables=tables,
        remarks=(*remarks, *asked),
        at=at,
        code=facts.code,
        check_at=facts.check_at,
    )


def listed(title: Words, materials: Iterable[PaperMaterial]) -> Table:
    """Materials with how many are wanted and what became of each."""
    return Table(
        title=title,
        columns=(
            ("序号", "No."),
            ("材料名称", "Material"),
            ("份数", "Number"),
            ("必备", "Required"),
            ("状态", "State"),
        ),
        widths=(1, 6, 3, 2, 2),
        rows=tuple(
            (str(place), each.name, count_of(each), "是" if each.required else "否", STATES[each.state])
            for place, each in enumerate(materials, start=1)
        ),
    )


def fee_of(facts: PaperFacts) -> str:
    """What the matter itself costs; helping with it costs nothing (invariant 18)."""
    if not facts.fee:
        return "不收费"
    return f"{facts.fee} 元" + (f"（{facts.fee_basis}）" if facts.fee_basis else "")


def count_of(material: PaperMaterial) -> str:
    """How many originals and copies are wanted."""
    counted = [
        f"{word} {count}"
        for word, count in (("原件", material.originals), ("复印件", material.copies))
        if count
    ]
    return "、".join(counted) or "—"
