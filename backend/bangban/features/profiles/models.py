"""The parts of ``district.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bangban.features.areas.values import AreaKind
from bangban.features.profiles.messages import complaint
from bangban.features.profiles.values import HelpMode, Provenance, Qualifier, RatingMoment
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.levels import AreaLevel

Words = Annotated[str, Field(min_length=1, max_length=500)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
AreaRef = Annotated[str, Field(min_length=1, max_length=60, description="An area's key or division code.")]


# Plain words with {parent}, {n} and {i}, which may be padded; a wider format could fill the memory.
NAME_PATTERN = r"^([^{}]|\{parent\}|\{[ni](:0[1-6])?\})+$"


class Strict(BaseModel):
    """Unknown keys are faults: a misspelt key must not be passed over in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Text(Strict):
    """The same words in Chinese and in English."""

    zh: Words
    en: Words


def shown(words: str) -> str:
    """Refuse a name that cannot be read on one line."""
    if shown_name(words) is None:
        raise complaint(
            "名称不含换行和不可见字符。", "A name has no line breaks and no invisible characters."
        )
    return words


def _both_shown(text: Text) -> Text:
    for words in (text.zh, text.en):
        shown(words)
    return text


Name = Annotated[Text, AfterValidator(_both_shown)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise complaint(f"没有时区“{name}”。", f"There is no time zone {name!r}.") from error
    return name


def _contiguous(levels: tuple[AreaLevel, ...]) -> tuple[AreaLevel, ...]:
    if levels != tuple(AreaLevel)[: len(levels)]:
        raise complaint(
            "层级应从 COUNTY 开始逐级列出,不能跳级或重复。",
            "Levels start at COUNTY and follow one another without gap or repetition.",
        )
    return levels


def each_once(called: Callable[[Any], object] = str) -> AfterValidator:
    """Refuse a list in which something stands twice: a part of it is ``called`` by its text, or as is said."""

    def check(parts: Collection[Any]) -> Collection[Any]:
        names = [called(each) for each in parts]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise complaint(f"“{name}”重复。", f"{name} stands here twice.", part=index)
        return parts

    return AfterValidator(check)


def _key(part: Any) -> object:
    return part.key


EACH_KEY_ONCE = each_once(_key)

Levels = Annotated[tuple[AreaLevel, ...], Field(min_length=1), AfterValidator(_contiguous)]
Timezone = Annotated[str, AfterValidator(_known_zone)]
Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]
Minutes = Annotated[int, Field(ge=1, le=120)]
Phone = Annotated[str, Field(pattern=r"^[0-9+() -]{3,20}$")]


class RequiredField(Strict):
    """One thing that a request in some mode must say."""

    key: Key
    label: Text


class ModeFile(Strict):
    """A mode of help under the name that the district gives it (C03)."""

    mode: HelpMode
    name: Name
    required: Annotated[tuple[RequiredField, ...], EACH_KEY_ONCE] = ()


OfferedModes = Annotated[
    tuple[ModeFile, ...], Field(min_length=1, max_length=len(HelpMode)), each_once(lambda part: part.mode)
]


class Dimension(Strict):
    """What a rating looks at beside the grade."""

    key: Key
    name: Name


class Indicator(Strict):
    """One part of the assessment, with its weight in percent (B11)."""

    key: Key
    name: Name
    weight: Annotated[int, Field(ge=1, le=100)]


class RatingFile(Strict):
    """How the district lets itself be rated; grades are always the five national ones (3.5)."""

    moments: Annotated[tuple[RatingMoment, ...], Field(min_length=1), each_once()]
    dimensions: Annotated[tuple[Dimension, ...], EACH_KEY_ONCE] = ()
    assessment: Annotated[tuple[Indicator, ...], EACH_KEY_ONCE] = ()
    provenance: Provenance = Provenance.SAMPLE

    @model_validator(mode="after")
    def _weights_add_up(self) -> Self:
        total = sum(indicator.weight for indicator in self.assessment)
        if self.assessment and total != 100:
            raise complaint(
                f"考核权重合计应为 100,实为 {total}。", f"The weights add up to {total}, not 100."
            )
        return self


class FigureFile(Strict):
    """A number that the district states about itself, with the way it was stated (2.6)."""

    key: Key
    name: Name
    value: Decimal
    unit: Text | None = None
    qualifier: Qualifier = Qualifier.EXACT
    source: Literal["stated", "sample"]


class AreaSetFile(Strict):
    """Unnamed units made from a rule: ``total`` spread evenly over the parents, or ``each`` under every one.

    Parents are the areas one level up that lie under ``under`` (itself included). ``name`` may use
    ``{parent}``, ``{n}`` (number under its parent) and ``{i}`` (number in the set).
    """

    key: Key
    level: AreaLevel
    kind: AreaKind
    under: AreaRef
    total: Annotated[int, Field(ge=1, le=20_000)] | None = None
    each: Annotated[int, Field(ge=1, le=500)] | None = None
    name: Annotated[str, Field(pattern=NAME_PATTERN, max_length=100)]
    provenance: Provenance = Provenance.SAMPLE

    @model_validator(mode="after")
    def _one_count(self) -> Self:
        if (self.total is None) == (self.each is None):
            raise complaint("total 与 each 应恰好写一个。", "Give exactly one of total and each.")
        return self
