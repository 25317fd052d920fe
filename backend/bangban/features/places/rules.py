"""The rules of service points: what a point, its windows and a partner's agreement may be. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bangban.features.places.drafts import AgreementDraft, CrowdDraft, PointDraft, WindowDraft
from bangban.features.places.hours import read_hours
from bangban.features.places.problems import HoursUnreadable, PlacesFaulty
from bangban.features.places.values import (
    LONGEST_WAIT,
    MOST_WAITING,
    PARTNER_KINDS,
    PartnerKind,
    PointKind,
    WindowKind,
)
from bangban.kernel.faulty import Place, PlacedFault
from bangban.kernel.identifiers.names import shown_name

KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
LONGEST_NAME: Final = 100
LONGEST_ADDRESS: Final = 300
MOST_WINDOWS: Final = 200
LONGEST_NUMBER: Final = 10  # of a window
LONGITUDES: Final = (73.0, 136.0)  # of China, so that the two numbers are not given in the wrong order
LATITUDES: Final = (3.0, 54.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """Which of the items and themes that drafts name the catalog has."""

    codes: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()

    def wrong(self, codes: Iterable[str], themes: Iterable[str] = (), *, at: Place = ()) -> Iterator[Wrong]:
        """What is named there and is not to be had."""
        for code in sorted(set(codes) - self.codes):
            place = (*at, "service_codes", code)
            yield Wrong(f"没有事项“{code}”。", f"there is no item {code}.", place)
        for theme in sorted(set(themes) - self.themes):
            zh, en = f"没有服务主题“{theme}”的事项。", f"there is no item of the theme {theme}."
            yield Wrong(zh, en, (*at, "themes", theme))

    def wrong_with(self, point: PointDraft) -> Iterator[Wrong]:
        """What a point's windows and terminals name and is not to be had."""
        for index, window in enumerate(point.windows or ()):
            yield from self.wrong(window.service_codes, window.themes, at=("windows", index))
        for index, terminal in enumerate(point.terminals or ()):
            yield from self.wrong(terminal.service_codes, at=("terminals", index))


class Wrong(NamedTuple):
    """What is wrong, in Chinese and in English, and where in the draft."""

    zh: str
    en: str
    place: Place


@dataclass(slots=True)
class _Faults:
    found: list[PlacedFault] = field(default_factory=list)

    def add(self, key: str, wrong: Iterable[Wrong]) -> None:
        self.found += [PlacedFault(key, each.place, each.zh, each.en) for each in wrong]


def check_points(drafts: Sequence[PointDraft], offered: Offered | None = None) -> None:
    """Raises ``PlacesFaulty`` with every fault of every point; of items and themes only where ``offered`` is known."""
    faults = _Faults()
    for key, count in Counter(draft.key for draft in drafts).items():
        if count > 1:
            faults.add(key, [Wrong("重复。", "is there twice.", ("key",))])
    terminals = Counter(each.key for draft in drafts for each in draft.terminals or ())
    for draft in drafts:
        faults.add(draft.key, wrong_with(draft))
        if offered is not None:
            faults.add(draft.key, offered.wrong_with(draft))
        for index, each in enumerate(draft.terminals or ()):
            if terminals[each.key] > 1:
                zh, en = f"终端 {each.key} 重复。", f"the terminal {each.key} is there twice."
                faults.add(draft.key, [Wrong(zh, en, ("terminals", index, "key"))])
    if faults.found:
        raise PlacesFaulty(faults.found)


def wrong_with(draft: PointDraft) -> Iterator[Wrong]:
    """What is wrong with one point, for itself."""
    yield from _wrong_key(draft.key)
    if _wrong_name(draft.name):
        yield Wrong(
            f"名称应有 1 至 {LONGEST_NAME} 字,不含换行和不可见字符。",
            f"a name has 1 to {LONGEST_NAME} characters, on one line and without invisible ones.",
            ("name",),
        )
    if draft.address is not None and len(draft.address) > LONGEST_ADDRESS:
        yield Wrong(
            f"地址过长(上限 {LONGEST_ADDRESS} 字)。",
            f"an address has {LONGEST_ADDRESS} characters at most.",
            ("address",),
        )
    yield from (Wrong(zh, en, ("location",)) for zh, en in wrong_location(draft.longitude, draft.latitude))
    if draft.since is not None and draft.until is not None and draft.until < draft.since:
        yield _REVERSED
    if draft.kind is PointKind.FIELD and (draft.since is None or draft.until is None):
        lacking = "since" if draft.since is None else "until"
        zh, en = "临时服务点须写明起止日期。", "a field point states its first and its last day."
        yield Wrong(zh, en, (lacking,))
    try:
        read_hours(draft.hours)
    except HoursUnreadable as unreadable:
        yield Wrong(unreadable.message("zh"), unreadable.message("en"), ("hours",))
    yield from _wrong_windows(draft.windows or ())
    if draft.crowd is not None:
        yield from _wrong_crowd(draft.crowd)


