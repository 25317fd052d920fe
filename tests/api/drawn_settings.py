"""Every setting that ``configureDistrict`` takes, drawn: valid values in awkward letters, by its input's names."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from bangban.features.places.values import AssessmentScheme, PointKind, Specialty, Travel
from bangban.features.profiles.values import (
    CareNeed,
    HelpMode,
    OrderKind,
    OvertimeKind,
    Proposal,
    RatingMoment,
    SignatureRule,
)
from bangban.kernel.levels import AreaLevel

Drawn = st.SearchStrategy[Any]

ITEMS = ("TPL-SOCIAL-SECURITY-CARD", "TPL-FLEXIBLE-WORK-INSURANCE", "TPL-RESIDENCE-PERMIT")
TEAMS = ("centre", "street")

# What YAML, JSON, SQL and templates could trip over.
_LETTERS = st.text("甲乙丙 aZ09:#'\"{}[]-_,&*!|>%@\\\U00020bb7", min_size=1, max_size=12)
_WORDS = _LETTERS.filter(lambda text: text.strip() == text != "")
_NAME = st.text("甲乙丙丁abc", min_size=2, max_size=8)
_TEXT = st.fixed_dictionaries({"zh": _WORDS, "en": _WORDS})
_KEYS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)
_ADDRESS = st.from_regex(r"https://[a-z]{1,9}\.example/[a-z]{0,5}\{code\}[a-z]{0,5}", fullmatch=True)


def _one(values: type[StrEnum]) -> Drawn:
    return st.sampled_from([each.value for each in values])


def _some(values: type[StrEnum], least: int = 0) -> Drawn:
    return st.lists(_one(values), min_size=least, max_size=3, unique=True)


def _each_once(name: str, /, **members: Drawn) -> Drawn:
    """A list of objects that differ in ``name``, three at most."""
    return st.lists(st.fixed_dictionaries(members), max_size=3, unique_by=lambda each: each[name])


def _hundred(**members: Drawn) -> Drawn:
    """One or two things with keys of their own and weights of 100 together."""
    named = st.lists(st.fixed_dictionaries({"key": _KEYS, **members}), min_size=2, max_size=2)
    distinct = named.filter(lambda two: two[0]["key"] != two[1]["key"])
    first = st.integers(1, 99)
    return st.builds(
        lambda two, weight: [{**two[0], "weight": weight}, {**two[1], "weight": 100 - weight}],
        distinct,
        first,
    )


def _hours(pair: tuple[int, int]) -> str:
    begins, ends = sorted(pair)
    return f"{begins // 60:02}:{begins % 60:02}-{ends // 60:02}:{ends % 60:02}"


_MINUTES_OF_DAY = st.tuples(st.integers(0, 719), st.integers(720, 1439))
_WAIT = st.integers(5, 2_880)
_DAYS = st.integers(1, 30)
_LEVELS = st.lists(st.sampled_from(list(AreaLevel)), min_size=1, unique=True).map(
    lambda levels: [each.value for each in sorted(levels, key=lambda level: -level.depth)]
)
_GRADES = st.integers(1, 100).flatmap(
    lambda least: st.tuples(_TEXT, _TEXT).map(
        lambda names: [
            {"key": "LOW", "name": names[0], "least": 0},
            {"key": "HIGH_2", "name": names[1], "least": least},
        ]
    )
)

SECTIONS: Mapping[str, Mapping[str, Drawn]] = {
    "network": {
        "travel": _one(Travel),
        "walkingMetresPerMinute": st.integers(1, 5_000),
        "drivingMetresPerMinute": st.integers(1, 5_000),
        "agentsEachGrid": st.integers(0, 100),
        "terminalSilenceMinutes": st.integers(1, 1_440),
        "outreachDays": st.integers(0, 365),
        "assessments": _each_once(
            "scheme",
            scheme=_one(AssessmentScheme),
            kinds=_some(PointKind),
            specialties=_some(Specialty),
            indicators=_hundred(name=_TEXT),
            grades=_GRADES,
            validDays=st.integers(1, 3_660),
        ),
        "specialtyCoverage": _each_once("specialty", specialty=_one(Specialty), percent=st.integers(0, 100)),
    },
    "assistance": {
        "handoverMinutes": _WAIT,
        "transferMinutes": _WAIT,
        "replyMinutesInHours": _WAIT,
        "replyMinutesOffHours": _WAIT,
        "reviewMinutes": _WAIT,
        "officeHours": _MINUTES_OF_DAY.map(_hours),
        "phrases": _each_once("phrase", phrase=_NAME, instead=_WORDS | st.none()),
        "nextStepDays": st.integers(0, 30),
        "checkInWorkingDays": st.integers(1, 60),
        "checkInMessageHours": st.integers(1, 168),
        "openQuestions": st.integers(1, 1_000),
        "nextSteps": _each_once(
            "serviceCode",
            serviceCode=st.sampled_from(ITEMS),
            next=st.lists(st.sampled_from(ITEMS), min_size=1, unique=True),
        ),
    },
    "bookings": {
        "kinds": _some(PointKind),
        "slotMinutes": st.integers(10, 240),
        "capacity": st.integers(1, 100),
        "daysAhead": st.integers(1, 60),
    },
    "seal": {"name": _TEXT, "keeper": _TEXT},
    "hall": {
        "crowd": st.fixed_dictionaries(
            {"queueLength": st.integers(1, 1_000), "waitMinutes": st.integers(1, 480)}
        ),
        "priorities": _each_once("need", need=_one(CareNeed), level=st.integers(0, 9)),
        "proposals": _each_once(
            "need", need=_one(CareNeed), proposed=st.lists(_one(Proposal), unique=True, max_size=2)
        ),
        "overtime": _each_once("kind", kind=_one(OvertimeKind), beforeMinutes=st.integers(1, 480)),
        "batch": st.fixed_dictionaries(
            {
                "most": st.integers(2, 100),
                "workingDays": st.integers(1, 20),
                "team": st.sampled_from([*TEAMS, None]),
            }
        ),
        "serviceMinutes": st.integers(1, 480),
        "targetMinutes": st.integers(1, 480),
        "advisoryTickets": st.booleans(),
        "keepDays": st.integers(1, 3_650),
        "noticeWorkingDays": st.integers(1, 20),
    },
    "orders": {
        "kinds": _each_once(
            "kind",
            kind=_one(OrderKind),
            name=_TEXT | st.none(),
            claimMinutes=st.integers(1, 10_080),
            fallsTo=_LEVELS,
        ).filter(bool),
        "loadLimit": st.integers(1, 1_000),
        "openLimit": st.integers(1, 1_000),
        "requiredTraining": st.lists(st.sampled_from(ITEMS), unique=True),
        "trainingForCases": st.booleans(),
        "volunteerTraining": st.booleans(),
        "reachKm": st.integers(1, 200),
        "signature": _one(SignatureRule),
        "cardAddress": _KEYS.map(lambda name: f"https://{name}.example/c/"),
    },
    "contacts": {"contactDays": st.integers(1, 366), "remindDays": st.integers(0, 60)},
    "proxy": {
        **dict.fromkeys(("fields", "shown", "apps"), st.lists(_NAME, min_size=1, max_size=4, unique=True)),
        "consentHours": st.integers(1, 24),
    },
    "supervision": {
        "promiseWarningDays": st.integers(0, 30),
        "acceptanceWorkingDays": st.integers(1, 5),
        "answerWarningWorkingDays": _DAYS,
        "papersWorkingDays": _DAYS,
        "orderWorkingDays": _DAYS,
        "orderSupervisedWorkingDays": _DAYS,
        "faultWorkingDays": _DAYS,
        "volunteerWorkingDays": _DAYS,
        "postWarningDays": st.integers(0, 90),
    },
    "receipts": {"checkAddress": _ADDRESS, "servicePage": _ADDRESS},
}
"""By section and member. A test compares the names with the contract's: a new setting adds a line here."""

