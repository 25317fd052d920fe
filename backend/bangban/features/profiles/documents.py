"""YAML and CSV files as plain data that remembers its lines.

YAML is composed to nodes and built here rather than loaded, because nodes know their line, a decimal
can stay exact, and a key that stands twice can be named instead of being dropped silently.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from bangban.features.profiles.faults import FaultList
from bangban.kernel.sheets.guarding import unguarded

Loc = tuple[str | int, ...]
# The C parser is some ten times as fast; PyYAML built without libyaml lacks it.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST_FILE = 8 * 1024 * 1024  # bytes; the largest county's areas take under 200 KB
DEEPEST_NESTING = 30
TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Document:
    """A YAML file: its data, and the line on which each value begins."""

    path: Path
    data: Any = None
    lines: dict[Loc, int] = field(default_factory=dict)

    def line(self, loc: Sequence[str | int]) -> int:
        """Line of the value at ``loc``, or of the nearest thing around it; lines count from 1."""
        at = tuple(loc)
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a CSV file, by column name."""

    line: int
    cells: dict[str, str]


def read_yaml(path: Path, faults: FaultList) -> Document | None:
    """The document, or None when it cannot be read; the reasons are in ``faults``."""
    text = read_text(path, faults)
    if text is None:
        return None
    try:
        loader = LOADER(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
        last = text.count("\n") + 1  # an end that came too soon is marked one line below the file
        line = min(mark.line + 1, last) if mark else 1
        faults.error(path, line, f"YAML 语法错误:{reason}", f"This is not valid YAML: {reason}")
        return None
    except RecursionError:
        faults.error(path, 1, "YAML 嵌套过深。", "The YAML is nested too deeply.")
        return None
    document = Document(path=path)
    before = len(faults.found)
    document.data = _Builder(document, faults).build(node, ())
    if not isinstance(document.data, dict):
        faults.error(path, 1, "文件应为“键: 值”的映射。", "The file must be a mapping of keys to values.")
    return document if len(faults.found) == before else None


class _Builder:
    """Turns nodes into dicts, lists and scalars, and notes where each began."""

    def __init__(self, document: Document, faults: FaultList) -> None:
        self.document = document
        self.faults = faults
        self.seen: set[int] = set()
        self.scalars: Any = yaml.constructor.SafeConstructor()

    def build(self, node: Any, loc: Loc) -> Any:
        if node is None:
            return None
        line = node.start_mark.line + 1
        self.document.lines.setdefault(loc, line)
        if id(node) in self.seen or len(loc) > DEEPEST_NESTING:
            # An alias met a second time; a few of them nested could blow up to gigabytes.
            self._fault(
                line,
                "不支持锚点和别名,嵌套也不宜过深。",
                "Anchors, aliases and deep nesting are not allowed.",
            )
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*loc, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, line)

    def _mapping(self, node: Any, loc: Loc) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str) or key_node.tag == f"{TAG}merge":
                self._fault(line, "键应为文字。", "A key must be plain text.")
                continue
            if key in built:
                self._fault(line, f"“{key}”重复出现。", f"The key {key} stands here twice.")
                continue
            self.document.lines[(*loc, key)] = line
            built[key] = self.build(value_node, (*loc, key))
        return built

    def _scalar(self, node: Any, line: int) -> str | int | bool | Decimal | date | None:
        text: str = node.value
        kind = node.tag.removeprefix(TAG)
        try:
            match kind:
                case "str":
                    return text
                case "null":
                    return None
                case "float":
                    return Decimal(text.replace("_", ""))
                case "int" | "bool" | "timestamp":
                    value: int | bool | date = getattr(self.scalars, f"construct_yaml_{kind}")(node)
                    return value
        except (ValueError, KeyError, IndexError, AttributeError, InvalidOperation):
            pass  # also a tag forced on text of another shape; the one sentence below says it
        self._fault(line, f"无法识别的值“{text}”。", f"The value {text!r} is not understood.")
        return None

    def _fault(self, line: int, zh: str, en: str) -> None:
        self.faults.error(self.document.path, line, zh, en)


def read_csv(path: Path, columns: Sequence[str], faults: FaultList) -> list[Row]:
    """Rows under a header that must name exactly ``columns``; blank lines are passed over."""
    text = read_text(path, faults)
    if text is None:
        return []
    return list(_rows(path, text, columns, faults))


def _rows(path: Path, text: str, columns: Sequence[str], faults: FaultList) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    wanted = ",".join(columns)
    try:
        header = [cell.strip() for cell in next(lines, [])]
        if header != list(columns):
            faults.error(path, 1, f"第一行应为:{wanted}", f"The first line must be: {wanted}")
            return
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                faults.error(
                    path,
                    lines.line_num,
                    f"应有 {len(columns)} 列,实有 {len(cells)} 列。",
                    f"This line has {len(cells)} cells where {len(columns)} are needed.",
                )
                continue
            yield Row(
                lines.line_num, dict(zip(columns, (unguarded(cell.strip()) for cell in cells), strict=True))
            )
    except csv.Error as error:
        faults.error(path, lines.line_num, f"CSV 格式错误:{error}", f"This is not valid CSV: {error}")


def read_text(path: Path, faults: FaultList) -> str | None:
    """The file as text, without its byte-order mark; None when it cannot be read."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults.error(path, 1, f"无法读取文件({reason})。", f"The file cannot be read ({reason}).")
        return None
    if raw is None:
        faults.error(path, 1, "文件超过 8 MB。", "The file is larger than 8 MB.")
        return None
    try:
        return raw.decode("utf-8-sig")  # spreadsheets put a byte-order mark in front
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.error(
            path,
            line,
            "文件不是 UTF-8 编码;请在表格软件中另存为“CSV UTF-8”,或以 UTF-8 保存。",
            "The file is not UTF-8; save it as “CSV UTF-8” in the spreadsheet, or as UTF-8 in the editor.",
        )
        return None
