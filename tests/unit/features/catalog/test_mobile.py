"""Guides for phones: what they may say, and that they are told and read back as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.catalog.mobile import MOST_STEPS, MobileApp, MobileDraft, faults_of, mobile_of, said_of

GUIDE = MobileDraft(
    app=MobileApp.APP, name="样例应用", link="sample-app://matter/1", steps=("打开应用", "选择事项")
)


def codes(guide: MobileDraft) -> list[str]:
    return [code for _, code, _, _ in faults_of(guide)]


@given(
    app=st.sampled_from(MobileApp),
    steps=st.lists(st.text(min_size=1), min_size=1, max_size=4).map(tuple),
    english=st.booleans(),
    validated=st.none() | st.dates(),
)
def test_a_guide_is_read_as_it_was_told(
    app: MobileApp, steps: tuple[str, ...], english: bool, validated: date | None
) -> None:
    guide = replace(GUIDE, app=app, steps=steps, steps_en=steps if english else (), validated_on=validated)
    assert mobile_of(said_of(guide)) == guide
    assert said_of(None) is None
    assert mobile_of(None) is None


@pytest.mark.parametrize(
    ("app", "link"),
    [
        (MobileApp.APP, "sample-app://matter/1"),
        (MobileApp.APP, "https://app.example/matter?code=1"),
        (MobileApp.WECHAT_MINI_PROGRAM, "weixin://dl/business/?t=abc"),
        (MobileApp.WEB, "https://m.example/matter"),
    ],
)
def test_links_that_lead_to_the_matter(app: MobileApp, link: str) -> None:
    assert codes(replace(GUIDE, app=app, link=link)) == []


@pytest.mark.parametrize(
    ("app", "link"),
    [
        *(
            (app, link)
            for app in MobileApp
            for link in ("javascript://%0aalert(1)", "data://x", "http://m.example")
        ),
        *(
            (app, link)
            for app in MobileApp
            for link in ("", "m.example", "https://m.example/\n", "https://", "file:///etc/passwd")
        ),
        (MobileApp.WEB, "sample-app://matter/1"),
        (MobileApp.WECHAT_MINI_PROGRAM, "alipays://platformapi"),
        (MobileApp.WEB, 'https://m.example/"onclick'),
    ],
)
def test_links_that_are_refused(app: MobileApp, link: str) -> None:
    assert codes(replace(GUIDE, app=app, link=link)) == ["MOBILE_LINK"]


def test_steps_are_few_and_in_english_none_or_as_many() -> None:
    assert codes(replace(GUIDE, steps_en=("Open it", "Choose"))) == []
    for wrong in (
        replace(GUIDE, steps=()),
        replace(GUIDE, steps=("一", " ")),
        replace(GUIDE, steps=("一",) * (MOST_STEPS + 1)),
        replace(GUIDE, steps_en=("Open it",)),
    ):
        assert codes(wrong) == ["MOBILE_STEPS"]
    assert codes(replace(GUIDE, name=" ")) == ["MOBILE_NAME"]
