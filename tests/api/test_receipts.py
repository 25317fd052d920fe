"""Receipts over HTTP: asked for, fetched once, checked by anybody, refused to whoever may not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pypdfium2 as pdfium
import pytest
from sqlalchemy import update
from tests.api.casework import PERMIT, Desk, applicant, applied, done, fresh, lacking
from tests.api.clients import Client, Place, refusal
from tests.api.filing import Answer, get
from tests.api.parts.custody import PAPERS
from tests.api.parts.hall import hall_of

from bangban.features.cases.tables import CaseRow
from bangban.features.personal_data.retention import erase_due
from bangban.kernel.identifiers import mask_identity, sample_phone, sample_resident_id
from bangban.kernel.tenancy.work import Work

ISSUE = "mutation($input: IssueReceiptInput!) { issueReceipt(input: $input) { fileId address until } }"
SEALED = "query($number: String!) { case(number: $number) { timeline { seal { year number name } } } }"
VERIFY = """query($code: String!) { verifyReceipt(code: $code) {
    kind number serviceName applicant state acceptedAt completedAt outcome } }"""
TOWN = "371681101"


def issued(client: Client, number: str, kind: str) -> str:
    """The address of a receipt."""
    found = client(ISSUE, input={"number": number, "kind": kind}).data["issueReceipt"]
    assert found["fileId"] is None
    return str(found["address"])


def read(answer: Answer) -> str:
    """What a receipt says, without blanks."""
    assert answer.status == 200, answer.content
    document = pdfium.PdfDocument(answer.content)
    pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    return "".join("".join(pages).split())


def code_on(said: str, number: str) -> str:
    """The code that is printed on a receipt."""
    found = re.search(re.escape(number) + r"-[ANCR](?:-[A-Z2-7]{4}){4}", said)
    assert found is not None
    return found[0]


def refused(client: Client, number: str, kind: str) -> str:
    """Why there is no such receipt for this caller."""
    return refusal(client(ISSUE, input={"number": number, "kind": kind}))[0]


def test_each_paper_comes_when_there_is_something_to_say(desk: Desk) -> None:
    n = fresh()
    me, clerk, helper = desk.resident(n), desk.staff("clerk-town"), desk.staff("helper-town")
    number = applied(me, desk.area(TOWN), n=n, supplied=["ID-CARD"])
    for kind in ("ACCEPTANCE", "NOTICE", "CUSTODY", "RESULT"):
        assert refused(me, number, kind) == "CONFLICT"
    done(clerk, "preCheckCase", number=number, missing=lacking(["DWELLING", "PHOTO"]))
    notice = read(get(me, issued(me, number, "NOTICE")))
    assert "一次性告知书" in notice
    done(me, "supplyMaterials", number=number, codes=["DWELLING", "PHOTO"])
    take = "mutation($input: TakePapersInput!) { takePapers(input: $input) { id } }"
    give = "mutation($input: ReturnPapersInput!) { returnPapers(input: $input) { id } }"
    assert helper(take, input={"number": number, "papers": PAPERS}).data
    assert "样本" not in code_on(read(get(me, issued(me, number, "CUSTODY"))), number)
    assert helper(give, input={"number": number, "papers": PAPERS}).data
    done(clerk, "acceptCase", number=number)
    acceptance = issued(clerk, number, "ACCEPTANCE")
    answer = get(desk.place.api, acceptance)
    said = read(answer)
    assert "受理通知书" in said
    assert mask_identity(sample_resident_id(n)) in said
    assert sample_resident_id(n) not in said
    assert sample_phone(n) not in said
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('attachment; filename="file.pdf"')
    assert answer.headers["cache-control"] == "no-store"
    assert get(desk.place.api, acceptance).status == 404
    again = get(me, issued(me, number, "ACCEPTANCE"))
    assert again.content == answer.content
    done(clerk, "completeCase", number=number, outcome="GRANTED", opinion="材料齐全，准予办理")
    result = read(get(me, issued(me, number, "RESULT")))
    used = me(SEALED, number=number).data["case"]["timeline"][-1]["seal"]
    assert used["name"] == "邹平市行政审批专用章"
    assert f"{used['name']}〔{used['year']}〕第{used['number']}号" in result
    assert used["name"] not in said + notice
    for paper, kind in ((notice, "NOTICE"), (said, "ACCEPTANCE"), (result, "RESULT")):
        told = desk.place.anonymous(VERIFY, code=code_on(paper, number)).data["verifyReceipt"]
        assert (told["kind"], told["number"], told["outcome"]) == (kind, number, "GRANTED")
        assert told["applicant"] == "样*"
    trail = [action for _, action in desk.trail(f"case:{number}")]
    assert trail[-2:] == ["receipt:read", "receipt:fetch"]


@pytest.fixture(scope="module")
def accepted(desk: Desk) -> tuple[int, str]:
    n = fresh()
    number = applied(desk.resident(n), desk.area(TOWN), n=n, supplied=["ID-CARD", "DWELLING", "PHOTO"])
    done(desk.staff("clerk-town"), "preCheckCase", number=number)
    done(desk.staff("clerk-town"), "acceptCase", number=number)
    return n, number


def test_papers_of_a_case_are_for_whoever_sees_it(desk: Desk, accepted: tuple[int, str], zibo: Place) -> None:
    n, number = accepted
    strangers: dict[str, Client] = {
        "NOT_FOUND": desk.resident(fresh()),
        "FORBIDDEN": desk.staff("auditor"),
        "UNAUTHENTICATED": desk.place.anonymous,
    }
    for code, client in strangers.items():
        assert refused(client, number, "ACCEPTANCE") == code
    assert refused(zibo.sign_in("admin"), number, "ACCEPTANCE") in {"NOT_FOUND", "FORBIDDEN"}
    path = issued(desk.resident(n), number, "ACCEPTANCE")
    token = path.rpartition("/")[2]
    for wrong in (f"/files/{token}", f"/uploads/{token}", "/receipts/x.y", f"/receipts/{token[:-2]}"):
        assert get(desk.resident(n), wrong).status in {404, 405}
    assert get(desk.resident(n), path).status == 200


def test_a_code_is_no_ones_but_the_districts(desk: Desk, accepted: tuple[int, str], zibo: Place) -> None:
    n, number = accepted
    code = code_on(read(get(desk.resident(n), issued(desk.resident(n), number, "ACCEPTANCE"))), number)
    wrong: list[Any] = [code[:-1] + ("A" if code[-1] != "A" else "B"), number, "", code.replace("-A-", "-R-")]
    for other in wrong:
        assert desk.place.anonymous(VERIFY, code=other).data["verifyReceipt"] is None
    assert zibo.anonymous(VERIFY, code=code).data["verifyReceipt"] is None
    assert desk.place.anonymous(VERIFY, code=code.lower()).data["verifyReceipt"]["number"] == number


def test_of_an_erased_applicant_there_is_no_paper(desk: Desk) -> None:
    n = fresh()
    me = desk.resident(n)
    number = applied(me, desk.area(TOWN), n=n, supplied=["ID-CARD"])
    done(desk.staff("clerk-town"), "preCheckCase", number=number, missing=lacking(["DWELLING", "PHOTO"]))
    path = issued(me, number, "NOTICE")
    done(me, "withdrawCase", number=number)

    async def years_later(work: Work) -> None:
        long_ago = work.now - timedelta(days=365 * 40)
        await work.db.execute(update(CaseRow).where(CaseRow.number == number).values(ended_at=long_ago))
        await erase_due(work)

    desk.inside(years_later)
    assert get(me, path).code == "CONFLICT"


def test_a_batch_has_one_receipt_that_staff_hand_out(desk: Desk) -> None:
    clerk, village = desk.staff("clerk-county"), desk.area("371681101200")
    given = {
        "windowId": hall_of(desk)["window"],
        "submitter": applicant(fresh()),
        "applications": [{"serviceCode": PERMIT, "areaId": village} for _ in range(3)],
    }
    collect = (
        "mutation($input: CollectBatchInput!) { collectBatch(input: $input) { number cases { number } } }"
    )
    other, cases = (clerk(collect, input=given).data["collectBatch"] for _ in range(2))
    assert (len(other["cases"]), len(cases["cases"])) == (3, 3)
    first, *others = [each["number"] for each in cases["cases"]]
    said = read(get(clerk, issued(clerk, first, "BATCH")))
    assert "集中收件回执" in said
    assert {cases["number"], first, *others} <= set(re.findall(r"ZP\d{8}P?-\d+", said)), said
    alone = applied(desk.resident(fresh()), desk.area(TOWN))
    assert refused(clerk, alone, "BATCH") == "CONFLICT"
    n = fresh()
    mine = applied(desk.resident(n), desk.area(TOWN), n=n)
    assert refused(desk.resident(n), mine, "BATCH") == "FORBIDDEN"
