"""``bangban documents``: trusted documents, registered, listed and taken back; and those of the software itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from graphql import OperationDefinitionNode, parse
from rich.console import Console
from rich.table import Table

from bangban.cli.opening import open_tenancy
from bangban.cli.speaking import Lang, run, said
from bangban.features.documents.manifest import Fault, Offered, read_offered
from bangban.features.documents.service import (
    NewDocument,
    add_documents,
    list_documents,
    remove_documents,
)
from bangban.kernel.problems import Problem
from bangban.web.documents import Documents, ValidationFailed
from bangban.web.schema import core_schema

app = typer.Typer(no_args_is_help=True, help="Trusted documents 可信查询: add, list, remove.")

District = Annotated[str | None, typer.Option("--district", help="For this district only 仅限此地区")]

_OPERATIONS: Final = Path("schema/graphql/operations")
_PACKAGED: Final = Path("backend/bangban/web/documents.json")
_PREFIX: Final = re.compile(r"[0-9a-f]{8,64}")


def judged(offered: list[Offered]) -> tuple[list[NewDocument], list[Fault]]:
    """The documents that fit the schema and the limits of the API, and what is wrong with the others."""
    documents = Documents(core_schema())
    sound: dict[bytes, NewDocument] = {}
    faults: list[Fault] = []
    for each in offered:
        fault = _fault_of(documents, each)
        if fault is not None:
            faults.append(fault)
            continue
        names = [name for name in documents.get(each.text).operations if name]
        sound[each.sha256] = NewDocument(each.sha256, ", ".join(names) or Path(each.place).stem, each.text)
    return list(sound.values()), faults


def _fault_of(documents: Documents, offered: Offered) -> Fault | None:
    try:
        document = documents.get(offered.text)
    except Problem as problem:
        return Fault(offered.place, problem.message("zh"), problem.message("en"))
    except ValidationFailed as failed:
        detail = " ".join(error.message for error in failed.errors)
        return Fault(offered.place, f"与接口定义不符:{detail}", f"It does not fit the schema: {detail}")
    if not document.operations:
        return Fault(offered.place, "其中没有操作,只有片段。", "It holds fragments only, and no operation.")
    return None


@app.command()
def add(
    path: Annotated[
        Path, typer.Argument(help="A folder of .graphql files, one such file, or a manifest 清单")
    ],
    district: District = None,
    lang: Lang = "",
) -> None:
    """登记查询文档,任何一份有误则都不登记,可重复执行
    / Register documents: all of them, or none if one is faulty. Safe to repeat."""
    offered, faults = read_offered(path)
    sound, unsound = judged(offered)
    faults += unsound
    for fault in faults:
        typer.echo(f"{fault.place}: {said(lang, fault.zh, fault.en)}", err=True)
    if faults:
        typer.echo(
            said(
                lang,
                f"{len(faults)} 份有误,未登记任何文档。",
                f"{len(faults)} faulty; nothing was registered.",
            ),
            err=True,
        )
        raise typer.Exit(1)
    fresh = run(_add(sound, district), lang=lang)
    typer.echo(
        said(
            lang,
            f"已登记 {fresh} 份,原有 {len(sound) - fresh} 份。",
            f"{fresh} registered; {len(sound) - fresh} were there already.",
        )
    )


async def _add(documents: list[NewDocument], district: str | None) -> int:
    async with open_tenancy() as tenancy:
        return await add_documents(tenancy, documents, district=district)


@app.command("list")
def list_registered(district: District = None, lang: Lang = "") -> None:
    """列出已登记的查询文档,不含软件自带的操作
    / List what is registered, the operations of the software itself aside."""
    run(_list(district, lang), lang=lang)


async def _list(district: str | None, lang: str) -> None:
    async with open_tenancy() as tenancy:
        found = await list_documents(tenancy, district=district)
    titles = (("哈希", "SHA-256"), ("名称", "name"), ("地区", "district"), ("登记时间", "added"))
    table = Table(*(said(lang, *title) for title in titles))
    everywhere = said(lang, "全部", "all")
    for each in found:
        added = f"{each.added_at:%Y-%m-%d %H:%M}"
        table.add_row(each.sha256.hex(), each.name, each.district or everywhere, added)
    Console(width=200).print(table)


@app.command()
def remove(
    hashes: Annotated[list[str], typer.Argument(help="SHA-256, or its first eight digits or more 哈希")],
    district: District = None,
    lang: Lang = "",
) -> None:
    """不再信任查询文档,未写明地区时指各地区通用的文档
    / Trust documents no longer, in the district or, without one, where those of everybody are kept."""
    wanted = [each.lower().removeprefix("sha256:") for each in hashes]
    for each in wanted:
        if not _PREFIX.fullmatch(each):
            raise typer.BadParameter(
                said(lang, f"“{each}”不是哈希。", f"{each!r} is no hash."), param_hint="hashes"
            )
    run(_remove(wanted, district, lang), lang=lang)


async def _remove(wanted: list[str], district: str | None, lang: str) -> None:
    async with open_tenancy() as tenancy:
        there = [
            each for each in await list_documents(tenancy, district=district) if each.district == district
        ]
        chosen: list[bytes] = []
        for prefix in wanted:
            meant = [each.sha256 for each in there if each.sha256.hex().startswith(prefix)]
            if len(meant) != 1:
                typer.echo(
                    said(
                        lang,
                        f"{prefix}:符合的文档有 {len(meant)} 份,未作改动。",
                        f"{prefix}: {len(meant)} documents begin so; nothing done.",
                    ),
                    err=True,
                )
                raise typer.Exit(1)
            chosen += meant
        count = await remove_documents(tenancy, chosen, district=district)
    typer.echo(said(lang, f"已移除 {count} 份。", f"{count} removed."))


def packaged_manifest(folder: Path) -> str:
    """The manifest that goes into the package, of the operations in ``folder``."""
    offered, _ = read_offered(folder)
    operations: list[dict[str, Any]] = []
    for each in offered:
        (operation,) = (
            node for node in parse(each.text).definitions if isinstance(node, OperationDefinitionNode)
        )
        operations.append(
            {
                "id": each.sha256.hex(),
                "name": operation.name.value if operation.name else "",
                "type": operation.operation.value,
                "body": each.text,
            }
        )
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"


@app.command()
def package(
    folder: Annotated[Path, typer.Option(help="The named operations 具名操作")] = _OPERATIONS,
    file: Annotated[Path, typer.Option(help="The manifest in the package 包内清单")] = _PACKAGED,
    lang: Lang = "",
) -> None:
    """将软件自带的操作写入软件包,供修改操作的人使用
    / Write the software's own operations into the package; for whoever changes them."""
    file.write_text(packaged_manifest(folder), "utf-8")
    typer.echo(said(lang, f"已写出 {file}。", f"Wrote {file}."))
