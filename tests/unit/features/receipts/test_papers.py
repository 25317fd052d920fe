"""Papers say what the case is, in characters that are there, and the same facts give the same bytes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.receipts.on_paper import CODE, HALL, MATERIALS, MOVES, facts

from bangban.features.cases.values import CaseOutcome
from bangban.features.receipts.papers import Paper
from bangban.features.receipts.problems import NothingToReceipt
from bangban.features.receipts.rendering import render
from bangban.features.receipts.rules import paper_of
from bangban.features.receipts.values import MARKS, TITLES, ReceiptKind
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.papers import PaperOf, paper_code, read_paper_code


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
    assert "行政复议" not in flat(paper_of(ReceiptKind.RESULT, facts()))


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
