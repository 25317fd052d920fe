"""What is written into every archive for whoever finds it: how to read it without this software."""

from __future__ import annotations

from typing import Final

_EN: Final = """# A district's archive

Made by Bangban. One ZIP file; everything in it is text in UTF-8.

- `manifest.json` what this is: format, product version, revision of the structure, district, time, and for each
  table its file, columns with their PostgreSQL types, number of rows, bytes and SHA-256.
- `manifest.mac` HMAC-SHA-256 of `manifest.json` under a key that follows from the archive's key.
- `data/<table>.jsonl` one JSON object for each row, in the order of the primary key; names are the columns.
  Timestamps are ISO 8601 in UTC, bytes are `\\x` and hexadecimal digits, decimals keep their digits, arrays and JSON
  are JSON, paths of areas are text with dots.
- `audit/audit_entry.jsonl`, `audit/audit_seal.jsonl` the audit trail and the seals over it. The manifest's
  `audit.checkpoint` is the last seal, signed (ES256) by the installation that made the archive.
- `data/upload.jsonl` says which files cases have. What the kept ones hold is in `attachments/contents`, one sealed
  file after the other; `attachments/index.jsonl` has a line for each, in that order: `id` of the row, `size` in the
  clear, `bytes` in `contents`, `sha256` of those bytes, and `whole`, which is false where the file store had lost the
  file. The manifest's `attachments` has the digest of the index; `filesLeftOut` is how many are not whole, or how many
  there are where `attachments` is null. The rows have the digests of the files in the clear.

How a column stands in its file, `keeping` in the manifest: `plain` as it is; `sealed` and `personal` encrypted under
the archive's key; `rebuilt` left out, since it is a keyed hash that the importing installation makes anew;
`generated` computed by the database from other columns.

The archive's key is 32 bytes. In an archive (`kind` is `archive`) it is in `lock`: scrypt (`n`, `r`, `p`, `salt`) of
the passphrase gives the AES-256-GCM key that opens `sealed`. Sealed bytes are: version 1, a nonce of 12 bytes,
ciphertext and tag; associated data are the version byte and `bangban-archive-key/1`. Keys for values, files and
manifest follow from it by HKDF-SHA-256 without salt; `docs/archives.md` of the product has each step.

Passwords, sessions, codes and stored answers are in no archive (`leftOut`): people get invited again.
"""
_ZH: Final = """# 地区归档

由帮办平台生成。整个归档是一个 ZIP 文件,其中内容均为 UTF-8 文本。

- `manifest.json` 清单:格式、产品版本、结构版本、地区、时间;每张表的文件、字段及
  PostgreSQL 类型、行数、字节数与 SHA-256。
- `manifest.mac` 清单的 HMAC-SHA-256,其密钥由归档密钥导出。
- `data/<表名>.jsonl` 每行一个 JSON 对象,按主键排序,名称即字段名。时间为 ISO 8601(UTC),字节为 `\\x` 加十六进制,
  小数保留原有位数,数组与 JSON 仍为 JSON,区域路径为以点分隔的文本。
- `audit/audit_entry.jsonl`、`audit/audit_seal.jsonl` 审计轨迹及其封印;清单中的 `audit.checkpoint` 为最后一个封印,
  由制作归档的系统签名(ES256)。
- `data/upload.jsonl` 记载各办件的附件,行内有附件明文的校验值。已保存附件的内容加密后依次存于 `attachments/contents`;
  `attachments/index.jsonl` 按同一次序每件一行:`id` 对应记录,`size` 明文字节数,`bytes` 在 contents 中的字节数,
  `sha256` 为这些字节的校验值,`whole` 为 false 表示文件存储中已缺失。清单的 `attachments` 载有索引的校验值;
  `filesLeftOut` 为缺失的附件数量,`attachments` 为 null 时为未包含的全部附件数量。

字段在文件中的形式见清单的 `keeping`:`plain` 原样;`sealed`、`personal` 以归档密钥加密;`rebuilt` 不在文件中,
由导入方以自己的密钥重算的检索散列;`generated` 由数据库根据其他字段生成。

归档密钥为 32 字节。在 `lock` 中:以口令经 scrypt(`n`、`r`、`p`、`salt`)得到 AES-256-GCM 密钥,用以解开 `sealed`。
加密后的字节依次为:版本 1、12 字节随机数、密文与校验。各步骤详见产品文档 `docs/archives.md`。

密码、会话、验证码与幂等答复不在归档内(见 `leftOut`),人员须重新邀请。
"""

READMES: Final = {"README.md": _EN, "README.zh-CN.md": _ZH}
