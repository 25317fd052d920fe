"""The rules of expand and contract, checked against what each district migration would run (docs/fleet.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from bangban.kernel.tenancy.fleet.declared import Declared, Phase, declared_by
from bangban.kernel.tenancy.fleet.examined import Examined, Fault, Rule, Sentence
from bangban.kernel.tenancy.fleet.locks import Labour, Lock, effects_of_all
from bangban.kernel.tenancy.fleet.recording import SCHEMA, NotRecordable, recorded_from
from bangban.kernel.tenancy.migrations import district_scripts

MOST_INDEXES: Final = 4
"""Indexes that one migration may build on tables that are there already, unless it says why (``builds``)."""

RELEASE: Final = re.compile(r"\d+\.\d+\.\d+")


def check_history() -> list[Fault]:
    """Every fault of the district history, the oldest migration first."""
    scripts = reversed(list(district_scripts().walk_revisions()))
    return check([script.module for script in scripts])


def check(modules: Sequence[Any]) -> list[Fault]:
    """The same of migration modules, given from the oldest to the newest."""
    found: list[Fault] = []
    before: dict[str, Declared] = {}
    for module in modules:
        declared = declared_by(module)
        found += _faults_of(module, declared, before)
        before[declared.revision] = declared
    return found


def _faults_of(module: Any, declared: Declared, before: dict[str, Declared]) -> Iterator[Fault]:
    try:
        effects = effects_of_all(recorded_from(module))
    except NotRecordable:
        zh = "在执行中读取数据库,每行数据都要往返一次:请改写为一条语句"
        yield Fault(
            declared.revision,
            "rows",
            zh,
            "asks the database on its way, row by row perhaps: write one statement instead",
        )
        effects = ()
    examined = Examined(declared, effects, before)
    for name, rule in _RULES.items():
        for zh, en in rule(examined):
            yield Fault(declared.revision, name, zh, en)


def _stated(of: Examined) -> Iterator[Sentence]:
    declared = of.declared
    if declared.phase not in set(Phase):
        yield '没有写明 phase = "expand" 或 "contract"', 'does not say phase = "expand" or "contract"'
    if declared.release is None or not RELEASE.fullmatch(declared.release):
        yield (
            '没有写明首个包含它的版本,如 release = "1.2.0"',
            'does not name the first release that has it, as in release = "1.2.0"',
        )
    if not isinstance(declared.serves_without, bool):
        yield (
            "没有写明 serves_without:尚未迁移的地区能否由本版本继续服务",
            "does not say serves_without: whether its release serves a district that has not had it",
        )


def _version(release: str | None) -> tuple[int, ...]:
    return tuple(map(int, release.split("."))) if release and RELEASE.fullmatch(release) else ()


def _contracted(of: Examined) -> Iterator[Sentence]:
    declared = of.declared
    if declared.phase != Phase.CONTRACT:
        if declared.contracts is not None:
            yield "写有 contracts 却不是 contract", "names what it contracts, but is no contract"
        return
    expanded = of.before.get(declared.contracts or "")
    if expanded is None:
        yield (
            "没有用 contracts 指明此前停用相关内容的版本迁移",
            "does not name with contracts an earlier revision whose release stopped using what goes",
        )
    elif not _version(expanded.release) < _version(declared.release):
        yield (
            f"与 {expanded.revision} 在同一版本:收缩至少晚一个版本",
            f"comes in the release of {expanded.revision}: contract at least one release later",
        )


_GOES: Final = re.compile(
    r"ALTER TABLE .*\b(?:DROP COLUMN|RENAME|ALTER COLUMN \S+ SET NOT NULL)|DROP TABLE|TRUNCATE", re.IGNORECASE
)


def _taken_away(of: Examined) -> Iterator[Sentence]:
    if of.declared.phase == Phase.CONTRACT:
        return
    for each in of.existing:
        if _GOES.match(each.statement):
            yield (
                f"旧版本仍在使用的内容被删除、改名或收紧,须放入 contract:{each.statement}",
                f"takes away, renames or tightens what the release before uses, as contracts may: {each.statement}",
            )


_ADDED: Final = re.compile(r"ALTER TABLE .*?\bADD COLUMN (?P<column>\S+) .*\bNOT NULL\b", re.IGNORECASE)
_FILLED: Final = re.compile(r"\b(?:DEFAULT|GENERATED)\b", re.IGNORECASE)


def _filled(of: Examined) -> Iterator[Sentence]:
    for each in of.existing:
        added = _ADDED.match(each.statement)
        if added is not None and not _FILLED.search(each.statement):
            yield (
                f"新增的必填列 {added['column']} 没有默认值,旧版本无法再写入",
                f"adds {added['column']} as NOT NULL without a default: the release before could not write any more",
            )


def _rewritten(of: Examined) -> Iterator[Sentence]:
    if of.declared.rewrites:
        return
    for each in of.existing:
        if each.labour is Labour.REWRITE:
            yield (
                f"重写整张表,须以 rewrites 说明理由:{each.statement}",
                f"rewrites a whole table; say why with rewrites: {each.statement}",
            )


_NARROWS: Final = re.compile(
    r"ALTER TABLE .*\bADD (?:CONSTRAINT (?P<name>\S+) )?(?:CHECK|UNIQUE|FOREIGN KEY|EXCLUDE|PRIMARY KEY)"
    r"|CREATE UNIQUE INDEX (?P<index>\S+)",
    re.IGNORECASE,
)
_REPLACED: Final = re.compile(
    r"(?:ALTER TABLE .*\bDROP CONSTRAINT |DROP INDEX )(?:\S+\.)?(?P<name>\S+)", re.IGNORECASE
)


def _narrowed(of: Examined) -> Iterator[Sentence]:
    if of.declared.narrows:
        return
    replaced = {found["name"] for each in of.existing if (found := _REPLACED.match(each.statement))}
    for each in of.existing:
        found = _NARROWS.match(each.statement)
        if found is not None and (found["name"] or found["index"]) not in replaced:
            yield (
                f"收紧旧版本可写入的内容,须以 narrows 说明为何已有数据与旧版本都满足:{each.statement}",
                f"narrows what may be written; say with narrows why rows and older code fit: {each.statement}",
            )


_BUILT: Final = re.compile(r"CREATE (?:UNIQUE )?INDEX", re.IGNORECASE)


def _indexed(of: Examined) -> Iterator[Sentence]:
    built = [each for each in of.existing if _BUILT.match(each.statement)]
    if len(built) > MOST_INDEXES and not of.declared.builds:
        yield (
            f"在已有的表上建 {len(built)} 个索引,超过 {MOST_INDEXES} 个须以 builds 说明理由",
            f"builds {len(built)} indexes on tables that are there; more than {MOST_INDEXES} want a reason (builds)",
        )


_PLACES: Final = re.compile(
    r"\b(?:TABLE|INDEX \S+ ON|REFERENCES|ANALYZE|INTO|DELETE FROM|UPDATE(?! SET)(?! RESTRICT| CASCADE))\s+"
    r'(?:IF (?:NOT )?EXISTS )?(?:ONLY )?(?P<name>"?\w+"?(?:\.\S+)?)',
    re.IGNORECASE,
)
_DROPPED_INDEX: Final = re.compile(r"DROP INDEX (?:IF EXISTS )?(?P<name>\S+)", re.IGNORECASE)


def _placed(of: Examined) -> Iterator[Sentence]:
    for each in dict.fromkeys(one.statement for one in of.effects):
        dropped = _DROPPED_INDEX.match(each)
        named = [dropped["name"]] if dropped else [found["name"] for found in _PLACES.finditer(each)]
        if any(not name.replace('"', "").startswith(f"{SCHEMA}.") for name in named):
            yield f"没有写明地区的 schema:{each}", f"does not name the district's schema: {each}"


_OTHER_KINDS: Final = (
    "ROLE|USER|FUNCTION|PROCEDURE|TRIGGER|(?:MATERIALIZED )?VIEW|RULE|POLICY|TYPE|DOMAIN|SCHEMA|EVENT"
)
_NEVER: Final = (
    (r".*\bCONCURRENTLY\b", "一个事务中不能 CONCURRENTLY", "is one transaction: no CONCURRENTLY in it"),
    (
        r"(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|START TRANSACTION|SET|RESET|LOCK)\b",
        "事务与会话设置由运行者负责",
        "leaves transactions and settings to whoever runs it",
    ),
    (
        r"(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|.*\bOWNER TO)\b",
        "权限由模型授予,迁移中不写",
        "leaves privileges to the models, which grant them anew",
    ),
    (
        rf"(?:CREATE|ALTER|DROP) (?:OR REPLACE )?(?:{_OTHER_KINDS})\b",
        "地区的 schema 中只有表、索引与约束",
        "makes something else than tables, indexes and constraints",
    ),
    (r"(?:DO|CALL|COPY)\b", "不写过程代码", "runs procedural code"),
)  # fmt: skip


def _never(of: Examined) -> Iterator[Sentence]:
    for each in dict.fromkeys(one.statement for one in of.effects):
        for pattern, zh, en in _NEVER:
            if re.match(pattern, each, re.IGNORECASE):
                yield f"{zh}:{each}", f"{en}: {each}"


def _known(of: Examined) -> Iterator[Sentence]:
    for each in of.existing:
        if each.labour is Labour.UNKNOWN and each.lock is Lock.ACCESS_EXCLUSIVE:
            if any(re.match(pattern, each.statement, re.IGNORECASE) for pattern, *_ in _NEVER):
                continue
            yield (
                f"无法判断这条语句占用什么:{each.statement}",
                f"runs what nothing is known of here (fleet/locks.py): {each.statement}",
            )


_RULES: Final[dict[str, Rule]] = {
    "stated": _stated,
    "contract": _contracted,
    "expand": _taken_away,
    "default": _filled,
    "rewrite": _rewritten,
    "narrow": _narrowed,
    "indexes": _indexed,
    "schema": _placed,
    "never": _never,
    "known": _known,
}
