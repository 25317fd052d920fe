"""Settings of the channels to people, a part of ``Settings``. Secrets come from the environment or a file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from bangban.kernel.messenger.routing import Form


class MessageSettings(BaseSettings):
    """How messages leave. A channel whose address is not set is not there."""

    message_routes: dict[Form, list[str]] = Field(
        default_factory=dict,
        description='Channels by the form of address, as JSON: {"phone": ["wechat", "sms"]}; others as usual',
    )
    message_districts: dict[str, dict[Form, list[str]]] = Field(
        default_factory=dict,
        description='The same of districts that differ: {"zouping": {"phone": ["file"]}}',
    )
    smtp_host: str | None = Field(default=None, description="Where mail is handed over")
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    smtp_from: str = Field(default="bangban@localhost", description="Whom mail comes from")
    smtp_user: str | None = Field(default=None, description="Whom to sign in as; none if unset")
    smtp_password: SecretStr | None = None
    smtp_password_file: Path | None = None
    smtp_starttls: bool = Field(default=True, description="Refuse to hand mail over without encryption")
    smtp_timeout: float = Field(default=10.0, gt=0, description="Of each step")
    sms_url: str | None = Field(default=None, description="The gateway of short messages")
    sms_key_id: str = Field(
        default="bangban", description="The name of the key that requests are signed with"
    )
    sms_secret: SecretStr | None = None
    sms_secret_file: Path | None = None
    sms_timeout: float = Field(default=5.0, gt=0, description="Of each try; there are three")
    wechat_app_id: str | None = Field(default=None, description="The Official Account that sends")
    wechat_secret: SecretStr | None = None
    wechat_secret_file: Path | None = None
    wechat_template: str = Field(default="", description="Id of the template that takes the text")
    wechat_field: str = Field(default="content", description="Its field that does")
    wechat_url: str = Field(default="https://api.weixin.qq.com", description="The interface's address")
    wechat_timeout: float = Field(default=5.0, gt=0, description="Of each try")
    wecom_corp_id: str | None = Field(default=None, description="The enterprise in enterprise WeChat")
    wecom_secret: SecretStr | None = None
    wecom_secret_file: Path | None = None
    wecom_agent_id: int = Field(default=0, ge=0, description="The app that sends")
    wecom_url: str = Field(default="https://qyapi.weixin.qq.com", description="The interface's address")
    wecom_timeout: float = Field(default=5.0, gt=0, description="Of each try")
