"""Every refusal the API can give: one code, one sentence in Chinese and one in English.

A problem is raised anywhere below the edge and becomes one entry in ``errors`` with
``extensions {code, message, fields}``. Features add named sentences of their own in their
``problems.py``, always under one of the codes here. Anything that is not a ``Problem`` is a bug and
leaves the edge as ``INTERNAL`` with a request id and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import ClassVar, TypeGuard


class ErrorCode(StrEnum):
    """Why a request was refused 拒绝原因."""

    # who and where
    UNAUTHENTICATED = "UNAUTHENTICATED"
    SESSION_ENDED = "SESSION_ENDED"
    PASSWORD_EXPIRED = "PASSWORD_EXPIRED"  # noqa: S105 - a code, not a password
    FORBIDDEN = "FORBIDDEN"
    DISTRICT_REQUIRED = "DISTRICT_REQUIRED"
    DISTRICT_UNKNOWN = "DISTRICT_UNKNOWN"
    DISTRICT_SUSPENDED = "DISTRICT_SUSPENDED"
    DISTRICT_MISMATCH = "DISTRICT_MISMATCH"
    # the request itself
    BAD_REQUEST = "BAD_REQUEST"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    TRUSTED_DOCUMENT_REQUIRED = "TRUSTED_DOCUMENT_REQUIRED"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    RATE_LIMITED = "RATE_LIMITED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"
    # what it asks for
    NOT_FOUND = "NOT_FOUND"
    INVALID_INPUT = "INVALID_INPUT"
    CONFLICT = "CONFLICT"
    # casework
    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION"
    NOT_THE_HOLDER = "NOT_THE_HOLDER"
    HANDOVER_PENDING = "HANDOVER_PENDING"
    NO_HANDOVER = "NO_HANDOVER"
    NOTICE_INCOMPLETE = "NOTICE_INCOMPLETE"
    SECOND_NOTICE = "SECOND_NOTICE"
    MATERIALS_MISSING = "MATERIALS_MISSING"
    NOT_TOLERABLE = "NOT_TOLERABLE"
    TOLERANCE_OPEN = "TOLERANCE_OPEN"
    AUTHORISATION_REQUIRED = "AUTHORISATION_REQUIRED"
    ALREADY_RATED = "ALREADY_RATED"
    ITEM_NOT_HANDLED_HERE = "ITEM_NOT_HANDLED_HERE"
    ITEM_FAULTY = "ITEM_FAULTY"
    PAPERS_NOT_HELD = "PAPERS_NOT_HELD"
    PAPERS_OUT = "PAPERS_OUT"
    PHRASE_BANNED = "PHRASE_BANNED"
    TOLERANCE_BARRED = "TOLERANCE_BARRED"
    # halls
    NOT_ON_SHIFT = "NOT_ON_SHIFT"
    DUPLICATE_TICKET = "DUPLICATE_TICKET"
    WRONG_QUEUE = "WRONG_QUEUE"
    WINDOW_BUSY = "WINDOW_BUSY"
    NOBODY_WAITING = "NOBODY_WAITING"
    FULLY_BOOKED = "FULLY_BOOKED"


class Problem(Exception):  # noqa: N818 - a refusal is not an error; DESIGN names refusals as sentences
    """A refusal that the caller can understand and act on.

    Subclasses set ``code`` and the two sentences, which may name keyword facts in braces; a fact that is a list is
    told as each language lists things. ``fields`` names the input paths that are at fault (``input.number``).
    """

    code: ClassVar[ErrorCode] = ErrorCode.INVALID_INPUT
    zh: ClassVar[str] = "请求无效。"
    en: ClassVar[str] = "The request is not valid."

    def __init__(self, *, fields: tuple[str, ...] = (), **facts: object) -> None:
        self.fields = fields
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``; any other language gets English."""
        template, between = (self.zh, "、") if language.startswith("zh") else (self.en, ", ")
        facts = {
            name: between.join(map(str, fact)) if _is_list(fact) else fact
            for name, fact in self.facts.items()
        }
        return template.format(**facts)


def _is_list(fact: object) -> TypeGuard[Collection[object]]:
    return isinstance(fact, Collection) and not isinstance(fact, str | bytes | Mapping)


