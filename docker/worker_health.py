"""A container's health check: whether the worker in it said lately that it is there."""

import socket
import sys

from core import config, db, workers


def main() -> int:
    """0 if it did."""
    database = db.Database(config.Settings().database)
    with database.reading() as session:
        names = [worker.name.partition(":")[0] for worker in workers.alive(session)]
    database.close()
    return 0 if socket.gethostname() in names else 1


if __name__ == "__main__":
    sys.exit(main())
