"""Rules about the materials of a case: what is missing, what one notice must name, what may follow later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bangban.features.cases.paper_problems import (
    MaterialsMissing,
    NoticeIncomplete,
    NotTolerable,
    PromiseOutsideLimit,
)
from bangban.features.cases.rules.facts import Material, Notice
from bangban.features.cases.values import MaterialState
from bangban.kernel.identifiers import free_words
from bangban.kernel.problems import InvalidInput

Materials = tuple[Material, ...]

LACKING = frozenset({MaterialState.MISSING, MaterialState.REJECTED})
SUPPLIABLE = LACKING | {MaterialState.TOLERATED}


def named(materials: Iterable[Material]) -> list[str]:
    """The materials as a sentence names them."""
    return [f"{material.name} ({material.code})" for material in materials]


def lacking(materials: Materials) -> list[Material]:
    """Every required material that is not there or was rejected: the complete content of a notice."""
    return [each for each in materials if each.required and each.state in LACKING]


def begin(materials: Materials, supplied: Sequence[str]) -> Materials:
    """The materials of a new case, of which ``supplied`` came with the application.

    Raises:
        InvalidInput: A code is unknown or named twice.
    """
    if not supplied:
        return materials
    by_code = _known(materials, supplied, field="input.supplied")
    return tuple(
        replace(each, state=MaterialState.SUPPLIED)
        if each.code in by_code and each.state is MaterialState.MISSING
        else each
        for each in materials
    )


def require_complete_enough(materials: Materials) -> None:
    """Refuse unless all that is required is there, or may at least be tolerated when the case is accepted."""
    short = [each for each in lacking(materials) if not each.tolerable]
    if short:
        raise MaterialsMissing(named(short))


def reject(materials: Materials, reasons: Mapping[str, str]) -> Materials:
    """The materials after a notice that gives ``reasons`` by code: supplied ones become rejected.

    Raises:
        InvalidInput: A reason is empty, a code is unknown, or a material is named that nobody has to supply.
        NoticeIncomplete: Something that is missing is not named (DOMAIN B03, invariant 3).
    """
    by_code = _known(materials, reasons, field="input.missing")
    _require_reasons(reasons)
    left_out = [each for each in lacking(materials) if each.code not in reasons]
    if left_out:
        raise NoticeIncomplete(named(left_out))
    # An optional material that was never handed in, or one that need not be, cannot be asked for in a notice.
    not_owed = [
        each
        for code, each in by_code.items()
        if each.state is MaterialState.EXEMPT or (each.state is MaterialState.MISSING and not each.required)
    ]
    if not_owed:
        names = named(not_owed)
        raise InvalidInput(
            f"The item does not require these materials: {', '.join(names)}.",
            f"该事项不要求提交以下材料:{'、'.join(names)}。",
            fields=("input.missing",),
        )
    return tuple(_rejected(each, reasons) for each in materials)


def supply(materials: Materials, codes: Sequence[str], *, accepted: bool) -> Materials:
    """The materials after ``codes`` were handed in. Once accepted, only what was promised may follow.

    Raises:
        InvalidInput: No code, a code twice or unknown, or nothing among them is waited for.
    """
    by_code = _known(materials, codes, field="input.codes")
    waited_for = {MaterialState.TOLERATED} if accepted else SUPPLIABLE
    if not any(each.state in waited_for for each in by_code.values()):
        raise InvalidInput(
            "None of these materials is waited for; they are there already.",
            "所列材料均已提交,无需再补。",
            fields=("input.codes",),
        )
    untimely = [each for each in by_code.values() if each.state in SUPPLIABLE - waited_for]
    if untimely:
        names = named(untimely)
        raise InvalidInput(
            f"After acceptance only promised materials may follow, which these are not: {', '.join(names)}.",
            f"受理后只能补交已承诺的容缺材料,以下材料不在其中:{'、'.join(names)}。",
            fields=("input.codes",),
        )
    return tuple(
        replace(each, state=MaterialState.SUPPLIED, reason=None)
        if each.code in by_code and each.state in waited_for
        else each
        for each in materials
    )


def reject_promised(
    materials: Materials, reasons: Mapping[str, str], *, promised: Collection[str]
) -> Materials:
    """The materials after a look at promised ones that came: those with a reason are waited for again.

    Raises:
        InvalidInput: A reason is empty, a code is unknown, or a material was not promised or is not there.
    """
    by_code = _known(materials, reasons, field="input.missing")
    _require_reasons(reasons)
    others = [
        each
        for code, each in by_code.items()
        if code not in promised or each.state is not MaterialState.SUPPLIED
    ]
    if others:
        names = named(others)
        raise InvalidInput(
            f"These are not promised materials that came in: {', '.join(names)}.",
            f"以下材料不是已补交的容缺材料:{'、'.join(names)}。",
            fields=("input.missing",),
        )
    return tuple(
        replace(each, state=MaterialState.TOLERATED, reason=reasons[each.code].strip())
        if each.code in by_code
        else each
        for each in materials
    )


def notice_met(materials: Materials, notice: Notice | None) -> bool:
    """Whether all that the notice named is there, so that the case can be looked at again."""
    named_codes = () if notice is None else notice.missing
    return not any(each.state in LACKING for each in materials if each.required or each.code in named_codes)


def tolerate(
    materials: Materials,
    codes: Sequence[str],
    *,
    promised_by: date | None,
    today: date,
    latest: date,
) -> Materials:
    """The materials of a case that is accepted with ``codes`` promised for later; without any, all are there.

    ``latest`` is the last day of the item's promised limit, or of its shorter limit for tolerance.

    Raises:
        MaterialsMissing: Something required is neither there nor promised.
        NotTolerable: A promised material is core, or the item does not tolerate it (invariant 11).
        PromiseOutsideLimit: The promised date is not after today and within the limit (DOMAIN 3.9).
        InvalidInput: A code is unknown or not missing, or codes and date do not come together.
    """
    by_code = _known(materials, codes, field="input.tolerated") if codes else {}
    core = [each for each in by_code.values() if not each.tolerable]
    if core:
        raise NotTolerable(named(core))
    there = [each for each in by_code.values() if not (each.required and each.state in LACKING)]
    if there:
        names = named(there)
        raise InvalidInput(
            f"These materials are not missing: {', '.join(names)}.",
            f"以下材料并不缺少:{'、'.join(names)}。",
            fields=("input.tolerated",),
        )
    short = [each for each in lacking(materials) if each.code not in by_code]
    if short:
        raise MaterialsMissing(named(short))
    if (promised_by is not None) != bool(codes):
        raise InvalidInput(
            "Tolerated materials and the date they are promised for are given together.",
            "容缺材料与承诺补交日期应同时填写。",
            fields=("input.promisedBy",),
        )
    if promised_by is not None and not today < promised_by <= latest:
        raise PromiseOutsideLimit(latest)
    return tuple(
        replace(each, state=MaterialState.TOLERATED) if each.code in by_code else each for each in materials
    )


def _require_reasons(reasons: Mapping[str, str]) -> None:
    for index, reason in enumerate(reasons.values()):
        field = f"input.missing.{index}.reason"
        if not free_words(reason, fields=(field,)):
            raise InvalidInput(
                "Give a reason for each material that is missing.",
                "每份缺少的材料都应说明原因。",
                fields=(field,),
            )


def _rejected(material: Material, reasons: Mapping[str, str]) -> Material:
    reason = reasons.get(material.code)
    if reason is None:
        return material
    missing = material.state is MaterialState.MISSING
    state = MaterialState.MISSING if missing else MaterialState.REJECTED
    return replace(material, state=state, reason=reason.strip())


def _known(materials: Materials, codes: Collection[str], *, field: str) -> dict[str, Material]:
    by_code = {each.code: each for each in materials}
    unknown = [code for code in codes if code not in by_code]
    if unknown or not codes or len(set(codes)) != len(codes):
        if unknown:
            reason = f"The item has no such material: {', '.join(unknown)}."
            reason_zh = f"该事项没有以下材料:{'、'.join(unknown)}。"
        else:
            reason = "Name at least one material, and each of them once."
            reason_zh = "请至少列出一份材料,且不要重复。"
        raise InvalidInput(reason, reason_zh, fields=(field,))
    return {code: by_code[code] for code in codes}
