"""`python -m migrations`: brings the database to the newest revision."""

from core.config import Settings
from migrations import upgrade

upgrade(Settings().database)
