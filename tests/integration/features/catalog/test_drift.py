"""A template's items, taken, changed by the district, changed by the template, taken over by choice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Date, Text, cast, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from tests.unit.features.catalog.drawn_items import DRAFT, three_texts

from bangban.features.catalog.comparing import ChangedBy, differences, fields_of, is_drift, same
from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.drift_sql import drift
from bangban.features.catalog.problems import ItemFaulty, ItemUnknown
from bangban.features.catalog.publication import ChangeKind
from bangban.features.catalog.service import publish_items, withdraw_items
from bangban.features.catalog.service.adopting import adopt_template, take_over_items
from bangban.features.catalog.service.changing import publish_item, withdraw_item
from bangban.features.catalog.service.publishing import hold_items
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.templates import TemplateCatalog
from bangban.features.districts.platform import platform_work
from bangban.kernel.problems import Conflict, InvalidInput
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

Body = Callable[[Work], Awaitable[Any]]
Tried = Callable[[Body], None]
CODE = DRAFT.code
DAY = timedelta(days=1)


class _Undo(Exception):  # noqa: N818 - not an error, an ending
    """Ends a test's transaction without leaving anything behind."""


@pytest.fixture(scope="module")
def tried(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[[Any], Any]) -> Tried:
    """Runs a body in one transaction of an empty district, and undoes it."""
    place = new_district()

    def tried(body: Body) -> None:
        async def whole() -> None:
            async with platform_work(tenancy, place) as work:
                await body(work)
                await work.finish()
                raise _Undo

        with suppress(_Undo):
            run(whole())

    return tried


def template(*drafts: ItemDraft) -> TemplateCatalog:
    return TemplateCatalog("county", [(draft, "sample") for draft in drafts])


async def drifted(work: Work, catalog: TemplateCatalog) -> dict[str, Any]:
    """What the statement finds, by code."""
    texts = cast(literal(catalog.as_json(work.district.levels, work.today), Text), JSONB)
    found = drift(texts, literal(catalog.name, Text), literal(work.today, Date))
    return {row.code: row for row in await work.db.execute(select(found))}


async def adapted(work: Work, draft: ItemDraft) -> None:
    await publish_item(work, lambda start: replace(draft, effective_from=start))


@given(three_texts())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_statement_and_the_rules_find_the_same_and_taking_over_ends_it(
    tried: Tried, texts: tuple[ItemDraft, ItemDraft, ItemDraft]
) -> None:
    base, ours, theirs = texts

    async def body(work: Work) -> None:
        await adopt_template(work, template(base))
        await adapted(work, ours)
        newer = template(theirs)
        found = (await drifted(work, newer)).get(CODE)
        wanted = differences(fields_of(ours), fields_of(theirs), fields_of(base))
        assert (found is not None) is is_drift(wanted)
        if found is not None:
            listed = {
                each["field"]: (each["ours"], each["theirs"], each["changedBy"]) for each in found.differences
            }
            assert listed == {each.field: (each.ours, each.theirs, each.changed_by.value) for each in wanted}
            own = any(each.changed_by is not ChangedBy.TEMPLATE for each in wanted)
            assert found.kind == ("ADAPTED" if own else "CHANGED")
        await take_over_items(work, newer, codes=[CODE])
        assert await drifted(work, newer) == {}
        now = (await hold_items(work))[CODE].ours
        for each in wanted:
            kept = each.theirs if each.changed_by is ChangedBy.TEMPLATE else each.ours
            assert same(now.get(each.field), kept), each

    tried(body)


def test_another_order_of_a_list_is_no_drift(tried: Tried) -> None:
    turned = replace(DRAFT, channels=DRAFT.channels[::-1], audience=DRAFT.audience[::-1])

    async def body(work: Work) -> None:
        await adopt_template(work, template(DRAFT))
        assert await drifted(work, template(turned)) == {}

    tried(body)


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


def test_an_item_changed_back_follows_the_template_again(tried: Tried) -> None:
    async def body(work: Work) -> None:
        await adopt_template(work, template(DRAFT))
        for theme, origin in (("本地主题", "adapted"), (None, "template")):
            await adapted(work, replace(DRAFT, theme=theme))
            item = (await hold_items(work))[CODE]
            assert (item.origin, item.ours.get("theme")) == (origin, theme)
            assert item.taken is not None
            assert same(item.taken.fields, fields_of(DRAFT))

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


def test_items_adapted_before_anybody_remembered_the_template_keep_what_they_say(tried: Tried) -> None:
    async def body(work: Work) -> None:
        await adopt_template(work, template(DRAFT))
        await adapted(work, replace(DRAFT, theme="本地主题"))
        await work.db.execute(update(ServiceItemRow).values(taken_from=None))
        catalog = template(replace(DRAFT, max_trips=0))
        found = (await drifted(work, catalog))[CODE]
        assert (found.kind, {each["changedBy"] for each in found.differences}) == ("ADAPTED", {"BOTH"})
        await take_over_items(work, catalog, codes=[CODE])
        item = (await hold_items(work))[CODE]
        assert (item.ours["theme"], item.ours["maxTrips"]) == ("本地主题", 1)
        assert await drifted(work, catalog) == {}

    tried(body)


def test_own_items_are_never_the_templates(tried: Tried) -> None:
    async def body(work: Work) -> None:
        await publish_items(work, [DRAFT])
        catalog = template(replace(DRAFT, max_trips=0))
        assert await drifted(work, catalog) == {}
        assert [each.kind for each in (await adopt_template(work, catalog)).changes] == [ChangeKind.UNCHANGED]
        for asked in (
            adopt_template(work, catalog, codes=[CODE]),
            take_over_items(work, catalog, codes=[CODE]),
        ):
            with pytest.raises(ItemFaulty):
                await asked
        with pytest.raises(ItemUnknown):
            await adopt_template(work, catalog, codes=["SAMPLE-9999"])
        with pytest.raises(ItemUnknown):
            await take_over_items(work, template(), codes=[CODE])

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
