"""When their time is over, a bundle's cases lose people and papers one by one, and with the last the shared form."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import select, update
from tests.api.access_world import SINCE
from tests.api.casework import PERMIT, Desk, applicant, done, fresh, seen
from tests.api.filing import delivered, files_of, object_of, sent
from tests.api.named import text_of

from bangban.features.bundles.drafts import BundleDraft, FormField
from bangban.features.bundles.service import publish_bundles
from bangban.features.cases.tables import CaseRow
from bangban.features.joint.tables import BundleApplicationRow
from bangban.features.personal_data.retention import ERASED, erase_due
from bangban.features.uploads.service.sweeping import ERASED as FILE_ERASED
from bangban.kernel.tenancy.work import Work

SECOND = "TPL-SOCIAL-SECURITY-CARD"
VILLAGE = "371681101200"
SAID = {"mode": "CUSTOM", "key": "project", "value": "样本养老项目"}
MINE = "mutation { revealMyData { number modeDetails { mode key value } form { key value } } }"
FORM = [{"key": "address", "value": "样本路 1 号"}]
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)
PAPER = {"purpose": "MATERIAL", "materialCode": "ID-CARD"}


async def _over(work: Work, *, number: str) -> None:
    """A case's time of keeping is over, and what is due is erased."""
    await work.db.execute(update(CaseRow).where(CaseRow.number == number).values(ended_at=LONG_AGO))
    await erase_due(work)


def test_papers_and_people_go_with_each_case_and_the_form_with_the_last(desk: Desk) -> None:
    draft = BundleDraft(
        code="ERASED-BUNDLE",
        name="样本一件事",
        lead_department="样本部门",
        items=(PERMIT, SECOND),
        fields=(FormField(key="address", zh="现住址", en="Address"),),
        effective_from=SINCE,
    )
    desk.inside(partial(publish_bundles, drafts=[(draft, "sample")]))
    n = fresh()
    resident, clerk = desk.resident(n), desk.staff("clerk-county")
    wanted = {
        "bundleCode": draft.code,
        "areaId": desk.area(VILLAGE),
        "applicant": applicant(n),
        "form": FORM,
        "modes": ["CUSTOM"],
        "modeFields": [SAID],
    }
    made: Any = resident(text_of("ApplyForBundle"), input=wanted).data["applyForBundle"]
    first, second = (each["number"] for each in made["members"])
    files = {number: sent(resident, number, **PAPER) for number in (first, second)}
    for number in (first, second):
        done(clerk, "declineCase", number=number, reason="不属于受理范围", basis="样本条例第一条")

    def stored(column: Any) -> Any:
        return desk.scalar(select(column).where(BundleApplicationRow.number == made["number"]))

    def left_of(number: str) -> list[tuple[str, str | None, bool]]:
        found = files_of(clerk, number)
        return [(each["state"], each["name"], object_of(desk, files[number])) for each in found]

    def own() -> list[dict[str, Any]]:
        mine: list[dict[str, Any]] = resident(MINE).data["revealMyData"]
        return sorted(mine, key=lambda each: str(each["number"]))

    assert own() == [{"number": each, "modeDetails": [SAID], "form": FORM} for each in sorted(files)]
    before = seen(clerk, second)
    desk.inside(partial(_over, number=first))
    delivered(desk, FILE_ERASED, files[first])
    gone = seen(clerk, first)
    assert gone is not None
    assert set(gone["applicant"].values()) == {"PERSON", ERASED}
    assert left_of(first) == [("ERASED", None, False)]
    # The other is kept whole: person, paper, and the form that both were decided by.
    assert seen(clerk, second) == before
    assert left_of(second) == [("STORED", "委托书.pdf", True)]
    assert stored(BundleApplicationRow.form) == [{"key": "address", "value": "样***"}]
    supervisor = desk.staff("supervisor")
    asked = {"number": made["number"], "reason": "核对现住址"}
    assert supervisor(text_of("RevealBundleForm"), input=asked).data["revealBundleForm"] == FORM
    assert own() == [{"number": second, "modeDetails": [SAID], "form": FORM}]

    desk.inside(partial(_over, number=second))
    delivered(desk, FILE_ERASED, files[second])
    assert left_of(second) == [("ERASED", None, False)]
    assert stored(BundleApplicationRow.form) is None
    assert stored(BundleApplicationRow.form_sealed) is None
    assert own() == []
    assert supervisor(text_of("RevealBundleForm"), input=asked).code == "CONFLICT"
    after: Any = clerk(text_of("BundleApplication"), number=made["number"]).data["bundleApplication"]
    assert not after["form"]
    assert after["applicant"]["name"] == ERASED
    assert [each["state"] for each in after["members"]] == ["DECLINED"] * 2, "what was decided stays"
    assert FORM[0]["value"] not in str(after)
