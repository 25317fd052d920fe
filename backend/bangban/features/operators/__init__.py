"""The platform's operators 平台管理员: their accounts, each with one of three duties (DOMAIN 3.16)."""
