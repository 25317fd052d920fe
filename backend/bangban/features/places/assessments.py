"""Assessments of service points: maturity of stations, stars of centres (DOMAIN G05, G06). Pure.

Both are one thing: indicators with weights, a score for each, and the grade that the weighted mean reaches. What a
district asks for stands in its settings; an assessment keeps the criteria that held, so that it can be worked out
again after they were changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

from bangban.features.places.problems import AssessmentFaulty, AssessmentOutOfTime, NoSchemeForPoint
from bangban.features.places.values import AssessmentScheme, PointKind, Specialty

SETTING: Final = "assessments"  # in the section of the network
VALID_DAYS: Final = 365  # DOMAIN G05, G06: once a year
FULL: Final = 100  # the most that an indicator can be given, and the sum of all weights


@dataclass(frozen=True, kw_only=True, slots=True)
class Indicator:
    """One thing that is looked at; ``weight`` is its share in percent."""

    key: str
    name: Mapping[str, str]
    weight: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Grade:
    """A grade and the least total that reaches it."""

    key: str
    name: Mapping[str, str]
    least: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheme:
    """By what points of some kinds and specialties are assessed; of any where none is named."""

    scheme: AssessmentScheme
    indicators: tuple[Indicator, ...]
    grades: tuple[Grade, ...]
    valid_days: int
    kinds: frozenset[PointKind] = frozenset()
    specialties: frozenset[Specialty] = frozenset()

    def is_for(self, kind: PointKind, specialties: Collection[Specialty]) -> bool:
        """Whether a point is assessed by it."""
        return (not self.kinds or kind in self.kinds) and (
            not self.specialties or not self.specialties.isdisjoint(specialties)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessed:
    """What an assessment comes to, with the criteria by which it does. ``valid_until`` is its last day."""

    scores: list[dict[str, Any]]
    grades: list[dict[str, Any]]
    total: float
    grade: str
    assessed_on: date
    valid_until: date


def schemes_of(section: Mapping[str, Any]) -> tuple[Scheme, ...]:
    """The schemes in the district's section of the network, in their order."""
    return tuple(
        Scheme(
            scheme=AssessmentScheme(each["scheme"]),
            indicators=tuple(Indicator(**one) for one in each["indicators"]),
            grades=tuple(Grade(**one) for one in each["grades"]),
            valid_days=each.get("valid_days", VALID_DAYS),
            kinds=frozenset(PointKind(kind) for kind in each.get("kinds", ())),
            specialties=frozenset(Specialty(one) for one in each.get("specialties", ())),
        )
        for each in section.get(SETTING) or ()
    )


def find_scheme(
    schemes: Sequence[Scheme],
    scheme: AssessmentScheme,
    *,
    kind: PointKind,
    specialties: Collection[Specialty],
) -> Scheme:
    """The first scheme of this sort for such a point. Raises ``NoSchemeForPoint``."""
    for each in schemes:
        if each.scheme is scheme and each.is_for(kind, specialties):
            return each
    raise NoSchemeForPoint(scheme=scheme.value)


def assess(scheme: Scheme, scores: Sequence[tuple[str, int]], *, on: date, today: date) -> Assessed:
    """An assessment made on a day, by scores of 0 to 100 for every indicator of the scheme and no other.

    Raises ``AssessmentFaulty`` with every fault, ``AssessmentOutOfTime`` for a day to come, or one so long ago that
    the assessment would be over.
    """
    faults = wrong_scores([each.key for each in scheme.indicators], scores)
    if faults:
        raise AssessmentFaulty(faults)
    until = on + timedelta(days=scheme.valid_days)
    if not on <= today <= until:
        raise AssessmentOutOfTime(days=scheme.valid_days)
    given = dict(scores)
    kept = [
        {"key": each.key, "name": dict(each.name), "weight": each.weight, "score": given[each.key]}
        for each in scheme.indicators
    ]
    grades = [
        asdict(each) | {"name": dict(each.name)} for each in sorted(scheme.grades, key=lambda g: -g.least)
    ]
    total, grade = reckon(kept, grades)
    return Assessed(scores=kept, grades=grades, total=total, grade=grade, assessed_on=on, valid_until=until)


def reckon(scores: Sequence[Mapping[str, Any]], grades: Sequence[Mapping[str, Any]]) -> tuple[float, str]:
    """Total and grade of what an assessment keeps: the weighted mean, and the highest grade that it reaches."""
    parts = sum(each["weight"] * each["score"] for each in scores)
    reached = [each for each in grades if parts >= each["least"] * FULL]
    return parts / FULL, str(max(reached, key=lambda each: each["least"])["key"])


def wrong_scores(indicators: Sequence[str], scores: Sequence[tuple[str, int]]) -> list[tuple[str, str, str]]:
    """What is wrong with the scores that are given for some indicators: the field, in Chinese, in English."""
    given = [key for key, _ in scores]
    wrong = [
        ("input.scores", f"指标“{key}”未评分。", f"The indicator {key} has no score.")
        for key in indicators
        if key not in given
    ]
    for index, (key, score) in enumerate(scores):
        at = f"input.scores.{index}"
        if key not in indicators:
            if key not in given[:index]:
                wrong.append((f"{at}.key", f"没有指标“{key}”。", f"There is no indicator {key}."))
            continue
        if given[:index].count(key) == 1:
            wrong.append((f"{at}.key", f"指标“{key}”重复。", f"The indicator {key} is scored twice."))
        if not 0 <= score <= FULL:
            zh, en = (
                f"指标“{key}”的评分应为 0 至 {FULL}。",
                f"The score of {key} is a number from 0 to {FULL}.",
            )
            wrong.append((f"{at}.score", zh, en))
    return wrong
