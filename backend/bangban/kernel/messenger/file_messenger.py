"""The default messenger: each message is a JSON file in a folder, for a gateway or a developer to pick up."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path

from bangban.kernel.ids import new_id
from bangban.kernel.messenger.message import Message


class FileMessenger:
    """Writes ``{to, district, template, text, at}``, one file a message, whole or not at all, mode 600.

    File names sort by the moment of the message: ``20260612T015900.000000Z-<key or uuid>.json``. A message
    that is sent again with the same key replaces itself.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def deliver(self, message: Message, to: str) -> None:
        """Write one file, as a channel that others give way to."""
        await self.send(replace(message, to=to))

    async def send(self, message: Message) -> None:
        """Write one file. Raises ``OSError`` where the folder or the disk refuses."""
        # In a thread, since a slow disk must not hold up other requests.
        await asyncio.to_thread(self._write, message)

    def _write(self, message: Message) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        moment = message.at.astimezone(dt.UTC)
        name = f"{moment:%Y%m%dT%H%M%S.%fZ}-{message.key or new_id()}.json"
        document = {
            "to": message.to,
            "district": message.district,
            "template": message.template.value,
            "text": message.text,
            "at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        # Readers list *.json, so they never see the file before it is whole.
        temporary = self.folder / f".{new_id()}.tmp"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                json.dump(document, opened, ensure_ascii=False, indent=2)
                opened.write("\n")
            temporary.replace(self.folder / name)
        finally:
            temporary.unlink(missing_ok=True)
