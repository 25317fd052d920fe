"""A template's items, taken, changed by the district, changed by the template, taken over by choice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import update
from tests.integration.features.catalog.drifting import CODE, Tried, adapted, drifted, template
from tests.unit.features.catalog.drawn_items import DRAFT, three_texts

from bangban.features.catalog.comparing import ChangedBy, differences, fields_of, is_drift, same
from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.problems import ItemFaulty, ItemUnknown
from bangban.features.catalog.publication import ChangeKind
from bangban.features.catalog.service import publish_items
from bangban.features.catalog.service.adopting import adopt_template, take_over_items
from bangban.features.catalog.service.publishing import hold_items
from bangban.features.catalog.tables import ServiceItemRow
from bangban.kernel.tenancy.work import Work


@given(three_texts())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
