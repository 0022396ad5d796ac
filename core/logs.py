"""Log lines: one JSON object each (or, for people, coloured text), of our own code and of libraries alike."""

import logging
import sys
from typing import Any

import orjson
import structlog

from core.config import Settings

# Libraries that tell at INFO what nobody reads.
QUIET = ("httpx", "httpcore", "kombu", "amqp", "urllib3")


def configure(settings: Settings) -> None:
    """Sends every log line of this process to stderr, in the form and from the level that the settings say.

    What is bound with `structlog.contextvars`, such as a request's id, stands in every line of that context.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]
    form = _console() if settings.log_format == "console" else _json()
    structlog.configure(
        processors=[*shared, *form],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *form],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _json() -> list[structlog.typing.Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_dump)]


def _console() -> list[structlog.typing.Processor]:
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


def _dump(event: dict[str, Any], **_options: object) -> str:
    # Whatever is logged, a line comes out: a log must not be what fails.
    try:
        return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        return orjson.dumps(repr(event).encode("utf-8", "replace").decode()).decode()
