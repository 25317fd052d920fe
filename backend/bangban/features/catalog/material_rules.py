"""Quality rules of an item's materials: which there must be, how many papers, which may follow later. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bangban.features.catalog.drafts import (
    ItemDraft,
    ItemFault,
    MaterialDraft,
    MaterialForm,
    MaterialSource,
    is_blank,
)
from bangban.features.catalog.values import CaseType
from bangban.kernel.identifiers.names import shown_name


def check_materials(draft: ItemDraft) -> Iterator[ItemFault]:
    """One is required, or it is said why none is; each stands once and says how many papers (3.1, table 4)."""
    any_required = any(material.required for material in draft.materials)
    if not any_required and is_blank(draft.no_materials_reason):  # 3.1: necessary material or explicit none
        yield ItemFault(
            "materials",
            "NO_REQUIRED_MATERIAL",
            "应至少有一份必要材料,或写明无需材料的理由。",
            "Name at least one required material, or say why none is needed.",
        )
    if any_required and not is_blank(draft.no_materials_reason):
        yield ItemFault(
            "no_materials_reason",
            "MATERIALS_CONTRADICT",
            "已列必要材料,不能同时声明无需材料。",
            "The item lists required materials and also says that none is needed.",
        )
    uses = Counter(material.code for material in draft.materials)
    seen: set[str] = set()
    for index, material in enumerate(draft.materials):
        path = f"materials[{index}]"
        if is_blank(material.code) or shown_name(material.name) is None:
            yield ItemFault(
                path, "MATERIAL_UNNAMED", "材料应有编码和名称。", "A material needs a code and a name."
            )
        elif uses[material.code] > 1 and material.code in seen:
            yield ItemFault(
                f"{path}.code",
                "MATERIAL_TWICE",
                f"材料编码“{material.code}”重复。",
                f"The material code {material.code} is used twice.",
            )
        seen.add(material.code)
        yield from _check_counts(material, path)


def _check_counts(material: MaterialDraft, path: str) -> Iterator[ItemFault]:
    if material.originals < 0 or material.copies < 0:
        field = "originals" if material.originals < 0 else "copies"
        yield ItemFault(
            f"{path}.{field}", "COUNT_NEGATIVE", "份数不能为负数。", "A number of papers cannot be negative."
        )
        return
    on_paper = material.form is MaterialForm.PAPER and material.source is not MaterialSource.SHARED_DATA
    if on_paper and material.originals + material.copies == 0:  # table 4: 原件份数, 复印件份数; F04
        yield ItemFault(
            f"{path}.copies",
            "NO_COPIES",
            "纸质材料的原件与复印件份数不能都为 0。",
            "A paper material needs at least one original or copy.",
        )


def check_tolerance(draft: ItemDraft) -> Iterator[ItemFault]:
    """D10 and 3.9: core materials are never tolerated; the promise lies within the item's limit."""
    required = [material for material in draft.materials if material.required]
    if required and all(material.tolerable and not material.core for material in required):
        yield ItemFault(
            "materials",
            "ALL_TOLERABLE",
            "必要材料不能全部容缺,应至少有一份主要材料。",
            "Not every required material may be tolerated: at least one must be there from the start.",
        )
    for index, material in enumerate(draft.materials):
        path = f"materials[{index}]"
        if material.core and material.tolerable:
            yield ItemFault(
                f"{path}.tolerable",
                "CORE_TOLERABLE",
                "主要材料不得容缺。",
                "A core material can never be tolerated.",
            )
        elif material.tolerable and draft.case_type is CaseType.IMMEDIATE:
            yield ItemFault(
                f"{path}.tolerable",
                "IMMEDIATE_TOLERABLE",
                "即办件没有承诺时限,不能容缺。",
                "An immediate item has no limit within which a missing material could follow.",
            )
        if material.tolerable_days is None:
            continue
        if not material.tolerable:
            yield ItemFault(
                f"{path}.tolerable_days",
                "DAYS_NOT_TOLERABLE",
                "不可容缺的材料不应有容缺期限。",
                "Only a tolerable material has days of tolerance.",
            )
        elif not 1 <= material.tolerable_days <= max(draft.promised_working_days, 1):
            yield ItemFault(
                f"{path}.tolerable_days",
                "TOLERANCE_OVER_PROMISE",
                "容缺期限应为 1 天至承诺时限之间。",
                "Days of tolerance lie between 1 and the item's promised limit.",
            )
