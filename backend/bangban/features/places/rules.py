"""The rules of service points: what a point, its windows and a partner's agreement may be. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bangban.features.places.hours import read_hours
from bangban.features.places.problems import HoursUnreadable, PlaceFault, PlacesFaulty
from bangban.features.places.values import (
    PARTNER_KINDS,
    Amenity,
    PartnerKind,
    PointKind,
    Specialty,
    WindowKind,
)

KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
LONGEST_NAME: Final = 100
LONGEST_ADDRESS: Final = 300
MOST_WINDOWS: Final = 200
LONGITUDES: Final = (73.0, 136.0)  # of China, so that the two numbers are not given in the wrong order
LATITUDES: Final = (3.0, 54.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowDraft:
    """A window. Without codes and themes it is comprehensive."""

    number: str
    name: str
    kind: WindowKind = WindowKind.COMPREHENSIVE
    service_codes: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TerminalDraft:
    """A self-service terminal; ``key`` is unique in the district."""

    key: str
    name: str
    service_codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PointDraft:
    """A service point as an import states it; ``area`` is an area's key, ``hours`` as ``read_hours`` reads them.

    ``windows`` and ``terminals`` are None where nothing is said of them.
    """

    key: str
    area: str
    kind: PointKind
    name: str
    longitude: float
    latitude: float
    hours: str
    address: str | None = None
    amenities: tuple[Amenity, ...] = ()
    specialties: tuple[Specialty, ...] = ()
    since: date | None = None
    until: date | None = None
    windows: tuple[WindowDraft, ...] | None = None
    terminals: tuple[TerminalDraft, ...] | None = None
    provenance: str = "own"

    @property
    def named_codes(self) -> set[str]:
        """The items that its windows and terminals name."""
        windows = {code for each in self.windows or () for code in each.service_codes}
        return windows | {code for each in self.terminals or () for code in each.service_codes}

    @property
    def named_themes(self) -> set[str]:
        """The themes that its windows name."""
        return {theme for window in self.windows or () for theme in window.themes}


@dataclass(frozen=True, kw_only=True, slots=True)
class AgreementDraft:
    """A partner's agreement; ``points`` are keys of points."""

    key: str
    partner_kind: PartnerKind
    partner: str
    service_codes: tuple[str, ...]
    points: tuple[str, ...]
    since: date
    until: date
    provenance: str = "own"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """Which of the items and themes that drafts name the catalog has."""

    codes: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()

    def wrong(self, codes: Iterable[str], themes: Iterable[str] = ()) -> Iterator[Sentences]:
        """What is named and is not there."""
        for code in sorted(set(codes) - self.codes):
            yield f"没有事项“{code}”。", f"there is no item {code}."
        for theme in sorted(set(themes) - self.themes):
            yield f"没有服务主题“{theme}”的事项。", f"there is no item of the theme {theme}."


Sentences = tuple[str, str]  # in Chinese, in English


@dataclass(slots=True)
class _Faults:
    found: list[PlaceFault] = field(default_factory=list)

    def add(self, key: str, wrong: Iterable[Sentences]) -> None:
        self.found += [PlaceFault(key, *each) for each in wrong]


def check_points(drafts: Sequence[PointDraft], offered: Offered | None = None) -> None:
    """Raises ``PlacesFaulty`` with every fault of every point; of items and themes only where ``offered`` is known."""
    faults = _Faults()
    for key, count in Counter(draft.key for draft in drafts).items():
        if count > 1:
            faults.add(key, [("重复。", "is there twice.")])
    terminals = Counter(each.key for draft in drafts for each in draft.terminals or ())
    for draft in drafts:
        faults.add(draft.key, wrong_with(draft))
        if offered is not None:
            faults.add(draft.key, offered.wrong(draft.named_codes, draft.named_themes))
        twice = [each.key for each in draft.terminals or () if terminals[each.key] > 1]
        faults.add(
            draft.key, [(f"终端 {key} 重复。", f"the terminal {key} is there twice.") for key in twice]
        )
    if faults.found:
        raise PlacesFaulty(tuple(faults.found))


