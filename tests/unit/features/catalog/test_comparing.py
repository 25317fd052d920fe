"""What a district changed of an item is told apart from what its template changed, and is never lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from tests.unit.features.catalog.drawn_items import BEGAN, DRAFT, changed, three_texts

from bangban.features.catalog.comparing import (
    ChangedBy,
    base_of,
    differences,
    draft_of,
    fields_of,
    is_drift,
    merged,
    patch_of,
    same,
)
from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.publication import Taken, changed_item
from bangban.features.catalog.templates import TemplateCatalog
from bangban.kernel.levels import AreaLevel

Texts = tuple[ItemDraft, ItemDraft, ItemDraft]


@given(changed(DRAFT))
def test_an_item_comes_back_from_its_fields(draft: ItemDraft) -> None:
    order = tuple(each.code for each in draft.materials)
    assert draft_of(draft.code, fields_of(draft), order, effective_from=BEGAN) == draft


@given(three_texts())
def test_what_the_template_said_comes_back_from_what_is_remembered(texts: Texts) -> None:
    base, ours, _ = map(fields_of, texts)
    back = base_of(ours, patch_of(ours, base))
    assert all(same(back.get(name), base.get(name)) for name in {*back, *base})


@given(three_texts())
def test_taking_over_leaves_no_drift_and_keeps_every_change_of_the_districts(texts: Texts) -> None:
    base, ours, theirs = map(fields_of, texts)
    new = merged(ours, theirs, base)
    assert not is_drift(differences(new, theirs, theirs))
    for name in {*base, *ours, *theirs}:
        wanted = theirs if same(ours.get(name), base.get(name)) else ours
        assert same(new.get(name), wanted.get(name)), name


@given(three_texts())
def test_where_nobody_knows_what_was_taken_nothing_of_the_districts_is_lost(texts: Texts) -> None:
    _, ours, theirs = map(fields_of, texts)
    assert all(each.changed_by is ChangedBy.BOTH for each in differences(ours, theirs, None))
    new = merged(ours, theirs, None)
    assert all(same(new.get(name), value) for name, value in ours.items())


def test_each_side_is_named_for_what_it_changed() -> None:
    base = fields_of(DRAFT)
    ours = base | {"name": "本地名称", "theme": "本地主题", "materials.OWN": {"name": "自有材料"}}
    theirs = base | {"name": "新名称", "maxTrips": 0}
    found = {each.field: each.changed_by for each in differences(ours, theirs, base)}
    assert found == {
        "name": ChangedBy.BOTH,
        "theme": ChangedBy.DISTRICT,
        "materials.OWN": ChangedBy.DISTRICT,
        "maxTrips": ChangedBy.TEMPLATE,
    }


def test_an_own_change_alone_is_no_drift_and_an_equal_one_is_none_either() -> None:
    base = fields_of(DRAFT)
    assert not is_drift(differences(base | {"theme": "本地主题"}, base, base))
    assert not is_drift(differences(base | {"maxTrips": 0}, base | {"maxTrips": 0}, base))


def test_another_order_of_channels_is_no_change() -> None:
    base = fields_of(DRAFT)
    turned = fields_of(replace(DRAFT, channels=DRAFT.channels[::-1]))
    assert patch_of(turned, base) == {}


def test_an_item_changed_back_follows_its_template_as_it_is() -> None:
    own = changed_item(DRAFT, None)
    assert (own.origin, own.taken_from) == ("own", None)
    taken = Taken(template="county", content="x", fields=fields_of(DRAFT))
    assert taken.fields == fields_of(DRAFT)


def test_a_template_is_taken_as_far_as_the_levels_go() -> None:
    catalog = TemplateCatalog("county", [(DRAFT, "sample")])
    fits = catalog.fitting((AreaLevel.TOWN,), BEGAN)[DRAFT.code]
    assert (fits.draft.handled_at, fits.draft.pre_checked_at) == ((AreaLevel.TOWN,), ())
    assert catalog.fitting((AreaLevel.GRID,), BEGAN) == {}
    ended = TemplateCatalog("county", [(replace(DRAFT, effective_to=BEGAN), None)])
    assert ended.fitting((AreaLevel.TOWN,), BEGAN) == {}
