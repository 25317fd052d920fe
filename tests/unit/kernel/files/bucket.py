"""A server on this machine that speaks as much of S3 as the store asks of one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4
from xml.etree import ElementTree as ET

_XML = "http://s3.amazonaws.com/doc/2006-03-01/"


class Bucket:
    """Objects by key, unfinished uploads by id, and whether it answers at all."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.broken = False
        self.url = ""


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _asked(self) -> tuple[str, dict[str, list[str]], bytes]:
        address = urlsplit(self.path)
        key = address.path.removeprefix("/files").lstrip("/")
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        return key, parse_qs(address.query, keep_blank_values=True), body

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        if self.bucket.broken:
            status, body = 403, b"<Error><Code>AccessDenied</Code></Error>"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        key, query, body = self._asked()
        if "uploads" in query:
            upload = uuid4().hex
            self.bucket.parts[upload] = {}
            told = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            self._answer(200, told.encode())
        elif "delete" in query:
            keys = [each.text or "" for each in ET.fromstring(body).iter() if each.tag.endswith("Key")]
            for key in keys:
                self.bucket.objects.pop(key, None)
            told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self._answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())
        else:
            parts = self.bucket.parts.pop(query["uploadId"][0])
            self.bucket.objects[key] = b"".join(parts[number] for number in sorted(parts))
            told = "<CompleteMultipartUploadResult><ETag>&quot;e&quot;</ETag></CompleteMultipartUploadResult>"
            self._answer(200, told.encode(), ETag='"e"')

    def do_PUT(self) -> None:
        key, query, body = self._asked()
        if "partNumber" in query:
            self.bucket.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self.bucket.objects[key] = body
        self._answer(200, ETag='"e"')

    def do_GET(self) -> None:
        key, query, _ = self._asked()
        if "list-type" in query:
            self._answer(200, self._listed(query["prefix"][0]))
            return
        if key not in self.bucket.objects:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        content = self.bucket.objects[key]
        start, _, end = self.headers["range"].removeprefix("bytes=").partition("-")
        piece = content[int(start) : int(end) + 1]
        self._answer(
            206,
            piece,
            content_range=f"bytes {start}-{int(start) + len(piece) - 1}/{len(content)}",
            last_modified="Sun, 22 Nov 2026 07:00:00 GMT",
            ETag='"e"',
        )

    def do_DELETE(self) -> None:
        key, query, _ = self._asked()
        if "uploadId" in query:
            self.bucket.parts.pop(query["uploadId"][0], None)
        else:
            self.bucket.objects.pop(key, None)
        self._answer(204)

    def _listed(self, prefix: str) -> bytes:
        found = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2026-11-22T07:00:00.000Z</LastModified>"
            f"<ETag>&quot;e&quot;</ETag><Size>{len(content)}</Size></Contents>"
            for key, content in sorted(self.bucket.objects.items())
            if key.startswith(prefix)
        )
        return f'<ListBucketResult xmlns="{_XML}"><IsTruncated>false</IsTruncated>{found}</ListBucketResult>'.encode()


@contextmanager
def serving() -> Iterator[Bucket]:
    """A bucket called ``files`` for as long as it is wanted."""
    bucket = Bucket()
    handler = type("Handler", (_Handler,), {"bucket": bucket})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        bucket.url = f"http://127.0.0.1:{server.server_port}"
        yield bucket
        server.shutdown()
