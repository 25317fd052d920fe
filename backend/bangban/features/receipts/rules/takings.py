"""What is told of papers that people hand over: where they went, and which applications came together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bangban.features.custody.values import RESULT
from bangban.features.receipts.facts import PaperFacts, PaperMove
from bangban.features.receipts.papers import Line, Paper, Table
from bangban.features.receipts.phrases import APPLICANT, FREE, MOVES
from bangban.features.receipts.problems import NothingToReceipt
from bangban.features.receipts.rules.shared import make
from bangban.features.receipts.values import ReceiptKind
from bangban.kernel.clock.words import day, moment


def custody(facts: PaperFacts) -> Paper:
    """材料接收流转清单. Raises NothingToReceipt where nothing changed hands."""
    if not facts.moves:
        raise NothingToReceipt(ReceiptKind.CUSTODY)
    names = {each.code: each.name for each in facts.materials} | {RESULT: facts.result_name}
    moves = Table(
        title=("流转记录", "What went where"),
        columns=(
            ("时间", "When"),
            ("环节", "Step"),
            ("材料", "Paper"),
            ("原件", "Originals"),
            ("复印件", "Copies"),
            ("交出", "From"),
            ("接收", "To"),
        ),
        widths=(5, 2, 5, 2, 2, 3, 3),
        rows=tuple(
            (
                moment(each.at),
                MOVES[each.kind],
                names.get(each.code, each.code),
                str(each.originals),
                str(each.copies),
                each.giver or APPLICANT,
                each.receiver or APPLICANT,
            )
            for each in facts.moves
        ),
    )
    held = _held(facts.moves)
    rows = tuple(
        (names.get(code, code), holder, str(originals), str(copies))
        for (code, holder), (originals, copies) in sorted(held.items())
    )
    balance = Table(
        title=("现存何处", "Where they are now"),
        columns=(("材料", "Paper"), ("保管", "Held by"), ("原件", "Originals"), ("复印件", "Copies")),
        widths=(6, 5, 2, 2),
        rows=rows,
    )
    return make(
        ReceiptKind.CUSTODY,
        facts,
        at=facts.moves[-1].at,
        opening=(
            "现将本件材料的接收、转交与退还情况列明如下："
            if rows
            else "本件材料已全部退还或送达，经过如下：",
            "These papers of yours were received, passed on and returned:",
        ),
        tables=(moves, *((balance,) if rows else ())),
        remarks=(FREE,),
    )


def batch(facts: PaperFacts) -> Paper:
    """集中收件回执. Raises NothingToReceipt for a case that came alone."""
    taken = facts.batch
    if taken is None:
        raise NothingToReceipt(ReceiptKind.BATCH)
    return make(
        ReceiptKind.BATCH,
        facts,
        at=taken.received_at,
        opening=(
            f"现收到您（单位）集中提交的申请共 {len(taken.cases)} 件，列明如下：",
            f"{len(taken.cases)} applications of yours were taken in together:",
        ),
        lines=(
            Line(("批次编号", "Batch number"), taken.number),
            Line(("收件时间", "Taken in"), moment(taken.received_at)),
            Line(("收件地点", "Taken in at"), taken.point),
            Line(("收件人员", "Taken in by"), taken.collector),
            Line(("最迟开始办理", "Begun with by"), day(taken.due_on)),
        ),
        tables=(
            Table(
                title=("申请清单", "Applications"),
                columns=(
                    ("序号", "No."),
                    ("办件编号", "Case number"),
                    ("事项名称", "Matter"),
                    ("申请人", "Applicant"),
                ),
                widths=(1, 4, 5, 3),
                rows=tuple((str(place), *each) for place, each in enumerate(taken.cases, start=1)),
            ),
        ),
        remarks=(FREE,),
    )


def _held(moves: Iterable[PaperMove]) -> dict[tuple[str, str], tuple[int, int]]:
    """How many originals and copies of each paper each holder has; who has none is left out."""
    originals: Counter[tuple[str, str]] = Counter()
    copies: Counter[tuple[str, str]] = Counter()
    for each in moves:
        for holder, sign in ((each.receiver, 1), (each.giver, -1)):
            if holder is not None:
                originals[each.code, holder] += sign * each.originals
                copies[each.code, holder] += sign * each.copies
    return {key: (originals[key], copies[key]) for key in originals if originals[key] or copies[key]}