ALONE: Mapping[str, Drawn] = {
    "name": _WORDS,
    "nameEn": _WORDS,
    "brand": _WORDS,
    "brandEn": _WORDS,
    "circleMinutes": st.integers(1, 120),
    "timezone": st.sampled_from(["Asia/Shanghai", "Asia/Singapore"]),
    "contactPhone": st.sampled_from(["12345", "0533-1234567", None]),
    # A file gives them in order, whatever the order in which they were set: it says nothing.
    "allowedOrigins": st.lists(
        _KEYS.map(lambda name: f"https://{name}.example"), max_size=3, unique=True
    ).map(sorted),
    "trustedDocumentsOnly": st.just(False),  # with True nothing could be read here
    "modes": _each_once(
        "mode",
        mode=_one(HelpMode),
        name=_TEXT,
        required=_each_once("key", key=_KEYS, label=_TEXT),
    ).filter(bool),
    "rating": st.fixed_dictionaries(
        {
            "moments": _some(RatingMoment, 1),
            "dimensions": _each_once("key", key=_KEYS, name=_TEXT),
            "assessment": _hundred(name=_TEXT) | st.just([]),
        }
    ),
    "projectLead": _TEXT | st.none(),
    "hardCaseChannel": _TEXT | st.none(),
}
"""Settings in no section."""


def any_settings() -> Drawn:
    """Some of all settings; each section has some of its members."""
    sections = {name: st.fixed_dictionaries({}, optional=dict(members)) for name, members in SECTIONS.items()}
    return st.fixed_dictionaries(sections, optional=dict(ALONE))
