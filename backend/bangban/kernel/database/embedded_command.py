"""``python -m bangban.kernel.database.embedded_command stop|remove FOLDER``, for the Makefile.

It works without the rest of the product, so that a server can be stopped when nothing else can be started.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bangban.kernel.database.embedded import EmbeddedPostgresProblem, discard, halt


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 also where there was nothing to do."""
    parser = argparse.ArgumentParser(
        prog="embedded", description="Stop or remove an embedded PostgreSQL 停止或删除内置数据库"
    )
    parser.add_argument("action", choices=["stop", "remove"])
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args(arguments)
    try:
        if chosen.action == "stop":
            done = halt(chosen.folder)
            said = "已停止 stopped" if done else "没有在运行 nothing was running"
        else:
            done = discard(chosen.folder)
            said = "已删除 removed" if done else "没有可删除的 nothing to remove"
    except EmbeddedPostgresProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{chosen.folder}: {said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
