"""A process that imports or restores, and stops at a given step to be killed there."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import bangban.features.all_tables  # noqa: F401 - the metadata must be whole
from bangban.features.archives.service.importing import import_district
from bangban.features.archives.service.restoring import restore_district
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.files.store import FileStore
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Names
from bangban.kernel.vault.key_file import load_ring


async def work(told: dict[str, Any]) -> None:
    installation = Installation(
        admin=Endpoint(**told["admin"]), names=Names(told["tag"]), ring=load_ring(line=told["ring"])
    )

    async def tell(step: str, done: int, total: int) -> None:
        if (step, done >= told["done"]) == (told["step"], True):
            print("here", flush=True)  # noqa: T201 - what the test waits for
            time.sleep(60)  # noqa: ASYNC251 - until it is killed

    file = Path(told["file"])
    if told["passphrase"]:
        await import_district(
            installation,
            file,
            files=FileStore.open(None, folder=Path(told["files"])),
            passphrase=told["passphrase"],
            tell=tell,
        )
    else:
        await restore_district(installation, file, tell=tell)


if __name__ == "__main__":
    asyncio.run(work(json.loads(os.environ["TOLD"])))
    sys.exit(0)
