"""Trusted documents 可信查询: operations that a portal registered, known by the SHA-256 of their text."""
