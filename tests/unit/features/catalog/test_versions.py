"""When a draft is the version that is there, the next one, or an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, ItemFault, MaterialDraft
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.features.catalog.versions import LatestVersion, VersionPlan, content_of, plan_version
from bangban.kernel.levels import AreaLevel

BEGAN = date(2025, 1, 1)
DRAFT = ItemDraft(
    code="SAMPLE-0001",
    name="样例事项",
    kind=ServiceKind.CONFIRMATION,
    audience=(Audience.PERSON,),
    level=AreaLevel.COUNTY,
    case_type=CaseType.PROMISED,
    promised_working_days=5,
    legal_working_days=20,
    max_trips=1,
    fee=FeeDraft(amount=Decimal("10.00"), basis="样例依据"),
    materials=(MaterialDraft(code="M1", name="申请表", copies=1),),
    channels=(Channel.HALL, Channel.WEB),
    handled_at=(AreaLevel.COUNTY,),
    legal_basis=("样例法",),
    result="样例证",
    effective_from=BEGAN,
)
CHANGED = replace(DRAFT, promised_working_days=3)


def latest(draft: ItemDraft = DRAFT, *, until: date | None = None) -> LatestVersion:
    return LatestVersion(
        version=1, effective_from=draft.effective_from, effective_to=until, content=content_of(draft)
    )


def test_the_first_version_is_the_drafts_own() -> None:
    assert plan_version(DRAFT, None) == VersionPlan(version=1, effective_from=BEGAN)


@pytest.mark.parametrize(
    "same",
    [DRAFT, replace(DRAFT, effective_from=date(2026, 1, 1)), replace(DRAFT, version=7)],
    ids=["equal", "another date", "another number"],
)
def test_the_same_content_is_the_same_version(same: ItemDraft) -> None:
    assert not plan_version(same, latest()).writes  # type: ignore[union-attr]  # a plan, since nothing is wrong


def test_changed_content_is_the_next_version_from_its_date_and_ends_the_former_there() -> None:
    day = date(2026, 3, 1)
    plan = plan_version(replace(CHANGED, effective_from=day), latest())
    assert plan == VersionPlan(version=2, effective_from=day, end_former_on=day)


def test_changed_content_without_a_later_date_is_refused_or_takes_the_given_day() -> None:
    refused = plan_version(CHANGED, latest())
    assert isinstance(refused, ItemFault)
    assert refused.field == "effective_from"
    day = date(2026, 3, 1)
    assert plan_version(CHANGED, latest(), changed_from=day) == VersionPlan(
        version=2, effective_from=day, end_former_on=day
    )


def test_two_changes_of_one_day_follow_each_other() -> None:
    plan = plan_version(CHANGED, latest(), changed_from=BEGAN)
    assert plan == VersionPlan(version=2, effective_from=date(2025, 1, 2), end_former_on=date(2025, 1, 2))


def test_an_end_that_was_set_before_stays() -> None:
    ended = date(2025, 6, 1)
    plan = plan_version(replace(CHANGED, effective_from=date(2026, 1, 1)), latest(until=ended))
    assert plan == VersionPlan(version=2, effective_from=date(2026, 1, 1), end_former_on=None)


def test_the_same_content_may_state_an_end_and_come_back_later() -> None:
    end = date(2026, 1, 1)
    assert plan_version(replace(DRAFT, effective_to=end), latest()) == VersionPlan(end_former_on=end)
    assert plan_version(DRAFT, latest(until=end)) == VersionPlan()
    back = plan_version(replace(DRAFT, effective_from=date(2026, 5, 1)), latest(until=end))
    assert back == VersionPlan(version=2, effective_from=date(2026, 5, 1))


def test_an_end_before_the_beginning_is_refused() -> None:
    assert isinstance(plan_version(replace(DRAFT, effective_to=BEGAN), latest()), ItemFault)
