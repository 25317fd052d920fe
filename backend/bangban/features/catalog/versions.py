"""Versions of what the catalog publishes. Pure: what is stored and a draft go in, what to write comes out.

A version that was once published stays as it was, since cases began with it; only its end may be set.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from bangban.features.catalog.drafts import ItemFault

# What may differ between a version and its draft without making another version of it.
_NOT_CONTENT = frozenset({"version", "effective_from", "effective_to"})


class Versioned(Protocol):
    """A draft, which is a dataclass, of one version of something."""

    @property
    def code(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def effective_from(self) -> date: ...

    @property
    def effective_to(self) -> date | None: ...


V = TypeVar("V", bound=Versioned)


@dataclass(frozen=True, kw_only=True, slots=True)
class LatestVersion:
    """The newest stored version."""

    version: int
    effective_from: date
    effective_to: date | None
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionPlan:
    """What publishing a draft writes: perhaps a new version, perhaps an end of the one before."""

    version: int | None = None  # None where no new version comes
    effective_from: date | None = None
    end_former_on: date | None = None

    @property
    def writes(self) -> bool:
        return self.version is not None or self.end_former_on is not None


def content_of(draft: Versioned) -> str:
    """A digest of all that makes a version what it is."""
    written: Mapping[str, Any] = asdict(draft)  # type: ignore[call-overload]  # no protocol says "a dataclass"
    fields = {key: value for key, value in written.items() if key not in _NOT_CONTENT}
    for late in ("delegated_only", "result_before_supplied"):
        if fields.get(late) is False:  # items of before there was such a field are what they were
            del fields[late]
    if fields.get("mobile") is None:  # the same
        fields.pop("mobile", None)
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def standing(versions: Iterable[V], today: date) -> list[tuple[V, date | None]]:
    """Of each code the version that holds today, else the first to come, and the day on which it ends by itself.

    ``versions`` in their order. What only gives way to the next version has no end of its own; what is over is nowhere.
    """
    lasting: dict[str, list[V]] = {}
    for each in versions:
        if each.effective_to is None or each.effective_to > today:
            lasting.setdefault(each.code, []).append(each)
    return [
        (
            first,
            None if any(each.effective_from == first.effective_to for each in later) else first.effective_to,
        )
        for first, *later in lasting.values()
    ]


def plan_version(
    draft: Versioned, latest: LatestVersion | None, *, changed_from: date | None = None
) -> VersionPlan | ItemFault:
    """What publishing ``draft`` means, or why it cannot be.

    The same content leaves the version as it is, but for an end that the draft now states. Other content
    becomes the next version, from the draft's date, or from ``changed_from`` where the draft's date has not
    moved; the version before ends there.
    """
    if latest is None:
        return VersionPlan(version=draft.version, effective_from=draft.effective_from)
    if content_of(draft) == latest.content:
        comes_back = latest.effective_to is not None and draft.effective_from >= latest.effective_to
        if not comes_back:
            return _ending(draft, latest)
    start = draft.effective_from
    if start <= latest.effective_from:
        if changed_from is None:
            return ItemFault(
                "effective_from",
                "EFFECTIVE_NOT_LATER",
                f"内容已变更,生效日期应晚于现行版本的 {latest.effective_from}。",
                f"The content changed, so it must take effect after {latest.effective_from}, when the last "
                "version did.",
            )
        start = max(changed_from, latest.effective_from + timedelta(days=1))
    if draft.effective_to is not None and draft.effective_to <= start:
        return ItemFault(
            "effective_to", "DATES_REVERSED", "失效日期应晚于生效日期。", "It must end after it begins."
        )
    runs_on = latest.effective_to is None or latest.effective_to > start
    return VersionPlan(
        version=max(latest.version + 1, draft.version),
        effective_from=start,
        end_former_on=start if runs_on else None,
    )


def _ending(draft: Versioned, latest: LatestVersion) -> VersionPlan | ItemFault:
    if draft.effective_to is None or draft.effective_to == latest.effective_to:
        return VersionPlan()
    if draft.effective_to <= latest.effective_from:
        return ItemFault(
            "effective_to", "DATES_REVERSED", "失效日期应晚于生效日期。", "It must end after it begins."
        )
    return VersionPlan(end_former_on=draft.effective_to)
