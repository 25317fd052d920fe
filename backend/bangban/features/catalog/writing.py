"""The service catalog in the API: what its keeper can do. Resolvers only translate."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Protocol, cast
from uuid import UUID

import strawberry

from bangban.features.catalog.graphql import ServiceItem
from bangban.features.catalog.inputs import (
    AdoptTemplateInput,
    ImportServiceItemsInput,
    ServiceItemInput,
    TakeOverTemplateItemsInput,
    WithdrawServiceItemInput,
)
from bangban.features.catalog.publication import Change, ChangeKind
from bangban.features.catalog.service.adopting import CatalogChanged, adopt_template, take_over_items
from bangban.features.catalog.service.changing import import_items, publish_item, withdraw_item
from bangban.features.catalog.sheet import ItemSheets
from bangban.features.catalog.sheet_columns import ITEM_COLUMNS, MATERIAL_COLUMNS
from bangban.features.catalog.templates import TemplateCatalog
from bangban.features.files.graphql import ImportFault, import_faults
from bangban.features.files.reading import read_table
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.faulty import Place, PlacedFault
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.enums import describe
from bangban.kernel.graphql.placing import refused_in
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once, row_of
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")

describe(
    ChangeKind,
    "What becomes of an item 变更类型.",
    {
        ChangeKind.CREATED: "It is new 新增.",
        ChangeKind.CHANGED: "It gets another version 变更.",
        ChangeKind.WITHDRAWN: "It gets an end 停办.",
        ChangeKind.UNCHANGED: "Nothing 不变.",
    },
)


@strawberry.type(description="One field of an item, before and after 字段变化.")
class ItemDifference:
    field: str = strawberry.field(
        description="The field of ServiceItem, or `materials.` and a material's code 字段."
    )
    before: str | None = strawberry.field(description="What it was; lists and materials as JSON 原值.")
    after: str | None = strawberry.field(description="What it becomes; lists and materials as JSON 新值.")


@strawberry.type(description="What becomes of one item 事项变化.")
class ItemChange:
    code: str = strawberry.field(description="Implementation code 实施编码.")
    name: str = strawberry.field(description="Name 事项名称.")
    kind: ChangeKind = strawberry.field(description="What becomes of it 变更类型.")
    version: int | None = strawberry.field(description="The version that comes 新版本.")
    differences: list[ItemDifference] = strawberry.field(description="Field by field 逐项变化.")


@strawberry.type(description="What became of the catalog, or would become of it 目录变化.")
class CatalogChange:
    applied: bool = strawberry.field(description="Whether it was done 是否已执行.")
    created: int = strawberry.field(description="How many items are new 新增数.")
    changed: int = strawberry.field(description="How many get another version 变更数.")
    withdrawn: int = strawberry.field(description="How many get an end 停办数.")
    unchanged: int = strawberry.field(description="How many stay as they are 不变数.")
    items: list[ItemChange] = strawberry.field(description="Every item of those that were asked for 逐项.")
    faults: list[ImportFault] = strawberry.field(description="Faulty lines of the items' table 事项表错误.")
    material_faults: list[ImportFault] = strawberry.field(
        description="Faulty lines of the materials' table 材料表错误."
    )


class CatalogServices(Protocol):
    """What these resolvers need of the process."""

    @property
    def catalogs(self) -> Mapping[str, TemplateCatalog]: ...


def _template(context: Context, name: str) -> TemplateCatalog:
    found = cast("CatalogServices", context.services).catalogs.get(name)
    if found is None:
        raise NotFound("template", "模板", fields=("input.template",))
    return found


async def _item(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> ServiceItem:
    return await row_of(info, ServiceItem, do)


async def _catalog(
    info: Info,
    do: Callable[[Work], Awaitable[CatalogChanged]],
    faults: Callable[[], tuple[list[ImportFault], list[ImportFault]]] = lambda: ([], []),
) -> CatalogChange:
    async def as_json(_: Work, done: CatalogChanged) -> str:
        of_items, of_materials = faults()
        return json.dumps(
            {
                "applied": done.applied,
                "items": [_change(each) for each in done.changes],
                "faults": [asdict(each) for each in of_items],
                "material_faults": [asdict(each) for each in of_materials],
            },
            ensure_ascii=False,
        )

    found: dict[str, Any] = json.loads(await once(info.context, do, as_json))
    kinds = [each["kind"] for each in found["items"]]
    return CatalogChange(
        applied=found["applied"],
        created=kinds.count(ChangeKind.CREATED),
        changed=kinds.count(ChangeKind.CHANGED),
        withdrawn=kinds.count(ChangeKind.WITHDRAWN),
        unchanged=kinds.count(ChangeKind.UNCHANGED),
        items=[
            ItemChange(
                code=each["code"],
                name=each["name"],
                kind=ChangeKind(each["kind"]),
                version=each["version"],
                differences=[ItemDifference(**one) for one in each["differences"]],
            )
            for each in found["items"]
        ],
        faults=[ImportFault(**each) for each in found["faults"]],
        material_faults=[ImportFault(**each) for each in found["material_faults"]],
    )


def _change(change: Change) -> dict[str, Any]:
    return {
        "code": change.code,
        "name": change.name,
        "kind": change.kind.value,
        "version": change.version,
        "differences": [
            {"field": each.field, "before": _shown(each.ours), "after": _shown(each.theirs)}
            for each in change.differences
        ],
    }


def _shown(value: Any) -> str | None:
    """A field's value as text, as the database shows it."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _in_codes(fault: PlacedFault) -> Place:
    """An item is named by its code, and nothing of it was given."""
    return ("codes", fault.key)


