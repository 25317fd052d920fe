"""Refusals about archives, backups and leaving."""

from __future__ import annotations

from bangban.kernel.problems import Conflict, ErrorCode, InvalidInput, Problem


class ArchiveUnreadable(Problem):
    """A file that is no archive of ours, or a part of it that cannot be read. ``what`` names the part."""

    zh = "该文件不是可读的归档:{what_zh}。"
    en = "This file cannot be read as an archive: {what}."

    def __init__(self, what: str, what_zh: str) -> None:
        super().__init__(what=what, what_zh=what_zh)


class ArchiveAltered(Problem):
    """Contents that do not agree with the manifest, or a manifest that does not agree with its key."""

    zh = "归档与其清单不符:{what_zh}。未作任何导入。"
    en = "The archive does not agree with its manifest: {what}. Nothing was imported."

    def __init__(self, what: str, what_zh: str) -> None:
        super().__init__(what=what, what_zh=what_zh)


class ArchiveTooNew(Problem):
    """An archive of a release that this one does not know."""

    zh = "该归档的结构版本为 {revision},本系统只到 {head}:请先升级本系统。"
    en = "This archive is at revision {revision}; this installation knows {head} at most. Upgrade it first."


class PassphraseWrong(Problem):
    """The passphrase does not open the archive, or what it opens was altered."""

    zh = "口令打不开该归档。"
    en = "The passphrase does not open this archive."


class PassphraseWeak(InvalidInput):
    """A passphrase that could be guessed."""

    def __init__(self, least: int) -> None:
        super().__init__(
            f"A passphrase has at least {least} characters, six different ones among them.",
            f"口令至少 {least} 个字符,其中至少 6 个不同。",
            fields=("input.passphrase",),
        )


class BackupOfAnother(Problem):
    """A backup opens only in the installation that made it."""

    zh = "该备份由另一套系统制作,只能在原系统恢复;迁移请用归档。"
    en = "This backup was made by another installation and opens only there. To move a district, archive it."


class WrongKind(Problem):
    """An archive where a backup is wanted, or the other way round."""

    zh = "该文件是{kind_zh},请用 `bangban district {command}`。"
    en = "This file is {kind}; use `bangban district {command}`."


class DistrictLags(Conflict):
    """A district that still waits for a migration."""

    zh = "地区 {slug} 的结构尚未升级到当前版本,请先运行 `bangban fleet migrate`。"
    en = "The district {slug} is not at the current revision; run `bangban fleet migrate` first."


class SlugInUse(Conflict):
    """The archive's district is here already."""

    zh = "本系统已有地区 {slug}。标识不可更改,须先移除该地区才能导入。"
    en = "There is a district {slug} here already. Slugs never change; it has to be dropped before an import."


class DistrictIsLive(Conflict):
    """A district at work is not replaced."""

    zh = "地区 {slug} 正在服务中,请先运行 `bangban district suspend {slug}`。"
    en = "The district {slug} is at work; run `bangban district suspend {slug}` first."


class TrailUnsound(Problem):
    """The trail in the archive does not agree with its own seals."""

    zh = "归档中的审计轨迹未通过核验:{finding_zh} 未作任何导入。"
    en = "The archive's audit trail does not verify: {finding} Nothing was imported."


class TrailOfAnother(Problem):
    """The backup's trail is not the beginning of the trail that is here."""

    zh = "备份中的审计轨迹不是现有轨迹的前段。若现有轨迹已损坏,可加 --trail-of-backup 采用备份中的轨迹。"
    en = (
        "The backup's audit trail is not the beginning of the one that is here. If that one is damaged,"
        " --trail-of-backup takes the backup's instead."
    )


class NotLeaving(Conflict):
    """The district has not asked to leave."""

    zh = "地区 {slug} 未申请退出。"
    en = "The district {slug} is not leaving."


class LeavesAlready(Conflict):
    """Only a district at work, or a suspended one, can ask to leave."""

    zh = "地区 {slug} 目前的状态为 {status},不能申请退出。"
    en = "The district {slug} is {status}; it cannot ask to leave."


class StillCoolingOff(Conflict):
    """The period in which a district may change its mind is not over."""

    zh = "地区 {slug} 的冷静期到 {until} 为止,之前不能移除。"
    en = "The district {slug} may change its mind until {until}; it cannot be dropped before."


class NoVerifiedArchive(Conflict):
    """A district leaves with its data or not at all."""

    zh = "地区 {slug} 退出后还没有核验过的归档,不能移除。"
    en = "There is no verified archive of the district {slug} since it asked to leave; it cannot be dropped."


class ConfirmationWrong(Problem):
    """The slug was not typed twice alike."""

    code = ErrorCode.INVALID_INPUT
    zh = "两次填写的地区标识不一致。"
    en = "The slug and its confirmation are not the same."

    def __init__(self) -> None:
        super().__init__(fields=("input.confirmSlug",))


class ReasonMissing(InvalidInput):
    """Leaving and staying are on record with a reason."""

    def __init__(self) -> None:
        super().__init__(
            "Give a reason of 2 to 500 characters.", "请填写原因(2 至 500 字)。", fields=("input.reason",)
        )
