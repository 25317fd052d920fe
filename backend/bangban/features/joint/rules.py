"""Rules of joint handling 联办 (DOMAIN D11, D16, E01, E02, invariant 12). Pure: facts in, decisions out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bangban.features.bundles.drafts import FormField
from bangban.features.bundles.rules import SEPARATOR
from bangban.features.cases.rules.facts import AFTER_ACCEPTANCE, BEFORE_ACCEPTANCE, LIVE
from bangban.features.cases.rules.materials import SUPPLIABLE
from bangban.features.cases.values import CaseOutcome, CaseState, MaterialState
from bangban.features.joint.problems import NothingToRelease, NotIssuable, ResultsAwaited
from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.identifiers import free_words, refuse_unfit
from bangban.kernel.problems import InvalidInput

FEWEST_TOGETHER = 2
MOST_TOGETHER = 30
LONGEST_VALUE = 500

DONE = frozenset({CaseState.COMPLETED, CaseState.CLOSED})
Paper = tuple[str, str]
"""An item's code and its material's."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One case of an application. ``papers`` are the states of its materials, by code."""

    case_id: UUID
    number: str
    item: str
    state: CaseState
    outcome: CaseOutcome | None = None
    resident_id: UUID | None = None
    released: bool = False
    joined: bool = False  # it belongs to an application already
    papers: tuple[tuple[str, MaterialState], ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether it came to what was asked for."""
        return succeeded(self.state, self.outcome)


def succeeded(state: CaseState, outcome: CaseOutcome | None) -> bool:
    """Whether a case came to what was asked for."""
    return state in DONE and outcome is not CaseOutcome.REFUSED


# ---------------------------------------------------------------------- applying


def chosen_items(items: Sequence[str], optional: Collection[str], wanted: Sequence[str] | None) -> list[str]:
    """The matters of an application: all of them, or ``wanted``, which may leave out optional ones only.

    Raises:
        InvalidInput: Something is no matter of the bundle, stands twice, or may not be left out.
    """
    if wanted is None:
        return list(items)
    unknown = [code for code in wanted if code not in items]
    owed = [code for code in items if code not in optional and code not in wanted]
    if unknown or owed or not wanted or len(set(wanted)) != len(wanted):
        if unknown:
            en = f"These are no matters of this bundle: {', '.join(unknown)}."
            zh = f"本件事不包含以下事项:{'、'.join(unknown)}。"
        elif owed:
            en = f"These matters cannot be left out: {', '.join(owed)}."
            zh = f"以下事项不能缺少:{'、'.join(owed)}。"
        else:
            en, zh = "Name at least one matter, and each of them once.", "请至少选择一个事项,且不要重复。"
        raise InvalidInput(en, zh, fields=("input.services",))
    return [code for code in items if code in wanted]


def filled_form(fields: Sequence[FormField], given: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """The shared form as filled in, in the form's order.

    Raises:
        InvalidInput: A line is unknown, stands twice, is too long, or is missing; all of these are named.
        NumberInText: An identity number or a mobile phone, which the applicant's own fields take.
    """
    values = {key: value.strip() for key, value in given}
    # A line that is not there is missing of the form.
    places = defaultdict(lambda: "input.form", {key: f"input.form.{i}" for i, (key, _) in enumerate(given)})
    known = {each.key for each in fields}
    wrong = [key for key in values if key not in known]
    wrong += [key for key, count in Counter(key for key, _ in given).items() if count > 1]
    wrong += [key for key, value in values.items() if len(value) > LONGEST_VALUE]
    missing = [each for each in fields if each.required and not values.get(each.key)]
    if wrong or missing:
        raise InvalidInput(
            "The form is not filled in as it should be: "
            + ", ".join([*wrong, *(f"{each.en} ({each.key})" for each in missing)])
            + ".",
            "表单填写不符合要求:"
            + "、".join([*wrong, *(f"{each.zh}({each.key})" for each in missing)])
            + "。",
            fields=tuple(dict.fromkeys(places[key] for key in (*wrong, *(each.key for each in missing)))),
        )
    for index, (_, value) in enumerate(given):
        refuse_unfit(value, fields=(f"input.form.{index}.value",))
    return [{"key": each.key, "value": values[each.key]} for each in fields if values.get(each.key)]


def supplied_codes(keys: Sequence[str], key_of: Mapping[Paper, str]) -> dict[str, list[str]]:
    """Which material codes of which items ``keys`` stand for: a paper given once is given to all who need it.

    Raises:
        InvalidInput: A key is unknown or named twice.
    """
    _require_known(keys, set(key_of.values()), field="input.supplied")
    wanted = set(keys)
    found: dict[str, list[str]] = {}
    for (item, code), key in key_of.items():
        if key in wanted:
            found.setdefault(item, []).append(code)
    return found


def paper_key(paper: Paper, shared: Mapping[Paper, str]) -> str:
    """The key under which a paper is given: what the bundle calls it, or item and code where it is not shared."""
    return shared.get(paper, SEPARATOR.join(paper))


# ---------------------------------------------------------------------- afterwards


def plan_supply(
    members: Sequence[Member], keys: Sequence[str], key_of: Mapping[Paper, str]
) -> list[tuple[Member, list[str]]]:
    """Which papers go to which cases, in the cases' order: to every one that still waits for them.

    Cases that are over wait for nothing, and so never stand in the way of the others.

    Raises:
        InvalidInput: A key is unknown or named twice, or no case waits for any of them.
    """
    known = {_key(member, code, key_of) for member in members for code, _ in member.papers}
    _require_known(keys, known, field="input.materials")
    wanted = set(keys)
    plan = []
    for member in members:
        waited_for = _waited_for(member.state)
        codes = [
            code
            for code, state in member.papers
            if state in waited_for and _key(member, code, key_of) in wanted
        ]
        if codes:
            plan.append((member, codes))
    if not plan:
        raise InvalidInput(
            "None of these materials is waited for.", "所列材料均无需再补。", fields=("input.materials",)
        )
    return plan


def release(
    members: Sequence[Member], choice: ReleaseChoice, *, in_parts: bool
) -> tuple[ReleaseChoice, list[Member]]:
    """Which results are given out now, and the applicant's choice afterwards (DOMAIN D11).

    Raises:
        ResultsAwaited: The results are wanted together, and cases are open.
        NothingToRelease: There is no result that was not given out already.
    """
    after = ReleaseChoice.IN_PARTS if in_parts else choice
    still_open = [each.number for each in members if each.state in LIVE]
    if still_open and after is ReleaseChoice.TOGETHER:
        raise ResultsAwaited(still_open)
    decided = [each for each in members if each.state in DONE and not each.released]
    if after is choice and not any(each.succeeded for each in decided):  # a refusal alone waits for nobody
        raise NothingToRelease
    return after, decided


def word_of_applicant(reason: str | None, *, by_staff: bool) -> str | None:
    """How the applicant asked for another choice of results (DOMAIN D11): staff who change it say so, applicants need
    not say why.

    Raises:
        InvalidInput: Staff say nothing.
        WordsUnseen, NumberInText: As ``free_words``.
    """
    said = free_words(reason, fields=("input.reason",))
    if by_staff and said is None:
        raise InvalidInput(
            "How results are given out is the applicant's choice. Say how the applicant asked for this.",
            "结果领取方式由申请人选择,请说明申请人的意愿。",
            fields=("input.reason",),
        )
    return said if by_staff else None


def join(members: Sequence[Member]) -> None:
    """Refuse to put cases together that are not one applicant's, that are over, or that belong together already.

    Raises:
        InvalidInput: Too few or too many, or a case stands twice.
        NotIssuable: With every reason of every case.
    """
    numbers = [each.number for each in members]
    if not FEWEST_TOGETHER <= len(numbers) <= MOST_TOGETHER or len(set(numbers)) != len(numbers):
        raise InvalidInput(
            f"Name {FEWEST_TOGETHER} to {MOST_TOGETHER} cases, each of them once.",
            f"请列出 {FEWEST_TOGETHER} 至 {MOST_TOGETHER} 个办件,且不要重复。",
            fields=("input.caseNumbers",),
        )
    reasons: list[tuple[str, str, str]] = []
    for each in members:
        if each.resident_id != members[0].resident_id:
            reasons.append((each.number, "申请人不同", "of another applicant"))
        if each.state not in LIVE | {CaseState.COMPLETED}:
            reasons.append((each.number, "已结束", "over"))
        if each.joined:
            reasons.append((each.number, "已在其他一件事中", "in a bundle already"))
    if reasons:
        raise NotIssuable(reasons)


def _waited_for(state: CaseState) -> Collection[MaterialState]:
    if state in BEFORE_ACCEPTANCE:
        return SUPPLIABLE
    # A completed case has a promised material only where its result stands on the condition of it.
    return {MaterialState.TOLERATED} if state in AFTER_ACCEPTANCE | {CaseState.COMPLETED} else ()


def _key(member: Member, code: str, shared: Mapping[Paper, str]) -> str:
    return paper_key((member.item, code), shared)


def _require_known(keys: Sequence[str], known: Collection[str], *, field: str) -> None:
    unknown = [key for key in keys if key not in known]
    if unknown or len(set(keys)) != len(keys):
        raise InvalidInput(
            f"No such material: {', '.join(unknown)}." if unknown else "Name each material once.",
            f"没有以下材料:{'、'.join(unknown)}。" if unknown else "每份材料只列一次。",
            fields=(field,),
        )