@strawberry.type
class CatalogMutation:
    @mutation("Take items from a template 采用模板目录.", Permission.CATALOG_MANAGE)
    async def adopt_template(self, info: Info, input: Annotated[AdoptTemplateInput, _INPUT]) -> CatalogChange:  # noqa: A002 - the contract's name
        template = _template(info.context, input.template)

        async def do(work: Work) -> CatalogChanged:
            with refused_in(input, where=_in_codes):
                return await adopt_template(work, template, codes=input.codes, apply=input.apply)

        return await _catalog(info, do)

    @mutation(
        "Take over what a template changed; what the district changed itself stays 采纳模板变更.",
        Permission.CATALOG_MANAGE,
    )
    async def take_over_template_items(
        self,
        info: Info,
        input: Annotated[TakeOverTemplateItemsInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> CatalogChange:
        template = _template(info.context, input.template)

        async def do(work: Work) -> CatalogChanged:
            with refused_in(input, where=_in_codes):
                return await take_over_items(
                    work, template, codes=input.codes, keep_own=input.keep_own, since=input.from_
                )

        return await _catalog(info, do)

    @mutation(
        "Publish an own item, or the district's text of a template's 发布事项.", Permission.CATALOG_MANAGE
    )
    async def publish_service_item(
        self,
        info: Info,
        input: Annotated[ServiceItemInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> ServiceItem:
        async def do(work: Work) -> UUID:
            with refused_in(input, names={"result": "result_name"}):
                return await publish_item(
                    work, input.draft, effective_from=input.effective_from, based_on=input.based_on
                )

        return await _item(info, do)

    @mutation("Stop offering an item 停办事项.", Permission.CATALOG_MANAGE)
    async def withdraw_service_item(
        self,
        info: Info,
        input: Annotated[WithdrawServiceItemInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> ServiceItem:
        return await _item(info, lambda work: withdraw_item(work, input.code, on=input.from_))

    @mutation("Publish items from tables, all or nothing 导入事项.", Permission.CATALOG_MANAGE)
    async def import_service_items(
        self,
        info: Info,
        input: Annotated[ImportServiceItemsInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> CatalogChange:
        items = await read_table(input.file.content, name=input.file.name, columns=ITEM_COLUMNS)
        materials = None
        if input.materials is not None:
            given = input.materials
            materials = await read_table(
                given.content, name=given.name, columns=MATERIAL_COLUMNS, field="input.materials"
            )
        sheets = ItemSheets(items, materials)
        language = info.context.language
        return await _catalog(
            info,
            lambda work: import_items(work, sheets, apply=input.apply),
            lambda: (
                import_faults(sheets.faults, language),
                import_faults(sheets.material_faults, language),
            ),
        )
