"""Total and grade of assessments: never lower for higher scores, and the same when they are worked out again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.places.assessments import (
    FULL,
    Grade,
    Indicator,
    Scheme,
    assess,
    find_scheme,
    reckon,
    schemes_of,
)
from bangban.features.places.problems import AssessmentFaulty, AssessmentOutOfTime, NoSchemeForPoint
from bangban.features.places.values import AssessmentScheme, PointKind, Specialty

TODAY = date(2026, 11, 22)
NAME = {"zh": "样本", "en": "Sample"}
SCORE = st.integers(0, FULL)


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    cuts = sorted(draw(st.sets(st.integers(1, FULL - 1), max_size=4)))
    weights = [after - before for before, after in zip([0, *cuts], [*cuts, FULL], strict=True)]
    least = draw(st.permutations([0, *draw(st.sets(st.integers(1, FULL), max_size=4))]))
    return Scheme(
        scheme=draw(st.sampled_from(AssessmentScheme)),
        indicators=tuple(Indicator(key=f"i{n}", name=NAME, weight=w) for n, w in enumerate(weights)),
        grades=tuple(Grade(key=f"G{each}", name=NAME, least=each) for each in least),
        valid_days=draw(st.integers(1, 3_660)),
    )


@given(scheme=schemes(), data=st.data())
def test_higher_scores_never_lower_total_or_grade(scheme: Scheme, data: st.DataObject) -> None:
    low = [(each.key, data.draw(SCORE)) for each in scheme.indicators]
    high = [(key, data.draw(st.integers(score, FULL))) for key, score in low]
    before, after = (assess(scheme, scores, on=TODAY, today=TODAY) for scores in (low, high))
    assert 0 <= before.total <= after.total <= FULL
    least = {grade.key: grade.least for grade in scheme.grades}
    assert least[before.grade] <= least[after.grade]
    assert least[after.grade] <= after.total, "the grade is reached"
    assert not [each for each in least.values() if least[after.grade] < each <= after.total], (
        "and no higher one is"
    )


@given(scheme=schemes(), data=st.data())
def test_what_is_kept_gives_the_same_total_and_grade_again(scheme: Scheme, data: st.DataObject) -> None:
    scores = [(each.key, data.draw(SCORE)) for each in scheme.indicators]
    kept = assess(scheme, data.draw(st.permutations(scores)), on=TODAY, today=TODAY)
    again = reckon(kept.scores, data.draw(st.permutations(kept.grades)))
    assert again == (kept.total, kept.grade)
    assert [each["key"] for each in kept.scores] == [each.key for each in scheme.indicators]
    assert kept.valid_until - kept.assessed_on == timedelta(days=scheme.valid_days)


def sample(*, grades: tuple[int, ...] = (0, 60)) -> Scheme:
    return Scheme(
        scheme=AssessmentScheme.MATURITY,
        indicators=(Indicator(key="a", name=NAME, weight=70), Indicator(key="b", name=NAME, weight=30)),
        grades=tuple(Grade(key=f"G{least}", name=NAME, least=least) for least in grades),
        valid_days=30,
        kinds=frozenset({PointKind.STATION}),
        specialties=frozenset({Specialty.MEDICAL_INSURANCE}),
    )


def test_a_limit_is_reached_exactly_and_not_by_rounding() -> None:
    assert assess(sample(), [("a", 60), ("b", 60)], on=TODAY, today=TODAY).grade == "G60"
    nearly = assess(sample(), [("a", 60), ("b", 59)], on=TODAY, today=TODAY)
    assert (nearly.total, nearly.grade) == (59.7, "G0")


def test_every_fault_of_the_scores_is_named_at_once() -> None:
    wrong = [("a", 101), ("c", 5), ("d", 5), ("d", 6)]
    with pytest.raises(AssessmentFaulty) as refused:
        assess(sample(), wrong, on=TODAY, today=TODAY)
    for said in ("b has no score", "no indicator c", "no indicator d", "score of a"):
        assert said in refused.value.message("en")
    assert refused.value.facts["count"] == 4
    assert "指标“b”未评分" in refused.value.message("zh")
    with pytest.raises(AssessmentFaulty, match="a is scored twice"):
        assess(sample(), [("a", 1), ("a", 2), ("b", 1)], on=TODAY, today=TODAY)


@pytest.mark.parametrize("days", [1, -31])
def test_an_assessment_is_neither_of_tomorrow_nor_over_already(days: int) -> None:
    with pytest.raises(AssessmentOutOfTime):
        assess(sample(), [("a", 1), ("b", 1)], on=TODAY + timedelta(days=days), today=TODAY)


def test_the_first_scheme_for_such_a_point_is_taken() -> None:
    found = schemes_of(
        {
            "assessments": [
                {
                    "scheme": "STARS",
                    "kinds": [kind],
                    "valid_days": days,
                    "indicators": [{"key": "a", "name": NAME, "weight": 100}],
                    "grades": [{"key": "G0", "name": NAME, "least": 0}],
                }
                for kind, days in (("HALL", 10), ("STATION", 20), ("STATION", 30))
            ]
        }
    )
    stars = AssessmentScheme.STARS
    assert find_scheme(found, stars, kind=PointKind.STATION, specialties=()).valid_days == 20
    for kind, special, scheme in (
        (PointKind.BANK, (), stars),
        (PointKind.HALL, (), AssessmentScheme.MATURITY),
    ):
        with pytest.raises(NoSchemeForPoint):
            find_scheme(found, scheme, kind=kind, specialties=special)
    only = sample()
    assert only.is_for(PointKind.STATION, [Specialty.MEDICAL_INSURANCE, Specialty.ENTERPRISE])
    assert not only.is_for(PointKind.STATION, [])
    assert not only.is_for(PointKind.HALL, [Specialty.MEDICAL_INSURANCE])
    assert schemes_of({}) == ()