@contextmanager
def refused_at(fields: Mapping[str, str]) -> Iterator[None]:
    """What is refused inside names other inputs, as ``{"input.applicant": "input.submitter"}`` says, and what is below.

    For an act that does other acts, whose refusals speak of their own inputs.
    """
    try:
        yield
    except Problem as problem:
        problem.fields = tuple(_moved(field, fields) for field in problem.fields)
        raise


def _moved(field: str, to: Mapping[str, str]) -> str:
    for old, new in to.items():
        if field == old or field.startswith(f"{old}."):
            return new + field.removeprefix(old)
    return field


class NotAuthenticated(Problem):
    code = ErrorCode.UNAUTHENTICATED
    zh = "请先登录。"
    en = "Please sign in first."


class SessionEnded(Problem):
    code = ErrorCode.SESSION_ENDED
    zh = "登录已失效,请重新登录。"
    en = "This session has ended; please sign in again."


class Forbidden(Problem):
    code = ErrorCode.FORBIDDEN
    zh = "您没有此操作的权限({permission})。"
    en = "You may not do this ({permission})."


class DistrictRequired(Problem):
    code = ErrorCode.DISTRICT_REQUIRED
    zh = "请求未指明地区:请登录,或在 X-District 头中写明地区标识。"
    en = "No district was named: sign in, or send the district's slug in the X-District header."


class DistrictUnknown(Problem):
    code = ErrorCode.DISTRICT_UNKNOWN
    zh = "没有这个地区。"
    en = "There is no such district."


class DistrictSuspended(Problem):
    """``reason`` is what the operator who suspended it wrote for everybody to read."""

    code = ErrorCode.DISTRICT_SUSPENDED
    zh = "该地区目前暂停服务{why_zh}。"
    en = "This district is suspended at present{why}."

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(why_zh=f",原因:{reason}" if reason else "", why=f": {reason}" if reason else "")


class DistrictLeaving(DistrictSuspended):
    """It has asked to leave: its administrators and auditors may look, and its administrators may stay after all."""

    zh = "该地区正在退出平台,只有系统管理员与审计员可以查看。"
    en = "This district is leaving the platform; only its administrators and auditors may look."


class DistrictMismatch(Problem):
    code = ErrorCode.DISTRICT_MISMATCH
    zh = "令牌、请求头与域名所指的地区不一致。"
    en = "The token, the header and the host name do not agree on one district."


class NotFound(Problem):
    """Also given where a row exists but the caller may not see it: refusals do not reveal existence."""

    code = ErrorCode.NOT_FOUND
    zh = "没有找到{what_zh},或您无权查看。"
    en = "No such {what}, or you may not see it."

    def __init__(self, what: str, what_zh: str, *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(fields=fields, what=what, what_zh=what_zh)


class RateLimited(Problem):
    """``seconds`` until another try can succeed; also sent as ``Retry-After``."""

    code = ErrorCode.RATE_LIMITED
    zh = "操作过于频繁,请在 {seconds} 秒后再试。"
    en = "Too many attempts; try again in {seconds} seconds."

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds


class InvalidInput(Problem):
    """One or more inputs are wrong for the stated reason."""

    zh = "{reason_zh}"
    en = "{reason}"

    def __init__(self, reason: str, reason_zh: str, *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(fields=fields, reason=reason, reason_zh=reason_zh)


class Conflict(Problem):
    """Somebody else changed the same thing first; reading again and deciding anew is the way on."""

    code = ErrorCode.CONFLICT
    zh = "有人刚刚先作了更改,请刷新后再决定。"
    en = "Somebody else changed this a moment ago; read it again and decide anew."


class LimitExceeded(Problem):
    code = ErrorCode.LIMIT_EXCEEDED
    zh = "请求超出限制:{limit}上限为 {most}。"
    en = "The request exceeds a limit: {limit} may be at most {most}."


class IdempotencyConflict(Problem):
    code = ErrorCode.IDEMPOTENCY_CONFLICT
    zh = "同一个 Idempotency-Key 不能用于不同的请求。"
    en = "The same Idempotency-Key cannot be used for a different request."


class Unavailable(Problem):
    code = ErrorCode.UNAVAILABLE
    zh = "服务暂时不可用,请稍后重试。"
    en = "The service is unavailable for a moment; please retry."


class Overloaded(Unavailable):
    """More was asked at once than is served in a bearable time. ``seconds`` until another try is worth it."""

    zh = "当前访问人数较多,请在 {seconds} 秒后重试。"
    en = "Too much is being asked at the moment; please retry in {seconds} seconds."

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds
