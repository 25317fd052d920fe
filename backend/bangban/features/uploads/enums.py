"""The value lists of files, described for the API."""

from __future__ import annotations

from bangban.features.uploads.values import FileKind, Rejection, UploadPurpose, UploadState
from bangban.kernel.graphql.enums import describe

describe(
    UploadPurpose,
    "What a file is for 附件用途.",
    {
        UploadPurpose.MATERIAL: "A material of the application 申请材料.",
        UploadPurpose.RESULT: "What came of the case 办理结果.",
        UploadPurpose.OTHER: "Another signed paper, such as a power of attorney 其他签署材料.",
    },
)
describe(
    UploadState,
    "Life of a file 附件状态.",
    {
        UploadState.PENDING: "Asked for, not here yet 待上传.",
        UploadState.STORED: "Checked and kept 已保存.",
        UploadState.REJECTED: "Not kept 已退回.",
        UploadState.ERASED: "Erased when its time was over 已清除.",
    },
)
describe(
    FileKind,
    "What files may be 文件类型.",
    {
        FileKind.PDF: "Portable Document Format PDF 文档.",
        FileKind.PNG: "Portable Network Graphics PNG 图片.",
        FileKind.JPEG: "JPEG, a photograph JPEG 图片.",
        FileKind.OFD: "Open Fixed-layout Document, GB/T 33190 版式文档.",
        FileKind.DOCX: "Office Open XML text Word 文档.",
        FileKind.XLSX: "Office Open XML spreadsheet Excel 表格.",
    },
)
describe(
    Rejection,
    "Why a file was not kept 退回原因.",
    {
        Rejection.EXPIRED: "The address was not used in time 逾期未上传.",
        Rejection.INCOMPLETE: "It did not arrive whole 上传中断或大小不符.",
        Rejection.NOT_WHAT_IT_SAYS: "It is of another kind 内容与类型不符.",
        Rejection.DAMAGED: "It is damaged or oddly built 文件损坏或结构异常.",
        Rejection.ENCRYPTED: "It is protected by a password 文件已加密.",
        Rejection.ACTIVE_CONTENT: "It holds something that runs or is embedded 含活动内容.",
        Rejection.TOO_BIG_INSIDE: "Unpacked it would be too large 展开后过大.",
    },
)

__all__ = ["FileKind", "Rejection", "UploadPurpose", "UploadState"]
