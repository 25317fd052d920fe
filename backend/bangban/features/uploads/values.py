"""Words of uploads, as rows keep them and the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class UploadPurpose(StrEnum):
    """What a file is for 附件用途."""

    MATERIAL = "MATERIAL"  # 申请材料
    RESULT = "RESULT"  # 办理结果
    OTHER = "OTHER"  # 其他签署材料


class UploadState(StrEnum):
    """Life of a file 附件状态."""

    PENDING = "PENDING"  # 待上传
    STORED = "STORED"  # 已保存
    REJECTED = "REJECTED"  # 已退回
    ERASED = "ERASED"  # 已清除


class FileKind(StrEnum):
    """What files may be 文件类型."""

    PDF = "PDF"
    PNG = "PNG"
    JPEG = "JPEG"
    OFD = "OFD"
    DOCX = "DOCX"
    XLSX = "XLSX"


MEDIA_TYPES: Final[Mapping[FileKind, str]] = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.OFD: "application/ofd",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What each is called on the web."""


class Rejection(StrEnum):
    """Why a file was not kept 退回原因."""

    EXPIRED = "EXPIRED"  # 逾期未上传
    INCOMPLETE = "INCOMPLETE"  # 上传中断或大小不符
    NOT_WHAT_IT_SAYS = "NOT_WHAT_IT_SAYS"  # 内容与声明的类型不符
    DAMAGED = "DAMAGED"  # 文件损坏或结构异常
    ENCRYPTED = "ENCRYPTED"  # 文件已加密,无法核验
    ACTIVE_CONTENT = "ACTIVE_CONTENT"  # 含脚本、宏等活动内容
    TOO_BIG_INSIDE = "TOO_BIG_INSIDE"  # 解压后过大


class AddressKind(StrEnum):
    """What a short-lived address gives 临时地址类别."""

    FILE = "FILE"  # 附件
    RECEIPT = "RECEIPT"  # 回执
