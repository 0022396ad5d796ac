"""What answers look like. These describe the API to its readers; a test holds the real answers to them."""

from service.shapes.common import Fault, Listed, PredictionError, Problem, Shape
from service.shapes.datasets import ClassCount, Column, Common, Histogram, Preview, Thumbnail
from service.shapes.jobs import Epoch, Event, Job, JobBrief, JobError, LogLine, Made, Place, Transition
from service.shapes.models import Metadata, Model, Predictions, ServingStatus, Version, VersionBrief
from service.shapes.others import (
    Alive,
    Check,
    Dataset,
    Layer,
    Limit,
    NewToken,
    Quota,
    Ready,
    Token,
    User,
    Worker,
)

__all__ = [
    "Alive",
    "Check",
    "ClassCount",
    "Column",
    "Common",
    "Dataset",
    "Epoch",
    "Event",
    "Fault",
    "Histogram",
    "Job",
    "JobBrief",
    "JobError",
    "Layer",
    "Limit",
    "Listed",
    "LogLine",
    "Made",
    "Metadata",
    "Model",
    "NewToken",
    "Place",
    "PredictionError",
    "Predictions",
    "Preview",
    "Problem",
    "Quota",
    "Ready",
    "ServingStatus",
    "Shape",
    "Thumbnail",
    "Token",
    "Transition",
    "User",
    "Version",
    "VersionBrief",
    "Worker",
]
