"""The broker, through which a worker is told that the queue is worth a look.

A message carries nothing: the queue is the table of jobs, and a worker asks `core.jobs` for the best one
that it can run. So a message that is lost, late or delivered twice costs a moment at most.
"""

from collections.abc import Iterable

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

TASK = "worker.look"
ACCELERATORS = ("cpu", "gpu")
# A message is of no use once the sweeper has sent the next.
MESSAGE_SECONDS = 60
# More would wake nobody, and a queue that no worker reads is not to grow for ever.
MOST_UNREAD = 100

log = structlog.get_logger()


def connect(broker_url: str, visibility_seconds: int) -> Celery:
    """A Celery application that can send and, with the worker's task added, receive."""
    celery = Celery("fittingroom", broker=broker_url, set_as_current=False)
    celery.conf.update(
        # A job's story is in the database.
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        # Acknowledged on receipt: a lost nudge is sent again by the sweeper, and a repeated one is harmless.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        # Training goes on while the broker is away.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A sender is a request that somebody waits for: it gives up soon, and the sweeper makes good.
        broker_transport_options={
            "visibility_timeout": visibility_seconds,
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
            "socket_keepalive": True,
            # Of a sender. A worker's connection is tried again for ever, by the two settings above.
            "max_retries": 0,
        },
        task_publish_retry=False,
        # Nothing here is monitored through the broker.
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        # Logging is ours.
        worker_hijack_root_logger=False,
    )
    return celery


def nudge(celery: Celery, accelerators: Iterable[str]) -> bool:
    """Tells one free slot of each kind to look for a job. Answers whether the broker took the message."""
    try:
        with celery.producer_pool.acquire(block=True) as producer:
            for accelerator in accelerators:
                if producer.channel.client.llen(accelerator) < MOST_UNREAD:
                    celery.send_task(
                        TASK, queue=accelerator, expires=MESSAGE_SECONDS, retry=False, producer=producer
                    )
    except (RedisError, OperationalError, OSError) as error:
        log.warning("queue.nudge_failed", error=str(error))
        return False
    return True


def queues_for(accelerator: str) -> tuple[str, ...]:
    """Whom to nudge about a job that asks for `accelerator`."""
    return ACCELERATORS if accelerator == "any" else (accelerator,)
