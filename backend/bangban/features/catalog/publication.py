"""What is to be published, and what publishing it would change. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from bangban.features.catalog.comparing import ChangedBy, Difference, differences, fields_of, patch_of
from bangban.features.catalog.drafts import ItemDraft, ItemFault
from bangban.features.catalog.problems import FaultOfItem, ItemFaulty
from bangban.features.catalog.rules import check_item
from bangban.features.catalog.versions import LatestVersion, VersionPlan, content_of, plan_version

OWN, TEMPLATE, ADAPTED = "own", "template", "adapted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """The text of a template that an item follows: which template, the text's digest, its fields."""

    template: str
    content: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """An item to publish, and how it came here: ``template`` (as it is), ``adapted`` or ``own``."""

    draft: ItemDraft
    origin: str = OWN
    provenance: str | None = None
    taken: Taken | None = None

    @property
    def taken_from(self) -> dict[str, Any] | None:
        """What the item's row remembers of the template."""
        if self.taken is None:
            return None
        return {
            "template": self.taken.template,
            "content": self.taken.content,
            "was": patch_of(fields_of(self.draft), self.taken.fields),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored(LatestVersion):
    """The newest stored version of an item with its text, and the template's as it was taken, where known."""

    id: UUID
    code: str
    name: str
    origin: str
    provenance: str | None
    taken_from: Mapping[str, Any] | None
    ours: Mapping[str, Any]
    base: Mapping[str, Any] | None
    codes: tuple[str, ...]  # of its materials, in order

    @property
    def follows(self) -> bool:
        """Whether it came from a template."""
        return self.origin != OWN

    @property
    def taken(self) -> Taken | None:
        """What it was taken from; None for own items, and where nobody wrote it down."""
        if self.taken_from is None or self.base is None:
            return None
        return Taken(
            template=self.taken_from["template"], content=self.taken_from["content"], fields=self.base
        )

    def offered(self, on: date) -> bool:
        """Whether it is offered on the day, or will be."""
        return self.effective_to is None or self.effective_to > on


class ChangeKind(StrEnum):
    """What becomes of an item 变更类型."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    WITHDRAWN = "WITHDRAWN"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What becomes of one item. ``differences`` are what the district has beside what it would have."""

    code: str
    name: str
    kind: ChangeKind
    version: int | None = None
    effective_from: date | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A publication with all that writing it takes."""

    publication: Publication
    plan: VersionPlan
    stored: Stored | None

    @property
    def marks(self) -> bool:
        """Whether the version that is there only has to remember another origin."""
        return (
            self.plan.version is None
            and self.stored is not None
            and self.publication.taken is not None
            and (self.stored.origin, self.stored.taken_from)
            != (self.publication.origin, self.publication.taken_from)
        )

    @property
    def change(self) -> Change:
        """What becomes of the item."""
        draft, stored = self.publication.draft, self.stored
        if self.plan.version is None:
            ends = self.plan.end_former_on is not None
            kind = ChangeKind.WITHDRAWN if ends else ChangeKind.UNCHANGED
            return Change(code=draft.code, name=draft.name, kind=kind)
        return Change(
            code=draft.code,
            name=draft.name,
            kind=ChangeKind.CREATED if stored is None else ChangeKind.CHANGED,
            version=self.plan.version,
            effective_from=self.plan.effective_from,
            differences=() if stored is None else _by_district(stored, draft),
        )


def changed_item(draft: ItemDraft, stored: Stored | None) -> Publication:
    """The district's own text of an item, which goes on following its template where it follows one."""
    if stored is None or not stored.follows:
        return Publication(draft=draft)
    taken = stored.taken
    changed = taken is None or bool(patch_of(fields_of(draft), taken.fields))
    return Publication(
        draft=draft,
        origin=ADAPTED if changed else TEMPLATE,
        provenance=stored.provenance,
        taken=taken,
    )


def plan_items(
    wished: Iterable[Publication], stored: Mapping[str, Stored], *, changed_from: date | None
) -> list[Planned]:
    """What publishing them writes. Raises ``ItemFaulty`` with every fault of every item."""
    found, faults = try_items(list(wished), stored, changed_from=changed_from)
    if faults:
        raise ItemFaulty(tuple(FaultOfItem(wish.draft.code, fault) for wish, fault in faults))
    return found


def try_items(
    wished: Sequence[Publication], stored: Mapping[str, Stored], *, changed_from: date | None
) -> tuple[list[Planned], list[tuple[Publication, ItemFault]]]:
    """The same with the faults beside it."""
    faults: list[tuple[Publication, ItemFault]] = []
    planned: list[Planned] = []
    seen: set[str] = set()
    for each in wished:
        code = each.draft.code
        faults += [(each, fault) for fault in check_item(each.draft)]
        if code in seen:
            faults.append(
                (each, ItemFault("code", "CODE_TWICE", "事项编码重复。", "This code is used twice."))
            )
        seen.add(code)
        plan = plan_version(each.draft, _as_written(each.draft, stored.get(code)), changed_from=changed_from)
        if isinstance(plan, ItemFault):
            faults.append((each, plan))
        else:
            planned.append(Planned(publication=each, plan=plan, stored=stored.get(code)))
    return planned, faults


def _as_written(draft: ItemDraft, stored: Stored | None) -> LatestVersion | None:
    """The stored version; by the draft's digest where both say the same, as 12.5 and 12.50 do."""
    if stored is None or fields_of(draft) != stored.ours:
        return stored
    in_order = tuple(each.code for each in draft.materials) == stored.codes
    return replace(stored, content=content_of(draft)) if in_order else stored


def _by_district(stored: Stored, draft: ItemDraft) -> tuple[Difference, ...]:
    """Old text beside new. Who made them differ is told where a template is compared, not here."""
    found = differences(stored.ours, fields_of(draft), stored.ours)
    return tuple(replace(each, changed_by=ChangedBy.DISTRICT) for each in found)
