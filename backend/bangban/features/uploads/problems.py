"""Refusals about files 附件."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bangban.features.uploads.values import Rejection
from bangban.kernel.problems import ErrorCode, InvalidInput, NotFound, Problem

WHY: Final[Mapping[Rejection, tuple[str, str]]] = {
    Rejection.EXPIRED: ("the address was not used in time", "逾期未上传"),
    Rejection.INCOMPLETE: ("it did not arrive whole", "上传中断或大小与声明不符"),
    Rejection.NOT_WHAT_IT_SAYS: ("it is not of the kind it was said to be", "内容与声明的文件类型不符"),
    Rejection.DAMAGED: ("it is damaged, or not built as files of its kind are", "文件损坏或结构异常"),
    Rejection.ENCRYPTED: ("it is protected by a password, so it cannot be checked", "文件设有密码,无法核验"),
    Rejection.ACTIVE_CONTENT: (
        "it holds something that runs or is embedded, such as a script, a macro or an attachment",
        "文件含脚本、宏或嵌入的附件",
    ),
    Rejection.TOO_BIG_INSIDE: ("unpacked it would be too large", "展开后内容过大"),
}


class FileRejected(Problem):
    """What came is not kept. ``why`` says for which reason; the file's row keeps it."""

    zh = "文件未被接收:{why_zh}。请更正后重新申请上传。"
    en = "The file was not taken: {why}. Correct it and ask for another address."

    def __init__(self, why: Rejection) -> None:
        en, zh = WHY[why]
        super().__init__(why=en, why_zh=zh)
        self.reason = why


class FileTooLarge(Problem):
    zh = "文件大小应在 1 字节至 {most} 字节之间。"
    en = "A file may have 1 to {most} bytes."

    def __init__(self, most: int) -> None:
        super().__init__(fields=("input.size",), most=most)


class NameUnfit(Problem):
    """Names are shown and given to other people's computers, so they are plain names and no paths."""

    zh = "文件名为 1 至 120 个字符,不含路径和控制字符,并使用与类型相符的扩展名:{endings}。"
    en = (
        "A file's name has 1 to 120 characters, no path and no control characters, and ends as its kind does: "
        "{endings}."
    )

    def __init__(self, endings: Sequence[str]) -> None:
        super().__init__(fields=("input.name",), endings=endings)


class MaterialUnnamed(InvalidInput):
    def __init__(self) -> None:
        super().__init__(
            "Name one of the case's materials for a MATERIAL, and none for anything else.",
            "上传申请材料时应填写该办件的材料编码,其他用途不填。",
            fields=("input.materialCode",),
        )


class TooManyFiles(Problem):
    code = ErrorCode.LIMIT_EXCEEDED
    zh = "一个办件最多可有 {most} 个附件。"
    en = "A case may have {most} files at most."


class CaseOver(Problem):
    """The case has ended without a result, or what was kept of its applicant was erased."""

    code = ErrorCode.ILLEGAL_TRANSITION
    zh = "该办件已结束,不能再上传此类附件。"
    en = "This case has ended; such a file can no longer be added."


class ResultNotThere(Problem):
    """Who goes for the applicant has no result before the applicant may have it (DOMAIN D10, D11)."""

    code = ErrorCode.CONFLICT
    zh = "该办件尚无可交付申请人的办理结果。"
    en = "The case has no result that may go to its applicant yet."

    def __init__(self) -> None:
        super().__init__(fields=("input.fileId",))


class FileNotThere(Problem):
    """It is not kept yet, was rejected, or was erased."""

    code = ErrorCode.CONFLICT
    zh = "该附件未处于已保存状态。"
    en = "This file is not kept at present."


def no_such_file(field: str = "input.fileId") -> NotFound:
    """The one refusal for a file that does not exist and for one that the caller may not see."""
    return NotFound("file", "附件", fields=(field,))
