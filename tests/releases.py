"""Releases to come: this process gets a district history with revisions that only a test has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from bangban.kernel.tenancy import migrations

TEMPLATE = '''"""A revision that only a test has."""

import sqlalchemy as sa

revision = {revision!r}
down_revision = {before!r}
branch_labels = None
depends_on = None

{said}


def upgrade(op, *, schema):
{body}
'''
COLUMN = 'op.add_column("area", sa.Column("{name}", sa.Text(), nullable=True), schema=schema)'


class Releases:
    """The history with what was added to it. Revisions are 9001, 9002 and so on."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._patch = patch
        self._last = migrations.district_head()
        self._count = 0
        shutil.copytree(migrations.SCHEMA_FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def add(self, body: str | None = None, **said: Any) -> str:
        """One more revision, which becomes the head; without a body it adds the column ``n<revision>``."""
        self._count += 1
        revision = f"9{self._count:03}"
        self.write(revision, body or COLUMN.format(name=f"n{revision}"), self._last, **said)
        self._last = revision
        return revision

    def write(self, revision: str, body: str, before: str, **said: Any) -> None:
        """Write one revision, or write it anew."""
        stated = {"phase": "expand", "release": "9.0.0", "serves_without": False} | said
        text = TEMPLATE.format(
            revision=revision,
            before=before,
            said="\n".join(f"{name} = {value!r}" for name, value in stated.items()),
            body=indent(body, "    "),
        )
        (self.folder / "district" / "versions" / f"{revision}_test.py").write_text(text, encoding="utf-8")
        self.use()

    def use(self, folder: Path | None = None) -> None:
        """Take this history as the process's own, or another folder's."""
        self._patch.setattr(migrations, "SCHEMA_FOLDER", folder or self.folder)
        forget()


def forget() -> None:
    """Let the process read its history anew."""
    migrations.district_scripts.cache_clear()
    migrations.district_head.cache_clear()


@contextmanager
def releases_in(folder: Path) -> Iterator[Releases]:
    """A history of a test's own, until the end of the block."""
    with pytest.MonkeyPatch.context() as patch:
        yield Releases(folder / "database", patch)
    forget()
