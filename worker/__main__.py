"""`python -m worker`: one worker, until it is told to stop."""

import os
import sys

from core import logs
from core.config import Settings


def main() -> None:
    """Reads the settings and works."""
    settings = Settings()
    logs.configure(settings)
    # For the trainers, which inherit them: TensorFlow's greetings are no part of a job's log.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    # After the above, which whatever is imported from here on may look at.
    from worker.app import Worker

    Worker(settings).run()
    sys.exit(0)


if __name__ == "__main__":
    main()
