"""People, posts and teams as an import states them, and what is wrong with them by themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bangban.features.people.problems import AuditorApart, PeopleFault, PeopleFaulty
from bangban.features.people.rules import HOLDABLE_ROLES, Dated, check_apart
from bangban.kernel.access.roles import Role
from bangban.kernel.identifiers.names import shown_name


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffDraft:
    """A member of staff as an import states them; ``key`` never changes."""

    key: str
    name: str
    login: str | None = None
    source: str | None = None
    full_time: bool = True
    active: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamDraft:
    """A team; ``area`` is an area's key. ``until`` is the last day."""

    key: str
    name: str
    kind: str
    brand: str | None = None
    area: str | None = None
    department: str | None = None
    name_en: str | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AssignmentDraft:
    """A role held at an area; ``staff``, ``area`` and ``point`` are keys. ``until`` is the last day."""

    staff: str
    role: str
    area: str
    since: date
    until: date | None = None
    point: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipDraft:
    """Somebody's time in a team; ``team`` and ``staff`` are keys. ``until`` is the last day."""

    team: str
    staff: str
    since: date
    until: date | None = None
    lead: bool = False
    full_time: bool = True


def check_drafts(
    staff: Sequence[StaffDraft],
    assignments: Sequence[AssignmentDraft],
    teams: Sequence[TeamDraft],
    memberships: Sequence[MembershipDraft],
) -> None:
    """Whether the drafts are right by themselves. Raises ``PeopleFaulty`` with every fault."""
    faults = (
        *_twice((draft.key for draft in staff), "人员", "person"),
        *_twice((draft.key for draft in teams), "队伍", "team"),
        *_twice((draft.login for draft in staff if draft.login), "登录名", "login"),
        *_nameless(staff),
        *_nameless(teams),
        *(fault for draft in assignments for fault in _assignment_faults(draft)),
        *(_reversed(f"{each.team}/{each.staff}") for each in memberships if _backwards(each)),
        *_apart(assignments),
    )
    if faults:
        raise PeopleFaulty(faults)


def resolve(
    keys: Iterable[tuple[str, str]], known: Mapping[str, UUID], *, zh: str, en: str
) -> Iterator[PeopleFault]:
    """A fault for each (draft, reference) whose reference is not known."""
    for draft, reference in keys:
        if reference not in known:
            yield PeopleFault(draft, f"没有{zh}“{reference}”。", f"there is no {en} {reference}.")


def _twice(keys: Iterable[str], zh: str, en: str) -> Iterator[PeopleFault]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            yield PeopleFault(key, f"{zh}重复。", f"this {en} stands here twice.")
        seen.add(key)


def _nameless(drafts: Iterable[StaffDraft | TeamDraft]) -> Iterator[PeopleFault]:
    for draft in drafts:
        if not draft.key.strip() or shown_name(draft.name) is None:
            yield PeopleFault(draft.key, "应有键和名称。", "a key and a name are needed.")


def _assignment_faults(draft: AssignmentDraft) -> Iterator[PeopleFault]:
    if draft.role not in HOLDABLE_ROLES:
        yield PeopleFault(draft.staff, f"没有角色“{draft.role}”。", f"there is no role {draft.role} to hold.")
    if draft.role == Role.PARTNER_CLERK and draft.point is None:
        yield PeopleFault(
            draft.staff, "合作网点人员须指定服务点。", "a partner's clerk needs a service point."
        )
    if _backwards(draft):
        yield _reversed(draft.staff)


def _apart(assignments: Iterable[AssignmentDraft]) -> Iterator[PeopleFault]:
    of_person: dict[str, list[tuple[str, Dated]]] = {}
    for draft in assignments:
        of_person.setdefault(draft.staff, []).append((draft.role, draft))
    for key, held in of_person.items():
        try:
            check_apart(held)
        except AuditorApart as apart:
            yield PeopleFault(key, apart.message("zh"), apart.message("en"))


def _backwards(period: Dated) -> bool:
    return period.until is not None and period.until < period.since


def _reversed(key: str) -> PeopleFault:
    return PeopleFault(key, "结束日期早于开始日期。", "it ends before it begins.")
