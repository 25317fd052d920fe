"""Value lists of recognitions. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum


class RecognitionKind(StrEnum):
    """What somebody gave their thanks with 表扬形式."""

    BANNER = "BANNER"  # 锦旗
    LETTER = "LETTER"  # 感谢信
    PRAISE = "PRAISE"  # 口头表扬
