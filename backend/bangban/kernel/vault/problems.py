"""What can be wrong with keys. None of these sentences holds key material."""

from __future__ import annotations

from typing import ClassVar


class SealBroken(Exception):  # noqa: N818 - named as a sentence, like every refusal
    """Sealed bytes that this key and context do not open: altered, cut short, or put in another place."""


class StartProblem(Exception):  # noqa: N818 - a refusal is not an error; named as a sentence
    """A reason not to start, with what to do about it, for whoever types the command."""

    zh: ClassVar[str] = "无法启动。"
    en: ClassVar[str] = "Cannot start."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``; any other language gets English."""
        return (self.zh if language.startswith("zh") else self.en).format(**self.facts)


class MasterKeyMissing(StartProblem):
    """There is no master key where one was looked for. ``file`` may be None."""

    zh = (
        "没有主密钥：{place_zh}。首次安装请运行 `bangban keys make`；"
        "已有数据时请从备份取回原密钥——用新密钥打不开原有数据。"
    )
    en = (
        "There is no master key: {place}. On a first installation run `bangban keys make`; where data "
        "exists, bring the key back from its backup, since a new key opens none of it."
    )

    def __init__(self, *, file: object = None) -> None:
        super().__init__(
            place=f"{file} does not exist" if file else "neither key nor key file is set",
            place_zh=f"文件 {file} 不存在" if file else "未设置密钥或密钥文件",
        )


class MasterKeyWrong(StartProblem):
    """The data was sealed under another master key than those at hand. Ids are fingerprints, no secrets."""

    zh = "主密钥不符{detail_zh}：现有密钥打不开原有数据。请放回原密钥文件，或检查 BANGBAN_MASTER_KEY。"
    en = (
        "This is the wrong master key{detail}: it does not open the data that is here. "
        "Put the former key file back, or check BANGBAN_MASTER_KEY."
    )

    def __init__(self, *, wanted: str | None = None, held: tuple[str, ...] = ()) -> None:
        known = wanted is not None and held
        super().__init__(
            detail=f" (needed: {wanted}; at hand: {', '.join(held)})" if known else "",
            detail_zh=f"（需要 {wanted}，现有 {'、'.join(held)}）" if known else "",
        )


class MasterKeyExposed(StartProblem):
    """Others than the owner may read the key file."""

    zh = (
        "密钥文件 {file} 的权限为 {mode}，他人可读。"
        "请运行 `chmod 600 {file}`；若可能已泄露，再运行 `bangban keys rotate`。"
    )
    en = (
        "The key file {file} has mode {mode}, so others may read it. Run `chmod 600 {file}`, and "
        "`bangban keys rotate` if anybody may have seen it."
    )


class MasterKeyDamaged(StartProblem):
    """What should be a master key is none."""

    zh = "{place_zh} 中的主密钥无法识别。请从备份取回；密钥由 `bangban keys make` 生成，请勿手工编辑。"
    en = (
        "The master key in {place} cannot be understood. Bring it back from its backup; keys are made by "
        "`bangban keys make` and not edited by hand."
    )

    def __init__(self, *, file: object = None) -> None:
        super().__init__(place=file or "BANGBAN_MASTER_KEY", place_zh=file or "BANGBAN_MASTER_KEY")


class MasterKeyUnwritable(StartProblem):
    """The key file cannot be read or written, for the operating system's ``reason``."""

    zh = "无法读写密钥文件 {file}（{reason}）。请检查目录权限与磁盘空间；原文件未改动。"
    en = (
        "The key file {file} cannot be read or written ({reason}). Check the folder's permissions and the "
        "disk; a former file is unchanged."
    )


class KeyFileExists(StartProblem):
    """A key file is in the way of a new one; overwriting it would lose everything sealed under it."""

    zh = "密钥文件 {file} 已存在，未作改动。更换密钥请用 `bangban keys rotate`。"
    en = "The key file {file} exists and was left alone. To change the key, use `bangban keys rotate`."
