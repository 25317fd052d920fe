"""Files as clients send and fetch them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from tests.api.casework import Desk
from tests.api.clients import Client
from tests.samples import SAMPLES

from bangban.features.uploads.service import upload_handlers
from bangban.features.uploads.values import FileKind
from bangban.kernel.jobs.deliveries import Delivery

ASK = "mutation($i: RequestUploadInput!) { requestUpload(input: $i) { fileId address until } }"
FETCH = "mutation($i: DownloadFileInput!) { downloadFile(input: $i) { fileId address until } }"
SUPPLY = (
    """mutation($i: SupplyFilesInput!) { supplyFiles(input: $i) { number state materials { code state } } }"""
)
FILES = """query($n: String!) { caseFiles(number: $n) {
    id purpose materialCode name kind size state rejection sha256 requestedAt storedAt suppliedAt } }"""


@dataclass(frozen=True)
class Answer:
    """What an address answered."""

    status: int
    content: bytes
    headers: httpx.Headers

    @property
    def code(self) -> str:
        """The code of the refusal."""
        return str(json.loads(self.content)["errors"][0]["extensions"]["code"])


async def carried(client: Client, method: str, path: str, **given: Any) -> Answer:
    """One request to an address."""
    headers = {**client.headers, **given.pop("headers", {})}
    reply = await client.http.request(method, path, headers=headers, **given)
    return Answer(reply.status_code, reply.content, reply.headers)


def put(client: Client, path: str, content: Any, **given: Any) -> Answer:
    """A file is sent."""
    found: Answer = client.run(carried(client, "PUT", path, content=content, **given))
    return found


def get(client: Client, path: str, **given: Any) -> Answer:
    """A file is fetched."""
    found: Answer = client.run(carried(client, "GET", path, **given))
    return found


def wanted(of: str, content: bytes = SAMPLES[FileKind.PDF], **changes: Any) -> dict[str, Any]:
    """What ``requestUpload`` takes, for a paper that is signed."""
    return {
        "number": of,
        "purpose": "OTHER",
        "name": "委托书.pdf",
        "kind": "PDF",
        "size": len(content),
        **changes,
    }


def asked(
    client: Client, number: str, content: bytes = SAMPLES[FileKind.PDF], **changes: Any
) -> dict[str, Any]:
    """An address to send a file to."""
    found: dict[str, Any] = client(ASK, i=wanted(number, content, **changes)).data["requestUpload"]
    return found


def sent(client: Client, number: str, content: bytes = SAMPLES[FileKind.PDF], **changes: Any) -> str:
    """A file that is kept: its id."""
    given = asked(client, number, content, **changes)
    answer = put(client, given["address"], content)
    assert answer.status == 200, answer.content
    assert json.loads(answer.content)["fileId"] == given["fileId"]
    return str(given["fileId"])


def offered(client: Client, file_id: str) -> str:
    """The address of a kept file."""
    return str(client(FETCH, i={"fileId": file_id}).data["downloadFile"]["address"])


def files_of(client: Client, number: str) -> list[dict[str, Any]]:
    """The case's files as the caller sees them."""
    found: list[dict[str, Any]] = client(FILES, n=number).data["caseFiles"]
    return found


def delivered(desk: Desk, kind: str, reference: str) -> None:
    """What the outbox does when the time of an announcement has come."""
    services = desk.services
    district = services.registry.get(desk.place.slug)
    handler = upload_handlers(services.tenancy, services.files.store)[kind]
    at = datetime.now(UTC)
    desk.run(handler(Delivery(id=1, kind=kind, reference=reference, district=district, at=at, tries=1)))


def object_of(desk: Desk, file_id: str) -> bool:
    """Whether the store has something for this file."""
    return (desk.services.settings.files_folder / desk.place.slug / UUID(file_id).hex).is_file()


PDF = SAMPLES[FileKind.PDF]