_REVERSED: Final = Wrong("截止日期早于起始日期。", "it ends before it begins.", ("until",))


def _wrong_key(key: str) -> Iterator[Wrong]:
    if not KEY.fullmatch(key):
        yield Wrong(
            "key 应由小写字母、数字和连字符组成。",
            "a key is made of a–z, 0–9 and hyphens, 60 at most.",
            ("key",),
        )


def natural(number: str) -> tuple[str, str]:
    """What numbers of windows, which are texts, are sorted by: 2 before 10, and what people wrote where that is alike.

    ``sql.natural`` says the same to PostgreSQL.
    """
    return re.sub("[0-9]+", lambda digits: digits[0].zfill(LONGEST_NUMBER), number), number


def is_longitude(degrees: float) -> bool:
    """Whether a meridian runs through China. None of these numbers is a latitude of it, nor the other way round."""
    return LONGITUDES[0] <= degrees <= LONGITUDES[1]


def is_latitude(degrees: float) -> bool:
    """Whether a parallel runs through China."""
    return LATITUDES[0] <= degrees <= LATITUDES[1]


def wrong_location(longitude: float, latitude: float) -> Iterator[tuple[str, str]]:
    """What is wrong with a place; NaN is within no bounds."""
    if not (is_longitude(longitude) and is_latitude(latitude)):
        yield (
            "经纬度不在中国境内,是否写反了?",
            "the place is not in China; longitude comes first, then latitude.",
        )


def _wrong_name(name: str) -> bool:
    return shown_name(name) is None or len(name.strip()) > LONGEST_NAME


def _wrong_windows(windows: Sequence[WindowDraft]) -> Iterator[Wrong]:
    if len(windows) > MOST_WINDOWS:
        zh, en = f"窗口不能超过 {MOST_WINDOWS} 个。", f"a point has {MOST_WINDOWS} windows at most."
        yield Wrong(zh, en, ("windows",))
    numbers: set[str] = set()
    for index, each in enumerate(windows):
        at = ("windows", index)
        if each.number in numbers:
            zh, en = f"窗口 {each.number} 重复。", f"the window {each.number} is there twice."
            yield Wrong(zh, en, (*at, "number"))
        numbers.add(each.number)
        named = bool(each.service_codes or each.themes)
        numbered = 0 < len(each.number) <= LONGEST_NUMBER
        if not numbered or _wrong_name(each.name):
            zh, en = "窗口应有编号和名称。", "a window needs a number and a name."
            yield Wrong(zh, en, (*at, "name" if numbered else "number"))
        if named is (each.kind is WindowKind.COMPREHENSIVE):
            yield Wrong(
                f"窗口 {each.number}:专窗须列明事项或主题,综合窗口不列。",
                f"the window {each.number}: a special one names items or themes, a comprehensive one none.",
                (*at, "kind"),
            )


def _wrong_crowd(crowd: CrowdDraft) -> Iterator[Wrong]:
    if crowd.queue_length is not None and not 1 <= crowd.queue_length <= MOST_WAITING:
        yield Wrong(
            f"拥堵标准的排队人数为 1 至 {MOST_WAITING}。",
            f"a queue is a crowd from more than 1 to {MOST_WAITING} people on.",
            ("crowd", "queue_length"),
        )
    if crowd.wait_minutes is not None and not 1 <= crowd.wait_minutes <= LONGEST_WAIT:
        yield Wrong(
            f"拥堵标准的等候时间为 1 至 {LONGEST_WAIT} 分钟。",
            f"a wait is a crowd from 1 to {LONGEST_WAIT} minutes on.",
            ("crowd", "wait_minutes"),
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
            [
                Wrong(f"服务点 {key} 已有协议。", f"the point {key} has an agreement.", ("points", key))
                for key in shared
            ],
        )
    if faults.found:
        raise PlacesFaulty(faults.found)


def _wrong_agreement(draft: AgreementDraft, kinds: Mapping[str, PointKind]) -> Iterator[Wrong]:
    yield from _wrong_key(draft.key)
    if _wrong_name(draft.partner):
        yield Wrong("应写明合作单位。", "an agreement names the partner.", ("partner",))
    if draft.until < draft.since:
        yield _REVERSED
    if not draft.service_codes:
        yield Wrong("协议应列明事项。", "an agreement names the items.", ("service_codes",))
    for point in draft.points:
        kind = kinds.get(point)
        if kind is None:
            yield Wrong(f"没有服务点 {point}。", f"there is no service point {point}.", ("points", point))
        elif kind not in PARTNER_KINDS or (kind is PointKind.BANK) is not (
            draft.partner_kind is PartnerKind.BANK
        ):
            yield Wrong(
                f"服务点 {point} 的类型 {kind} 与合作单位类型 {draft.partner_kind} 不符。",
                f"the point {point} is a {kind}, the partner a {draft.partner_kind}.",
                ("points", point),
            )
