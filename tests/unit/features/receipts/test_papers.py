"""Papers say what the case is, in characters that are there, and the same facts give the same bytes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.receipts.on_paper import AT, CODE, HALL, MATERIALS, MOVES, facts

from bangban.features.cases.paper_problems import ResultHeld
from bangban.features.cases.values import CaseOutcome, MaterialState, NoticeSigner, ResultStanding
from bangban.features.receipts.facts import PaperMaterial
from bangban.features.receipts.papers import Paper
from bangban.features.receipts.problems import NothingToReceipt
from bangban.features.receipts.rendering import render
from bangban.features.receipts.rules import paper_of
from bangban.features.receipts.values import MARKS, TITLES, VISIT_MARK, ReceiptKind
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.papers import PaperOf, id_of, number_of, paper_code, read_paper_code


def text_of(content: bytes) -> str:
    """What can be read in a PDF, without the blanks and breaks."""
    document = pdfium.PdfDocument(content)
    pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    return "".join("".join(pages).split())


def flat(paper: Paper) -> str:
    """Everything that a paper says in Chinese."""
    lines = [f"{line.label[0]} {line.value}" for line in paper.lines]
    cells = [cell for table in paper.tables for row in table.rows for cell in row]
    return "\n".join([paper.opening[0], *lines, *cells, *(words[0] for words in paper.remarks)])


@pytest.mark.parametrize("kind", ReceiptKind)
def test_a_paper_can_be_read_and_is_the_same_each_time(kind: ReceiptKind) -> None:
    paper = paper_of(kind, facts())
    with ThreadPoolExecutor(3) as threads:
        first, *others = threads.map(render, [paper] * 4)
    assert others == [first] * 3
    said = text_of(first)
    for wanted in (*TITLES[kind], "样本人䶮", "999***********0011", "199****0001", CODE, "邹平市"):
        assert "".join(wanted.split()) in said
    assert b"/FontFile3" in first  # the face is inside
    assert len(first) < 120_000
    assert render(replace(paper, number="ZP20261120-000017")) != first


def test_characters_that_the_face_lacks_are_named_and_not_left_out() -> None:
    paper = replace(paper_of(ReceiptKind.ACCEPTANCE, facts()), number="样例𠮷\U0001f600\ue000\u3402\ufe0f")
    said = text_of(render(paper))
    assert "样例〔U+20BB7〕〔U+1F600〕〔U+E000〕\u3402" in said


REASONS = st.dictionaries(
    st.sampled_from([each.code for each in MATERIALS]),
    st.text(st.characters(categories=["Lo", "Nd"]), min_size=1, max_size=8),
    min_size=1,
)


@given(REASONS, st.booleans(), st.booleans())
def test_a_printed_notice_is_what_was_told_of_a_case_and_of_a_visit(
    reasons: dict[str, str], of_visit: bool, signed: bool
) -> None:
    whole = facts(of_visit=of_visit)
    assert whole.notice is not None
    signature = {"signed_at": AT, "signed_by": NoticeSigner.AT_COUNTER, "signed_to": "样本导办"}
    told = replace(whole.notice, missing=tuple(reasons), reasons=reasons, **(signature if signed else {}))
    paper = paper_of(ReceiptKind.NOTICE, replace(whole, notice=told))
    names = {each.code: each.name for each in MATERIALS}
    assert [(row[1], row[4]) for row in paper.tables[0].rows] == [
        (names[code], reason) for code, reason in reasons.items()
    ]
    assert len(paper.tables[0].rows) + sum(len(each.rows) for each in paper.tables[1:]) == len(MATERIALS)
    lines = {line.label[0]: line.value for line in paper.lines}
    assert ("样本导办" in lines["签收"]) is signed
    assert ("证件号码" in lines) is not of_visit
    assert ("网上上传" in flat(paper)) is not of_visit, "of a visit there is nothing to upload to"


def test_a_notice_says_all_that_somebody_needs_to_supply_what_is_missing() -> None:
    """DOMAIN 3.6: basis, limit, steps, fee, place, contact, materials in number and form, remedies, departments."""
    said = flat(
        paper_of(
            ReceiptKind.NOTICE, facts(fee=Decimal(20), fee_basis="价费〔2020〕1号", on_a_phone=("打开",))
        )
    )
    for wanted in (
        "《居住证暂行条例》第九条",
        "2026年11月27日",
        "受理后 3 个工作日（法定 15 个工作日）",
        "补正材料 → 受理",
        "1. 打开",
        "20 元（价费〔2020〕1号）",
        "帮办代办服务不收取任何费用",
        HALL,
        "周一-周五 09:00-12:00,13:30-17:00",
        "可由家人代交",
        "样本窗口，当场告知",
        "0543-0000000",
        "复印件 2；纸质",
        "在本地居住满半年",
        "行政复议",
        "公安局（牵头）、人力资源和社会保障局",
    ):
        assert wanted in said, wanted


def test_what_a_case_says_is_set_and_not_run() -> None:
    hostile = '#panic() #read("/etc/passwd") $x$ *星* \\ " </script> @a //b'
    said = text_of(render(paper_of(ReceiptKind.RESULT, facts(opinion=hostile))))
    assert "".join(hostile.split()) in said


def test_a_long_list_goes_on_over_pages() -> None:
    many = tuple(replace(MATERIALS[0], code=f"M{n}", name=f"第{n}份材料") for n in range(150))
    content = render(paper_of(ReceiptKind.ACCEPTANCE, facts(materials=many)))
    assert len(pdfium.PdfDocument(content)) > 3
    assert "第149份材料" in text_of(content)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (ReceiptKind.ACCEPTANCE, {"accepted_at": None}),
        (ReceiptKind.NOTICE, {"notice": None}),
        (ReceiptKind.CUSTODY, {"moves": ()}),
        (ReceiptKind.BATCH, {"batch": None}),
        (ReceiptKind.RESULT, {"completed_at": None, "outcome": None}),
    ],
)
def test_nothing_is_said_of_what_has_not_happened(kind: ReceiptKind, changes: dict[str, Any]) -> None:
    with pytest.raises(NothingToReceipt):
        paper_of(kind, facts(**changes))


def test_a_notice_names_everything_with_its_reason_its_number_and_its_day() -> None:
    said = flat(paper_of(ReceiptKind.NOTICE, facts()))
    for wanted in (
        "租赁合同已到期",
        "复印件 2",
        "2026年11月27日",
        "第九条",
        "不收取任何费用",
        "0543-0000000",
    ):
        assert wanted in said


def test_an_acceptance_tells_the_limits_and_what_may_follow() -> None:
    said = flat(paper_of(ReceiptKind.ACCEPTANCE, facts(due_provisional=True)))
    for wanted in ("15 个工作日", "3 个工作日", "2026年11月25日（暂定）", "2026年11月24日前补齐", "不收费"):
        assert wanted in said


def test_a_refusal_gives_its_basis_and_what_can_be_done_about_it() -> None:
    refused = flat(paper_of(ReceiptKind.RESULT, facts(outcome=CaseOutcome.REFUSED)))
    assert "第十条" in refused
    assert "行政复议" in refused
    granted = flat(paper_of(ReceiptKind.RESULT, facts()))
    assert "行政复议" not in granted
    assert ("结果名称" in granted, "结果名称" in refused) == (True, False), "nothing was issued"


def test_a_result_on_a_condition_says_what_is_missing_until_when_and_what_follows() -> None:
    missing = tuple(replace(each, state=MaterialState.TOLERATED) for each in MATERIALS[:1])
    there = tuple(replace(each, state=MaterialState.SUPPLIED) for each in MATERIALS)
    by = date(2026, 6, 11)

    def said(standing: ResultStanding, materials: tuple[PaperMaterial, ...]) -> str:
        of = facts(standing=standing, materials=materials, promised_by=by)
        return flat(paper_of(ReceiptKind.RESULT, of))

    depends = said(ResultStanding.CONDITIONAL, missing)
    for words in ("附条件", MATERIALS[0].name, "2026年6月11日", "逾期未补齐的，撤销办理结果"):
        assert words in depends
    assert "待核对" in said(ResultStanding.CONDITIONAL, there)
    assert "不再附条件" in said(ResultStanding.CONDITION_MET, there)
    lost = said(ResultStanding.WITHDRAWN, missing)
    assert "不再有效" in lost
    assert "行政复议" in lost
    assert "条件" not in flat(paper_of(ReceiptKind.RESULT, facts())).replace("受理条件", "")


def test_a_result_that_waits_for_others_is_on_no_paper_and_a_refusal_waits_for_none() -> None:
    with pytest.raises(ResultHeld):
        paper_of(ReceiptKind.RESULT, facts(held=True))
    assert "受理" in flat(paper_of(ReceiptKind.ACCEPTANCE, facts(held=True)))
    told = flat(paper_of(ReceiptKind.RESULT, facts(held=True, outcome=CaseOutcome.REFUSED)))
    assert "行政复议" in told
    by = date(2026, 6, 11)
    withdrawn = facts(held=True, standing=ResultStanding.WITHDRAWN, promised_by=by)
    assert "不再有效" in flat(paper_of(ReceiptKind.RESULT, withdrawn))


def test_a_result_names_the_seal_under_which_it_went_out_and_no_other_paper_does() -> None:
    seal = "样本审批专用章〔2026〕第12号"
    papers = {kind: seal in flat(paper_of(kind, facts())) for kind in ReceiptKind}
    assert [kind for kind, sealed in papers.items() if sealed] == [ReceiptKind.RESULT]
    assert "用印" not in flat(paper_of(ReceiptKind.RESULT, facts(seal=None)))


def test_a_record_of_papers_shows_each_step_and_what_is_left_where() -> None:
    paper = paper_of(ReceiptKind.CUSTODY, facts())
    steps, left = paper.tables
    assert [row[1] for row in steps.rows] == ["接收", "转交", "退还"]
    assert left.rows == (("居民身份证", HALL, "0", "1"),)
    back = replace(MOVES[2], originals=0, copies=1)
    balanced = paper_of(ReceiptKind.CUSTODY, facts(moves=(*MOVES, back)))
    assert len(balanced.tables) == 1
    assert "已全部退还" in balanced.opening[0]
    assert paper.at == MOVES[-1].at


def test_a_batch_lists_every_case_of_it_masked() -> None:
    paper = paper_of(ReceiptKind.BATCH, facts())
    (listed,) = paper.tables
    assert len(listed.rows) == 12
    assert {row[3] for row in listed.rows} == {"样*"}
    assert "12 件" in paper.opening[0]


# ---------------------------------------------------------------------- codes

VAULT = DistrictVault(os.urandom(32))
NUMBER = "ZP20261120-000016"


def test_a_code_is_known_again_however_it_is_typed() -> None:
    code = paper_code(VAULT, number=NUMBER, mark="A")
    assert len(set(MARKS.values())) == len(ReceiptKind)
    assert read_paper_code(VAULT, code.replace("-A-", "-R-")) is None  # one paper's proof is not another's
    for typed in (code, code.lower(), f"  {code} ", code[:-4] + " " + code[-4:]):
        assert read_paper_code(VAULT, typed) == PaperOf(NUMBER, "A")


@given(place=st.integers(0, 200), letter=st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ234567"))
def test_no_other_code_is_known(place: int, letter: str) -> None:
    code = paper_code(VAULT, number=NUMBER, mark="A")
    at = place % len(code)
    other = code[:at] + letter + code[at + 1 :]
    assert other == code or read_paper_code(VAULT, other) is None


@given(st.text() | st.from_regex(r"\A[A-Z0-9]{4,12}-[0-9]{6}-[ANCR]-([A-Z2-7]{4}-?){4}\Z"))
def test_whatever_is_made_up_is_not_known(code: str) -> None:
    assert read_paper_code(VAULT, code) is None


def test_another_district_does_not_know_it() -> None:
    other = DistrictVault(os.urandom(32))
    assert read_paper_code(other, paper_code(VAULT, number=NUMBER, mark="A")) is None


@given(st.uuids())
def test_what_has_no_number_to_read_has_a_code_all_the_same(row_id: UUID) -> None:
    vault = DistrictVault(b"k" * 32)
    code = paper_code(vault, number=number_of(row_id), mark=VISIT_MARK)
    assert read_paper_code(vault, code.lower()) == PaperOf(number_of(row_id), VISIT_MARK)
    assert id_of(number_of(row_id)) == row_id
    assert len(code) <= 50


@pytest.mark.parametrize("number", ["ZP20261120-000016", "", "A", "0" * 26, "A" * 40])
def test_other_numbers_are_no_ids(number: str) -> None:
    assert id_of(number) is None