def wrong_with(draft: PointDraft) -> Iterator[Sentences]:
    """What is wrong with one point, for itself."""
    if not KEY.fullmatch(draft.key):
        yield (
            "key 应由小写字母、数字和连字符组成。",
            "a key is made of a–z, 0–9 and hyphens, 60 at most.",
        )
    if not 0 < len(draft.name.strip()) <= LONGEST_NAME:
        yield f"名称应有 1 至 {LONGEST_NAME} 字。", f"a name has 1 to {LONGEST_NAME} characters."
    if draft.address is not None and len(draft.address) > LONGEST_ADDRESS:
        yield (
            f"地址过长(上限 {LONGEST_ADDRESS} 字)。",
            f"an address has {LONGEST_ADDRESS} characters at most.",
        )
    yield from wrong_location(draft.longitude, draft.latitude)
    if draft.since is not None and draft.until is not None and draft.until < draft.since:
        yield "截止日期早于起始日期。", "it ends before it begins."
    if draft.kind is PointKind.FIELD and (draft.since is None or draft.until is None):
        yield "临时服务点须写明起止日期。", "a field point states its first and its last day."
    try:
        read_hours(draft.hours)
    except HoursUnreadable as unreadable:
        yield unreadable.message("zh"), unreadable.message("en")
    yield from _wrong_windows(draft.windows or ())


def wrong_location(longitude: float, latitude: float) -> Iterator[Sentences]:
    """What is wrong with a place; NaN is within no bounds."""
    if not (LONGITUDES[0] <= longitude <= LONGITUDES[1] and LATITUDES[0] <= latitude <= LATITUDES[1]):
        yield (
            "经纬度不在中国境内,是否写反了?",
            "the place is not in China; longitude comes first, then latitude.",
        )


def _wrong_windows(windows: Sequence[WindowDraft]) -> Iterator[Sentences]:
    if len(windows) > MOST_WINDOWS:
        yield f"窗口不能超过 {MOST_WINDOWS} 个。", f"a point has {MOST_WINDOWS} windows at most."
    for number, count in Counter(each.number for each in windows).items():
        if count > 1:
            yield f"窗口 {number} 重复。", f"the window {number} is there twice."
    for each in windows:
        named = bool(each.service_codes or each.themes)
        if not 0 < len(each.number) <= 10 or not 0 < len(each.name.strip()) <= LONGEST_NAME:
            yield "窗口应有编号和名称。", "a window needs a number and a name."
        if named is (each.kind is WindowKind.COMPREHENSIVE):
            yield (
                f"窗口 {each.number}:专窗须列明事项或主题,综合窗口不列。",
                f"the window {each.number}: a special one names items or themes, a comprehensive one none.",
            )


def check_agreements(
    drafts: Sequence[AgreementDraft], kinds: Mapping[str, PointKind], offered: Offered | None = None
) -> None:
    """Raises ``PlacesFaulty``. ``kinds`` are the kinds of all points, by key; ``offered`` as in ``check_points``."""
    faults = _Faults()
    uses = Counter(point for draft in drafts for point in draft.points)
    for draft in drafts:
        faults.add(draft.key, _wrong_agreement(draft, kinds))
        if offered is not None:
            faults.add(draft.key, offered.wrong(draft.service_codes))
        shared = [point for point in draft.points if uses[point] > 1]
        faults.add(
            draft.key,
            [(f"服务点 {point} 已有协议。", f"the point {point} has an agreement.") for point in shared],
        )
    if faults.found:
        raise PlacesFaulty(tuple(faults.found))


def _wrong_agreement(draft: AgreementDraft, kinds: Mapping[str, PointKind]) -> Iterator[Sentences]:
    if not KEY.fullmatch(draft.key):
        yield "key 应由小写字母、数字和连字符组成。", "a key is made of a–z, 0–9 and hyphens, 60 at most."
    if not 0 < len(draft.partner.strip()) <= LONGEST_NAME:
        yield "应写明合作单位。", "an agreement names the partner."
    if draft.until < draft.since:
        yield "截止日期早于起始日期。", "it ends before it begins."
    if not draft.service_codes:
        yield "协议应列明事项。", "an agreement names the items."
    for point in draft.points:
        kind = kinds.get(point)
        if kind is None:
            yield f"没有服务点 {point}。", f"there is no service point {point}."
        elif kind not in PARTNER_KINDS or (kind is PointKind.BANK) is not (
            draft.partner_kind is PartnerKind.BANK
        ):
            yield (
                f"服务点 {point} 的类型 {kind} 与合作单位类型 {draft.partner_kind} 不符。",
                f"the point {point} is a {kind}, the partner a {draft.partner_kind}.",
            )
