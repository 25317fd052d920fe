"""Taking over a template's items: by choice, without losing what the district changed or withdrew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.integration.features.catalog.drifting import CODE, Tried, adapted, drifted, template
from tests.unit.features.catalog.drawn_items import DRAFT

from bangban.features.catalog.problems import ItemFaulty, ItemUnknown
from bangban.features.catalog.publication import ChangeKind
from bangban.features.catalog.service import publish_items, withdraw_items
from bangban.features.catalog.service.adopting import adopt_template, take_over_items
from bangban.features.catalog.service.changing import publish_item, withdraw_item
from bangban.features.catalog.service.publishing import hold_items
from bangban.features.catalog.tables import ServiceItemRow
from bangban.kernel.problems import Conflict, InvalidInput
from bangban.kernel.tenancy.work import Work

DAY = timedelta(days=1)


def test_new_items_are_shown_and_taken_and_withdrawn_ones_end(tried: Tried) -> None:
    other = replace(DRAFT, code="SAMPLE-0002", name="另一事项")

    async def body(work: Work) -> None:
        await adopt_template(work, template(DRAFT))
        newer = template(other)
        assert {code: row.kind for code, row in (await drifted(work, newer)).items()} == {
            CODE: "WITHDRAWN",
            other.code: "NEW",
        }
        done = await take_over_items(work, newer, codes=[CODE, other.code], since=work.today + DAY)
        assert {each.code: each.kind for each in done.changes} == {
            CODE: ChangeKind.WITHDRAWN,
            other.code: ChangeKind.CREATED,
        }
        assert (await hold_items(work))[CODE].effective_to == work.today + DAY
        # Today it is offered still; from tomorrow on nothing is left to do.
        again = await take_over_items(work, newer, codes=[CODE, other.code])
        assert {each.kind for each in again.changes} == {ChangeKind.UNCHANGED}

    tried(body)


def test_adopting_leaves_what_the_district_has_and_a_preview_leaves_everything(tried: Tried) -> None:
    async def body(work: Work) -> None:
        shown = await adopt_template(work, template(DRAFT), apply=False)
        assert [each.kind for each in shown.changes] == [ChangeKind.CREATED]
        assert await hold_items(work) == {}
        await adopt_template(work, template(DRAFT))
        assert (await hold_items(work))[CODE].effective_from == work.today
        await adapted(work, replace(DRAFT, theme="本地主题"))
        for codes in (None, [CODE]):
            again = await adopt_template(work, template(replace(DRAFT, max_trips=0)), codes=codes)
            assert [each.kind for each in again.changes] == [ChangeKind.UNCHANGED]
        item = (await hold_items(work))[CODE]
        assert (item.origin, item.ours["theme"], item.ours["maxTrips"]) == ("adapted", "本地主题", 1)

    tried(body)


def test_what_a_district_withdrew_is_its_own_affair_and_comes_back_by_its_code_only(tried: Tried) -> None:
    async def body(work: Work) -> None:
        await adopt_template(work, template(DRAFT))
        await work.db.execute(update(ServiceItemRow).values(effective_from=work.today - 9 * DAY))
        await withdraw_item(work, CODE)
        newer = template(replace(DRAFT, max_trips=0))
        assert await drifted(work, newer) == {}
        await adopt_template(work, newer)
        assert (await hold_items(work))[CODE].effective_to == work.today
        await adopt_template(work, newer, codes=[CODE])
        item = (await hold_items(work))[CODE]
        assert (item.version, item.effective_from, item.effective_to) == (2, work.today, None)

    tried(body)


def test_the_templates_text_replaces_an_own_change_only_when_that_is_said(tried: Tried) -> None:
    newer = replace(DRAFT, theme="模板主题")

    async def body(work: Work) -> None:
        await adopt_template(work, template(DRAFT))
        await adapted(work, replace(DRAFT, theme="本地主题"))
        await take_over_items(work, template(newer), codes=[CODE])
        item = (await hold_items(work))[CODE]
        assert (item.version, item.origin, item.ours["theme"]) == (2, "adapted", "本地主题")
        newest = replace(newer, max_trips=0)
        await take_over_items(work, template(newest), codes=[CODE], keep_own=False)
        item = (await hold_items(work))[CODE]
        assert (item.version, item.origin, item.ours["theme"], item.ours["maxTrips"]) == (
            3,
            "template",
            "模板主题",
            0,
        )

    tried(body)


def test_what_comes_out_of_taking_over_must_be_an_item(tried: Tried) -> None:
    async def body(work: Work) -> None:
        await adopt_template(work, template(DRAFT))
        await adapted(work, replace(DRAFT, promised_working_days=10))
        with pytest.raises(ItemFaulty) as refused:
            await take_over_items(work, template(replace(DRAFT, legal_working_days=8)), codes=[CODE])
        assert refused.value.fields == (f"{CODE}.promised_working_days",)

    tried(body)


def test_a_text_written_from_an_older_version_is_refused(tried: Tried) -> None:
    async def body(work: Work) -> None:
        with pytest.raises(Conflict):
            await publish_item(work, lambda _: DRAFT, based_on=1)
        await publish_item(work, lambda day: replace(DRAFT, effective_from=day), based_on=0)
        await publish_item(work, lambda day: replace(DRAFT, max_trips=0, effective_from=day), based_on=1)
        with pytest.raises(Conflict):
            await publish_item(work, lambda day: replace(DRAFT, max_trips=2, effective_from=day), based_on=1)

    tried(body)


def test_a_change_or_an_end_is_never_in_the_past(tried: Tried) -> None:
    async def body(work: Work) -> None:
        await publish_items(work, [DRAFT])
        past = work.today - DAY
        with pytest.raises(ItemFaulty) as refused:
            await publish_item(
                work, lambda day: replace(DRAFT, max_trips=0, effective_from=day), effective_from=past
            )
        assert refused.value.fields == (f"{CODE}.effective_from",)
        with pytest.raises(InvalidInput):
            await withdraw_item(work, CODE, on=past)
        assert await withdraw_items(work, [CODE], on=work.today + 9 * DAY) == 1
        await withdraw_item(work, CODE)  # earlier than was said
        assert (await hold_items(work))[CODE].effective_to == work.today
        await withdraw_item(work, CODE)
        with pytest.raises(ItemUnknown):
            await withdraw_item(work, "SAMPLE-9999")

    tried(body)
