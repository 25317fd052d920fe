"""Why somebody may or may not: which assignment, which policy line, which area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from bangban.kernel.access.compiled import CompiledPolicy, Verdict
from bangban.kernel.access.grants import Grants
from bangban.kernel.access.lines import LineSource, PolicyLine
from bangban.kernel.access.names import PERMISSION_NAMES, REACH_NAMES, ROLE_NAMES, Name
from bangban.kernel.access.principals import HOLDS, Assignment, Principal, base_of
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission


class Answer(StrEnum):
    """The outcome 结论."""

    YES = "YES"
    OWN_ONLY = "OWN_ONLY"  # on the principal's own rows, wherever they lie
    NO = "NO"


class Reason(StrEnum):
    """What one role or assignment contributes 理由."""

    ALLOWS = "ALLOWS"
    ALLOWS_OWN = "ALLOWS_OWN"
    DENIED = "DENIED"
    NO_LINE = "NO_LINE"
    OUTSIDE = "OUTSIDE"
    NOT_YET = "NOT_YET"
    ENDED = "ENDED"
    OTHER_KIND = "OTHER_KIND"


_ANSWERS: dict[Answer, Name] = {
    Answer.YES: Name("可以", "may"),
    Answer.OWN_ONLY: Name("仅对本人的办件可以", "may, on their own cases only,"),
    Answer.NO: Name("不可以", "may not"),
}

_REASONS: dict[Reason, Name] = {
    Reason.ALLOWS: Name("允许", "allows it"),
    Reason.ALLOWS_OWN: Name("对本人的办件允许", "allows it on their own"),
    Reason.DENIED: Name("被拒绝规则禁止", "is denied it"),
    Reason.NO_LINE: Name("没有授予此权限的规则", "is granted it by no line"),
    Reason.OUTSIDE: Name("规则允许,但所查区域不在其范围内", "would be allowed it, but the area lies outside"),
    Reason.NOT_YET: Name("任职尚未开始", "is not held yet"),
    Reason.ENDED: Name("任职已经结束", "is no longer held"),
    Reason.OTHER_KIND: Name("此类账号不能行使该角色", "is a role this kind of account cannot use"),
}

_MARKS = {Reason.ALLOWS: "✓", Reason.ALLOWS_OWN: "✓"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One role, at one reach, and what comes of it. ``assignment`` is None where none is needed."""

    role: Role
    level: Reach
    reason: Reason
    assignment: Assignment | None = None
    lines: tuple[PolicyLine, ...] = ()

    def text(self, language: str, *, area_names: Mapping[UUID, str]) -> str:
        zh = language.startswith("zh")
        where = REACH_NAMES[self.level].text(language)
        if self.assignment is not None:
            area_id = self.assignment.area_id
            where = f"{where} @ {area_names.get(area_id, str(area_id))}"
        shown = f"{_MARKS.get(self.reason, '✗')} {ROLE_NAMES[self.role].text(language)}"
        shown += f"({where}):" if zh else f" ({where}): "
        shown += _REASONS[self.reason].text(language)
        return "\n".join([shown, *(f"    {_line_text(line, zh=zh)}" for line in self.lines)])


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer with everything that led to it, allowing findings first."""

    principal: Principal
    permission: Permission
    area_path: str | None
    on: date
    answer: Answer
    findings: tuple[Finding, ...]

    @property
    def allowed(self) -> bool:
        """Whether it is allowed whoever's the row is."""
        return self.answer is Answer.YES

    def text(self, language: str, *, area_names: Mapping[UUID, str] | None = None) -> str:
        """Several lines in Chinese or English. Areas without a name in ``area_names`` show their id."""
        names = area_names or {}
        who = self.principal.name or ROLE_NAMES[base_of(self.principal.kind, self.principal.duty)[0]].text(
            language
        )
        what = f"{PERMISSION_NAMES[self.permission].text(language)} ({self.permission})"
        answer = _ANSWERS[self.answer].text(language)
        if language.startswith("zh"):
            where = f"在区域 {_last_name(self.area_path, names)} " if self.area_path else ""
            first = f"{self.on} {who}({self.principal.kind}){where}{answer}{what}。"
        else:
            where = f" in area {_last_name(self.area_path, names)}" if self.area_path else ""
            first = f"On {self.on}, {who} ({self.principal.kind}) {answer} {what}{where}."
        return "\n".join([first, *(each.text(language, area_names=names) for each in self.findings)])


