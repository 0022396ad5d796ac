"""Every setting: an environment variable `FITTINGROOM_…`, its default, and what it means.

The README's table of settings is held to this list by a test.
"""

from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set. Read once, by a process's entry point, and passed on from there."""

    model_config = SettingsConfigDict(env_prefix="FITTINGROOM_", frozen=True)

    home: Path = Field(Path("var"), description="Where the embedded stack keeps everything")
    database_url: str | None = Field(
        None, description="SQLAlchemy's URL of the database; without it, a SQLite file in the home"
    )
    broker_url: str = Field("redis://127.0.0.1:6379/0", description="Celery's broker: Redis or Valkey")
    broker_visibility_seconds: int = Field(
        3600, ge=1, description="After how long the broker delivers an unacknowledged message again"
    )
    artifacts_url: str | None = Field(
        None, description="Where artifacts are kept (`file:///…`); without it, a folder in the home"
    )
    scratch: Path | None = Field(
        None, description="Where uploads and trainers write before they are done; by default in the home"
    )
    log_format: Literal["json", "console"] = Field("json", description="The form of a log line")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least that is logged"
    )

    host: str = Field("127.0.0.1", description="The address that the service listens on")
    port: int = Field(8080, ge=0, le=65535, description="The port that the service listens on")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+$",
        description="The address by which browsers know the service (`https://…`), behind a proxy",
    )
    session_seconds: int = Field(
        14 * 24 * 3600, ge=60, description="How long somebody who signed in with a browser stays so"
    )
    service_processes: int = Field(1, ge=1, description="Processes of the service")
    service_threads: int = Field(64, ge=4, description="Requests that one process answers at a time")
    event_streams: int = Field(
        16, ge=1, description="Open event streams per process; keep it well below its threads"
    )
    session_cache: int = Field(32, ge=1, description="Models that one process keeps ready for predictions")

    queues: str = Field(
        "cpu",
        pattern=r"^\s*(cpu|gpu)\s*(,\s*(cpu|gpu)\s*)*$",
        description="What a worker takes: `cpu`, `gpu` or `cpu,gpu`",
    )
    gpus: str | None = Field(
        None,
        description="The GPUs of a worker that takes `gpu`, as `CUDA_VISIBLE_DEVICES` names them; "
        "without it, all that TensorFlow sees",
    )
    gpu_jobs: int = Field(1, ge=1, description="Jobs that one GPU trains at a time")
    gpu_memory_bytes: int = Field(
        0, ge=0, description="The most of a GPU's memory that one job may take; 0: what it turns out to need"
    )
    slots: int = Field(1, ge=1, description="Jobs that a worker trains at a time")
    slot_threads: int = Field(
        0, ge=0, description="TensorFlow's threads in one slot; 0: an equal share of the cores"
    )
    slot_memory_bytes: int = Field(
        0, ge=0, description="The most memory that a trainer may take; 0: no limit"
    )
    lease_seconds: float = Field(10, gt=0, description="How long a worker that says nothing keeps its job")
    heartbeat_seconds: float = Field(
        1, gt=0, description="How often a worker renews its leases and stores progress"
    )
    checkpoint_seconds: float = Field(
        5, ge=0, description="The least time between two checkpoints of a job, in seconds of training"
    )
    sweep_seconds: float = Field(5, gt=0, description="How often the sweeper looks for what was lost")
    lost_attempts: int = Field(
        5, ge=1, description="Attempts lost in a row, without progress, that fail a job"
    )

    max_body_bytes: int = Field(
        8 * 2**20, ge=1, description="The largest body of a request that is not an upload"
    )
    max_upload_bytes: int = Field(2 * 2**30, ge=1, description="The largest upload")
    max_columns: int = Field(2000, ge=1, description="The most columns of a table")
    max_unpacked_bytes: int = Field(8 * 2**30, ge=1, description="The most that an upload may unpack to")
    reader_seconds: int = Field(600, ge=1, description="How long reading one upload may take")
    reader_memory_bytes: int = Field(
        4 * 2**30, ge=0, description="The most memory that reading one upload may take"
    )
    max_layers: int = Field(2000, ge=1, description="The most layers of a network")
    max_parameters: int = Field(200_000_000, ge=1, description="The most parameters of a network")
    max_row_numbers: int = Field(
        200_000_000, ge=1, description="The most numbers that all layers of a network put out for one row"
    )
    max_epochs: int = Field(10_000, ge=1, description="The most epochs of a job")
    max_seconds: int = Field(24 * 3600, ge=1, description="The longest time limit of a job, and its default")
    max_queued_jobs: int = Field(
        1000, ge=1, description="The most jobs of one user that wait or run at a time"
    )

    lti_private_hosts: str | None = Field(
        None,
        description="Learning platforms with a private address that may be asked all the same, and over "
        "plain HTTP: `host` or `host:port`, with commas in between",
    )
    lti_plain_cookies: bool = Field(
        default=False,
        description="Launches over plain HTTP, on one machine: to try LTI out, and for nothing else",
    )
    lti_send_seconds: float = Field(
        2, gt=0, description="How often the service looks for scores that a learning platform is to get"
    )

    @cached_property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{quote(str(self.home.absolute() / 'fittingroom.db'))}"

    @cached_property
    def artifacts(self) -> str:
        """The artifact store's URL."""
        return self.artifacts_url or (self.home.absolute() / "artifacts").as_uri()

    @cached_property
    def scratch_folder(self) -> Path:
        """A folder on this machine for what is not finished yet."""
        return self.scratch or self.home.absolute() / "scratch"

    @cached_property
    def lti_hosts(self) -> frozenset[str]:
        """Platforms that may have a private address, as a set, in lower case."""
        return frozenset(
            host.strip().lower() for host in (self.lti_private_hosts or "").split(",") if host.strip()
        )

    @cached_property
    def accelerators(self) -> tuple[str, ...]:
        """The queues that a worker takes, as a list."""
        return tuple(queue.strip() for queue in self.queues.split(",") if queue.strip())
