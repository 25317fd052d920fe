"""Working out what an import of staff changes, person by person, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from bangban.features.people.contacts import KINDS, contact_of, set_contact
from bangban.features.people.staff_plan import OUTSIDE, StaffPlan, Stored
from bangban.features.people.staff_posts import StaffPosts
from bangban.features.people.staff_sheet import PersonLines, same_posts
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.grants import Scope
from bangban.kernel.ids import new_id
from bangban.kernel.vault.district import DistrictVault

_NOT_KEPT: Final = (
    "此人在您管理的区域之外另有任职,其资料须由上级管理员修改。",
    "This person also holds posts outside the area that you manage; an administrator above changes their entry.",
)


@dataclass(kw_only=True)
class Planner:
    """Plans one import. Changes the stored rows in memory; whoever only previews forgets them."""

    stored: Stored
    scope: Scope
    vault: DistrictVault
    plan: StaffPlan
    posts: StaffPosts

    def person(self, number: str, given: PersonLines) -> None:
        """Take one person in."""
        row, fresh = self._row(number, given)
        if row is None:
            return
        changes = self._facts(row, given, fresh=fresh)
        posts = [held for each in same_posts(given.posts) if (held := self.posts.post(row, each)) is not None]
        if fresh and not self.scope.whole and not posts:
            self.plan.say(given.line, "area", *OUTSIDE)
        if changes and not fresh and row.id not in self.stored.managed:
            self.plan.say(given.line, None, *_NOT_KEPT)
        if fresh:
            self.plan.added.append(row)
        elif changes:
            self.plan.changed.append(row)
        else:
            self.plan.unchanged += 1
        self.posts.periods(row, given, posts)

    def _row(self, number: str, given: PersonLines) -> tuple[StaffRow | None, bool]:
        login = given.facts.get("login")
        known = self.stored.staff.get(number)
        holder = self.stored.logins.get(login) if login is not None else None
        if known is None and holder is not None and holder.key == login:
            known = holder  # had no number of their own before
        if known is not None and known.portal_origins is not None:
            self.plan.say(
                given.line, "login", "这是门户账号,不是人员。", "This is a portal's account, not a person."
            )
            return None, False
        if holder is not None and holder is not known:
            self.plan.say(
                given.said["login"],
                "login",
                f"登录名 {login} 已由{holder.name}使用。",
                f"The login {login} is {holder.name}'s.",
            )
            return None, False
        if known is not None:
            return known, False
        name = given.facts.get("name")
        if name is None:
            return None, False  # said already
        return StaffRow(id=new_id(), key=number, name=name), True

    def _facts(self, row: StaffRow, given: PersonLines, *, fresh: bool) -> bool:
        changed = False
        for name, value in given.facts.items():
            before, after = self._put(row, name, value)
            if before != after:
                changed = True
                self.plan.differ(given.said[name], row.name, name, before, after)
        if fresh:
            self.plan.differ(given.line, row.name, "new", None, row.name)
        return changed

    def _put(self, row: StaffRow, name: str, value: str) -> tuple[str | None, str]:
        """Set one fact; how it was and is shown, masked where it is personal."""
        if name in KINDS:
            mask, was = KINDS[name].mask, contact_of(self.vault, row, name)
            changed = set_contact(self.vault, row, name, value)
            return (_shown(was, mask), mask(value)) if changed else (value, value)
        wished: Any = value == "true" if name == "full_time" else value
        column = "key" if name == "number" else name
        before = getattr(row, column)
        setattr(row, column, wished)
        return (None if before is None else str(before)), str(wished)


def _shown(text: str | None, mask: Any) -> str | None:
    """A contact as it was, masked."""
    return None if text is None else mask(text)