def explain(
    principal: Principal,
    policy: CompiledPolicy,
    permission: Permission,
    *,
    on: date,
    area_path: str | None = None,
) -> Explanation:
    """Explain the permission on the day ``on``, in one area or, without ``area_path``, anywhere."""
    scope = Grants(principal, policy, on=on).scope(permission)
    if scope.covers(area_path) if area_path is not None else scope.whole or scope.paths:
        answer = Answer.YES
    else:
        answer = Answer.OWN_ONLY if scope.own else Answer.NO
    findings = [
        *_of_base(principal, policy, permission),
        *(
            finding
            for assignment in principal.assignments
            for finding in _of_assignment(
                assignment,
                principal=principal,
                policy=policy,
                permission=permission,
                on=on,
                area_path=area_path,
            )
        ),
    ]
    findings.sort(key=lambda finding: finding.reason not in _MARKS)
    return Explanation(principal, permission, area_path, on, answer, tuple(findings))


def _of_base(principal: Principal, policy: CompiledPolicy, permission: Permission) -> Iterator[Finding]:
    role, levels = base_of(principal.kind, principal.duty)
    verdicts = {level: policy.explain(role, level, permission) for level in levels}
    for level, verdict in verdicts.items():
        # A level that says nothing is worth a word only where no level says anything.
        if verdict.allowed or verdict.denying:
            yield _finding(role, level, verdict)
    silent = not any(verdict.allowed or verdict.denying for verdict in verdicts.values())
    if silent and not principal.assignments:
        yield Finding(role, levels[0], Reason.NO_LINE)


def _of_assignment(
    assignment: Assignment,
    *,
    principal: Principal,
    policy: CompiledPolicy,
    permission: Permission,
    on: date,
    area_path: str | None,
) -> Iterator[Finding]:
    role, level = assignment.role, Reach.of(assignment.level)
    unusable = _unusable(principal, assignment, on)
    if unusable is not None:
        yield Finding(role, level, unusable, assignment)
        return
    verdict = policy.explain(role, level, permission)
    if verdict.allowed and area_path is not None and not assignment.covers(area_path):
        yield Finding(role, level, Reason.OUTSIDE, assignment, verdict.allowing)
    else:
        yield _finding(role, level, verdict, assignment)
    for wider in (Reach.OWN, Reach.DISTRICT):
        verdict = policy.explain(role, wider, permission)
        if verdict.allowed:
            yield _finding(role, wider, verdict, assignment)


def _unusable(principal: Principal, assignment: Assignment, on: date) -> Reason | None:
    if assignment.role not in HOLDS.get(principal.kind, frozenset()):
        return Reason.OTHER_KIND
    if assignment.since > on:
        return Reason.NOT_YET
    return None if assignment.counts_on(on) else Reason.ENDED


def _finding(role: Role, level: Reach, verdict: Verdict, assignment: Assignment | None = None) -> Finding:
    if verdict.allowed:
        reason = Reason.ALLOWS_OWN if level is Reach.OWN else Reason.ALLOWS
        return Finding(role, level, reason, assignment, verdict.allowing)
    reason = Reason.DENIED if verdict.denying else Reason.NO_LINE
    return Finding(role, level, reason, assignment, verdict.denying)


def _line_text(line: PolicyLine, *, zh: bool) -> str:
    shipped = line.source is LineSource.SHIPPED
    if zh:
        return f"{'内置' if shipped else '地区'}规则第 {line.number} 行:{line.text}"
    return f"{'shipped' if shipped else 'district'} policy, line {line.number}: {line.text}"


def _last_name(path: str | None, names: Mapping[UUID, str]) -> str:
    """The name of the area a path ends in, or the path itself."""
    by_label = {area_id.hex: name for area_id, name in names.items()}
    return by_label.get((path or "").rpartition(".")[2], path or "")
