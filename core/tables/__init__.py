"""Every table, and what each column means. `migrations` makes them; a test holds the two together."""

from core.tables.base import ACCELERATORS, ACTIVE, ROLES, STATUSES, Base, Json
from core.tables.machines import Lock, Measured, Speed, Worker
from core.tables.people import BrowserSession, IdempotencyKey, Token, User
from core.tables.trained import Label, Model, ModelVersion
from core.tables.work import Dataset, Epoch, Job, LogLine, Transition

__all__ = [
    "ACCELERATORS",
    "ACTIVE",
    "ROLES",
    "STATUSES",
    "Base",
    "BrowserSession",
    "Dataset",
    "Epoch",
    "IdempotencyKey",
    "Job",
    "Json",
    "Label",
    "Lock",
    "LogLine",
    "Measured",
    "Model",
    "ModelVersion",
    "Speed",
    "Token",
    "Transition",
    "User",
    "Worker",
]
