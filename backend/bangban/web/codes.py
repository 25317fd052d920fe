"""The codes of refusals, described for the API."""

from __future__ import annotations

from typing import Final

from bangban.kernel.graphql.enums import describe
from bangban.kernel.problems import ErrorCode

_CHINESE: Final = {
    ErrorCode.UNAUTHENTICATED: "未登录",
    ErrorCode.SESSION_ENDED: "登录已失效",
    ErrorCode.PASSWORD_EXPIRED: "密码须更换",
    ErrorCode.FORBIDDEN: "无权限",
    ErrorCode.DISTRICT_REQUIRED: "未指明地区",
    ErrorCode.DISTRICT_UNKNOWN: "地区不存在",
    ErrorCode.DISTRICT_SUSPENDED: "地区已暂停",
    ErrorCode.DISTRICT_MISMATCH: "地区不一致",
    ErrorCode.BAD_REQUEST: "请求有误",
    ErrorCode.GRAPHQL_PARSE_FAILED: "语句无法解析",
    ErrorCode.GRAPHQL_VALIDATION_FAILED: "语句不合定义",
    ErrorCode.PERSISTED_QUERY_NOT_FOUND: "未找到已存查询",
    ErrorCode.TRUSTED_DOCUMENT_REQUIRED: "须用可信查询",
    ErrorCode.LIMIT_EXCEEDED: "超出限制",
    ErrorCode.QUOTA_EXCEEDED: "超出配额",
    ErrorCode.RATE_LIMITED: "过于频繁",
    ErrorCode.IDEMPOTENCY_CONFLICT: "重试键冲突",
    ErrorCode.UNAVAILABLE: "暂不可用",
    ErrorCode.INTERNAL: "内部错误",
    ErrorCode.NOT_FOUND: "未找到",
    ErrorCode.INVALID_INPUT: "输入有误",
    ErrorCode.CONFLICT: "他人已更改",
    ErrorCode.ILLEGAL_TRANSITION: "当前状态不允许",
    ErrorCode.NOT_THE_HOLDER: "非现任帮办人",
    ErrorCode.HANDOVER_PENDING: "交接未完成",
    ErrorCode.NO_HANDOVER: "没有待接交接",
    ErrorCode.NOTICE_INCOMPLETE: "告知不完整",
    ErrorCode.SECOND_NOTICE: "不得二次告知",
    ErrorCode.MATERIALS_MISSING: "材料不齐",
    ErrorCode.NOT_TOLERABLE: "不可容缺",
    ErrorCode.TOLERANCE_OPEN: "容缺未兑现",
    ErrorCode.AUTHORISATION_REQUIRED: "缺少委托",
    ErrorCode.ALREADY_RATED: "已评价",
    ErrorCode.ITEM_NOT_HANDLED_HERE: "本级不受理",
    ErrorCode.ITEM_FAULTY: "事项有误",
    ErrorCode.PAPERS_NOT_HELD: "材料不在手中",
    ErrorCode.PAPERS_OUT: "材料尚在途",
    ErrorCode.PHRASE_BANNED: "含禁用语",
    ErrorCode.TOLERANCE_BARRED: "容缺失信未恢复",
    ErrorCode.NOT_ON_SHIFT: "不在班",
    ErrorCode.DUPLICATE_TICKET: "重复取号",
    ErrorCode.WRONG_QUEUE: "取错号",
    ErrorCode.WINDOW_BUSY: "窗口正在办理",
    ErrorCode.NOBODY_WAITING: "无人等候",
    ErrorCode.FULLY_BOOKED: "已约满",
}

describe(
    ErrorCode,
    "Why a request was refused, in `extensions.code` of an error 拒绝原因.",
    {code: f"{code.value.replace('_', ' ').capitalize()} {_CHINESE[code]}." for code in ErrorCode},
)

__all__ = ["ErrorCode"]
