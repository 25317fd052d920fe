"""Errors as clients see them: a code, a sentence in their language, the fields at fault; never internals."""

from __future__ import annotations

import traceback
from typing import Any

import structlog
from graphql import GraphQLError

from bangban.kernel.problems import ErrorCode, Overloaded, Problem, RateLimited

log = structlog.get_logger()

_INTERNAL = {
    "zh": "系统内部错误,已记录。请凭请求编号联系我们。",
    "en": "Something went wrong on our side; it is on record. Please quote the request id.",
}
_INVALID = {"zh": "请求不符合接口定义:{detail}", "en": "The request does not fit the schema: {detail}"}


def problem_entry(problem: Problem, language: str, *, path: list[str | int] | None = None) -> dict[str, Any]:
    """A refusal as one entry of ``errors``."""
    message = problem.message(language)
    extensions: dict[str, Any] = {
        "code": problem.code.value,
        "message": message,
        "fields": list(problem.fields),
    }
    if isinstance(problem, RateLimited | Overloaded):
        extensions["retryAfter"] = problem.seconds
    entry: dict[str, Any] = {"message": message, "extensions": extensions}
    if path:
        entry["path"] = path
    return entry


def internal_entry(
    error: BaseException, language: str, request_id: str, *, path: list[str | int] | None = None
) -> dict[str, Any]:
    """A bug as one entry: the request id and nothing else. What the log gets has no values in it."""
    frames = [
        f"{frame.filename.rpartition('/bangban/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    # Messages of database errors quote values, so the log keeps types and places only.
    log.error("internal error", request=request_id, error=type(error).__name__, at=frames[-12:])
    message = _INTERNAL["zh" if language.startswith("zh") else "en"]
    entry: dict[str, Any] = {
        "message": message,
        "extensions": {
            "code": ErrorCode.INTERNAL.value,
            "message": message,
            "fields": [],
            "requestId": request_id,
        },
    }
    if path:
        entry["path"] = path
    return entry


def invalid_entry(error: GraphQLError, language: str) -> dict[str, Any]:
    """A document or variables that do not fit the schema, as one entry."""
    template = _INVALID["zh" if language.startswith("zh") else "en"]
    message = template.format(detail=error.message)
    entry: dict[str, Any] = {
        "message": message,
        "extensions": {
            "code": ErrorCode.GRAPHQL_VALIDATION_FAILED.value,
            "message": message,
            "fields": [],
        },
    }
    if error.locations:
        entry["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    return entry


def execution_entry(error: GraphQLError, language: str, request_id: str) -> dict[str, Any]:
    """An error that came up while an operation ran."""
    path = list(error.path) if error.path else None
    original: BaseException | None = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, Problem):
        return problem_entry(original, language, path=path)
    if path is None and (original is None or isinstance(original, GraphQLError)):
        return invalid_entry(error, language)
    # What a client sent was found to fit before anything ran: whatever fails at a path is ours, as is a value
    # that a type cannot express. Its message would quote the value.
    return internal_entry(original or error, language, request_id, path=path)
