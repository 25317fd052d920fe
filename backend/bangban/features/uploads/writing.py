"""Files in the API: addresses to send them to and fetch them from, and supplying them as materials."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import strawberry

from bangban.features.cases.graphql import Case
from bangban.features.uploads import service
from bangban.features.uploads.enums import FileKind, UploadPurpose
from bangban.features.uploads.rules import Wanted
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once, row_of
from bangban.kernel.planner.parameters import as_uuid, as_uuids
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")
_NUMBER = "The case's number 办件编号."


@strawberry.type(description="A short-lived address on this server, good for one use 临时地址.")
class FileAddress:
    file_id: strawberry.ID | None = strawberry.field(
        description="The file it is for; none for what is made on demand 附件标识."
    )
    address: str = strawberry.field(description="Path and token 地址路径.")
    until: datetime = strawberry.field(description="Until when it can be used 有效期至.")


@strawberry.input(description="A file to be sent 待上传附件.")
class RequestUploadInput:
    number: str = strawberry.field(description=_NUMBER)
    purpose: UploadPurpose = strawberry.field(description="What it is for 附件用途.")
    name: str = strawberry.field(description="Its name, which ends as its kind does 文件名.")
    kind: FileKind = strawberry.field(description="What it is; its content has to agree 文件类型.")
    size: int = strawberry.field(description="Bytes 字节数.")
    material_code: str | None = strawberry.field(
        default=None, description="For a MATERIAL: the code of the material 材料编码."
    )


@strawberry.input(description="A file to be fetched 待下载附件.")
class DownloadFileInput:
    file_id: strawberry.ID = strawberry.field(description="The file 附件标识.")


@strawberry.input(description="Files that are handed in as materials 以附件补交材料.")
class SupplyFilesInput:
    number: str = strawberry.field(description=_NUMBER)
    file_ids: list[strawberry.ID] = strawberry.field(description="The files, kept already 附件标识.")


async def address_of(info: Info, offer: Callable[[Work], Awaitable[service.Given]]) -> FileAddress:
    """The address that ``offer`` gives, or the one that was given to the same request before."""

    async def as_json(_: Work, given: service.Given) -> str:
        file_id = None if given.file_id is None else str(given.file_id)
        return json.dumps({"address": given.path, "until": given.until.isoformat(), "file_id": file_id})

    found = json.loads(await once(info.context, offer, as_json))
    return FileAddress(
        file_id=found["file_id"], address=found["address"], until=datetime.fromisoformat(found["until"])
    )


@strawberry.type
class UploadMutation:
    @mutation("Ask for an address to send a file to, once, by PUT 申请上传附件.", Permission.UPLOAD_PUT)
    async def request_upload(
        self,
        info: Info,
        input: Annotated[RequestUploadInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> FileAddress:
        wanted = Wanted(
            purpose=input.purpose,
            name=input.name,
            kind=input.kind,
            size=input.size,
            material_code=input.material_code,
        )
        desk = info.context.services.files
        return await address_of(
            info, lambda work: service.request_upload(work, desk, number=input.number, wanted=wanted)
        )

    @mutation("Hand in files as the materials they were sent for 以附件补交材料.", Permission.CASE_SUPPLY)
    async def supply_files(self, info: Info, input: Annotated[SupplyFilesInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        file_ids = as_uuids(input.file_ids, ("input", "fileIds"))
        return await row_of(
            info, Case, lambda work: service.supply_files(work, number=input.number, file_ids=file_ids)
        )

    @mutation("Ask for an address to fetch a file from, once; recorded 申请下载附件.", Permission.UPLOAD_READ)
    async def download_file(
        self,
        info: Info,
        input: Annotated[DownloadFileInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> FileAddress:
        file_id = as_uuid(input.file_id, ("input", "fileId"))
        desk = info.context.services.files
        return await address_of(info, lambda work: service.offer_file(work, desk, file_id=file_id))
