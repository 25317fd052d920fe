"""Writing a profile: documents as the texts of its files, always the same for the same documents."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

import yaml

from bangban.kernel.sheets.guarding import guarded


class _Writer(yaml.SafeDumper):
    """Block style without anchors, which the reader refuses; decimals stay exact."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the dumper's signature
        return True


def _decimal(writer: _Writer, value: Decimal) -> yaml.ScalarNode:
    text = format(value, "f")
    kind = "float" if "." in text else "int"
    return writer.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


def _member(writer: _Writer, value: StrEnum) -> yaml.ScalarNode:
    return writer.represent_str(value.value)


_Writer.add_representer(Decimal, _decimal)
_Writer.add_multi_representer(StrEnum, _member)


def yaml_text(document: Mapping[str, Any], *, schema: str) -> str:
    """A YAML file whose first line names its schema, for editors."""
    body = yaml.dump(
        _plain(document),
        Dumper=_Writer,
        allow_unicode=True,
        sort_keys=False,
        width=1000,
        default_flow_style=False,
    )
    return f"# yaml-language-server: $schema=../{schema}\n{body}"


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file with a header; no cell is one that a spreadsheet program runs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell.strip()) for cell in row] for row in rows)
    return out.getvalue()


def _plain(value: Any) -> Any:
    """Lists and mappings all the way down; texts as the reader takes them, without white space around them."""
    if isinstance(value, Mapping):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return value.strip()
    return value
