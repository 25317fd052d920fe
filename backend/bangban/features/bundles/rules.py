"""What a bundle 一件事 is refused for, every fault named at once (DOMAIN 3.10, D16, E01, E02). Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bangban.features.bundles.drafts import BundleDraft, SharedMaterial
from bangban.features.bundles.values import BundleKind
from bangban.features.catalog.drafts import ItemFault
from bangban.features.catalog.values import Audience
from bangban.kernel.identifiers.names import shown_name

CODE_SHAPE = re.compile(r"[0-9A-Z-]{4,40}")
FIELD_SHAPE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
SEPARATOR = "/"
"""Between an item's code and its paper's, in the key of a paper that is not shared; neither has such a letter."""
MOST_ITEMS = 30
MOST_FIELDS = 40
LONGEST_ANSWER = 60  # working days


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFacts:
    """What a bundle has to know of an item that is in force."""

    audience: frozenset[Audience]
    promised_working_days: int
    materials: frozenset[str]


def check_bundle(draft: BundleDraft, items: Mapping[str, ItemFacts]) -> tuple[ItemFault, ...]:
    """Every fault of the draft, in the order of its fields. ``items`` are those in force, by code."""
    return (
        *_check_identity(draft),
        *_check_items(draft, items),
        *_check_fields(draft),
        *_check_materials(draft, items),
        *_check_answers(draft, items),
    )


def _check_identity(draft: BundleDraft) -> Iterator[ItemFault]:
    if not CODE_SHAPE.fullmatch(draft.code):
        yield ItemFault(
            "code",
            "CODE_SHAPE",
            "编码应为 4 至 40 位的数字、大写字母或连字符。",
            "The code must be 4 to 40 digits, capital letters or hyphens.",
        )
    if shown_name(draft.name) is None:
        yield ItemFault(
            "name",
            "NAME_MISSING",
            "应有名称,不含换行和不可见字符。",
            "The bundle needs a name, on one line and without invisible characters.",
        )
    if not draft.lead_department.strip():
        yield ItemFault(
            "lead_department", "LEAD_MISSING", "应写明牵头部门。", "Name the department that leads."
        )
    if draft.effective_to is not None and draft.effective_to <= draft.effective_from:
        yield ItemFault(
            "effective_to", "DATES_REVERSED", "失效日期应晚于生效日期。", "It must end after it begins."
        )


def _check_items(draft: BundleDraft, items: Mapping[str, ItemFacts]) -> Iterator[ItemFault]:
    if not 2 <= len(draft.items) <= MOST_ITEMS:
        yield ItemFault(
            "items",
            "ITEMS_COUNT",
            f"应包含 2 至 {MOST_ITEMS} 个事项。",
            f"A bundle has 2 to {MOST_ITEMS} matters.",
        )
    for code, count in Counter(draft.items).items():
        if count > 1:
            yield ItemFault("items", "ITEM_TWICE", f"事项 {code} 重复。", f"The item {code} stands twice.")
    for index, code in enumerate(draft.items):
        if code not in items:
            yield ItemFault(
                f"items[{index}]",
                "ITEM_UNKNOWN",
                f"没有生效中的事项 {code}。",
                f"No item {code} is in force.",
            )
    for index, code in enumerate(draft.optional):
        if code not in draft.items:
            yield ItemFault(
                f"optional[{index}]",
                "OPTIONAL_UNKNOWN",
                f"{code} 不在本件事的事项中。",
                f"{code} is no matter of this bundle.",
            )
    audiences = [items[code].audience for code in draft.items if code in items]
    if audiences and not frozenset.intersection(*audiences):
        yield ItemFault(
            "items", "NOBODY", "没有一类申请人可以办理全部事项。", "The matters have no applicants in common."
        )


def _check_fields(draft: BundleDraft) -> Iterator[ItemFault]:
    if len(draft.fields) > MOST_FIELDS:
        yield ItemFault(
            "fields",
            "FIELDS_COUNT",
            f"表单不超过 {MOST_FIELDS} 项。",
            f"A form has at most {MOST_FIELDS} lines.",
        )
    for index, each in enumerate(draft.fields):
        if not FIELD_SHAPE.fullmatch(each.key) or each.key in [other.key for other in draft.fields[:index]]:
            yield ItemFault(
                f"fields[{index}].key",
                "FIELD_KEY",
                "表单项的键应为小写字母、数字或连字符,且不重复。",
                "A field's key is of small letters, digits and hyphens, and stands once.",
            )
        if not each.zh.strip() or not each.en.strip():
            yield ItemFault(
                f"fields[{index}].{'label_en' if each.zh.strip() else 'label'}",
                "FIELD_LABEL",
                "表单项应有中英文名称。",
                "A field has a label in both languages.",
            )


def _check_materials(draft: BundleDraft, items: Mapping[str, ItemFacts]) -> Iterator[ItemFault]:
    taken: dict[tuple[str, str], str] = {}
    keys: set[str] = set()
    for index, material in enumerate(draft.materials):
        path = f"materials[{index}]"
        if not CODE_SHAPE.fullmatch(material.key) and not re.fullmatch(r"[0-9A-Z-]{2,40}", material.key):
            yield ItemFault(
                f"{path}.key",
                "MATERIAL_KEY",
                "共用材料的键应为大写字母、数字或连字符。",
                "A shared material's key is of capital letters, digits and hyphens.",
            )
        if material.key in keys:
            yield ItemFault(
                f"{path}.key",
                "MATERIAL_TWICE",
                f"共用材料 {material.key} 重复。",
                f"The shared material {material.key} stands twice.",
            )
        keys.add(material.key)
        if shown_name(material.name) is None:
            yield ItemFault(
                f"{path}.name",
                "NAME_MISSING",
                "材料应有名称,不含换行和不可见字符。",
                "A material needs a name, on one line and without invisible characters.",
            )
        if not material.of:
            yield ItemFault(
                f"{path}.of", "MATERIAL_OF_NOTHING", "应写明用于哪些事项。", "Say which matters need it."
            )
        yield from _check_once(material, path)
        for item, code in material.of:
            at = f"{path}.of.{item}"
            if item not in draft.items:
                yield ItemFault(
                    at,
                    "ITEM_NOT_IN_BUNDLE",
                    f"{item} 不在本件事的事项中。",
                    f"{item} is no matter of this bundle.",
                )
            elif item in items and code not in items[item].materials:
                yield ItemFault(
                    at,
                    "MATERIAL_UNKNOWN",
                    f"事项 {item} 没有材料 {code}。",
                    f"The item {item} has no material {code}.",
                )
            elif (item, code) in taken:
                yield ItemFault(
                    at,
                    "MATERIAL_SHARED_TWICE",
                    f"事项 {item} 的材料 {code} 已归入 {taken[item, code]}。",
                    f"The material {code} of {item} is shared as {taken[item, code]} already.",
                )
            taken.setdefault((item, code), material.key)


def _check_once(material: SharedMaterial, path: str) -> Iterator[ItemFault]:
    """An item has one name for a paper: of two, the other would be lost."""
    for item, count in Counter(item for item, _ in material.of).items():
        if count > 1:
            yield ItemFault(
                f"{path}.of.{item}",
                "ITEM_TWICE",
                f"事项 {item} 在共用材料 {material.key} 中重复。",
                f"The item {item} stands twice at the shared material {material.key}.",
            )


def _check_answers(draft: BundleDraft, items: Mapping[str, ItemFacts]) -> Iterator[ItemFault]:
    limit, confirmations = draft.answer_working_days, draft.kind is BundleKind.CONFIRMATIONS
    if (limit is not None) != confirmations or (limit is not None and not 1 <= limit <= LONGEST_ANSWER):
        yield ItemFault(
            "answer_working_days",
            "ANSWER_LIMIT",
            f"多部门出证应写明答复时限(1 至 {LONGEST_ANSWER} 个工作日),其他一件事不写。",
            f"Confirmations, and nothing else, have a limit for answers of 1 to {LONGEST_ANSWER} working days.",
        )
    elif limit is not None:
        for index, code in enumerate(draft.items):
            if code in items and items[code].promised_working_days > limit:
                yield ItemFault(
                    f"items[{index}]",
                    "PROMISE_TOO_LONG",
                    f"事项 {code} 的承诺时限超过答复时限 {limit} 个工作日。",
                    f"The item {code} promises more than the {limit} working days for an answer.",
                )
