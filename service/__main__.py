"""`python -m service`: serves until it is told to stop."""

import sys

from pydantic import ValidationError

from core import logs
from core.config import Settings
from service import server


def main() -> int:
    """Serves. The exit code is 0 when it was told to stop."""
    try:
        settings = Settings()
    except ValidationError as error:
        for found in error.errors(include_url=False):
            name = f"FITTINGROOM_{str(found['loc'][0]).upper()}"
            sys.stderr.write(f"{name}: {found['msg']}\n")
        return 1
    logs.configure(settings)
    try:
        server.serve(settings)
    except server.PortError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
