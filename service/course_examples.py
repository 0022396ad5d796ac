"""An answer of each shape of courses, for readers of the API's description."""

from typing import Any

AT = "2026-01-31T12:00:00Z"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
MODEL: dict[str, Any] = {
    "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 10, "activation": "softmax"}]
}
TRAINING: dict[str, Any] = {"epochs": 5}
SUBMISSION = {"model": MODEL, "training": TRAINING}
ASSIGNMENT: dict[str, Any] = {
    "course": "crs_01jq",
    "title": "Digits",
    "text": "Tell handwritten digits apart.",
    "dataset": "digits",
    "rules": {"layers": ["Flatten", "Dense"], "max_parameters": 20000, "training": {"seed": 0}},
    "metric": {"name": "accuracy"},
    "scoring": {"baseline": 0.8, "target": 0.95},
    "attempts": {"per_day": 5},
    "due_at": "2026-02-28T22:00:00Z",
}
_BRIEF: dict[str, Any] = {
    "id": "asg_01jq",
    "object": "assignment",
    **ASSIGNMENT,
    "translations": {},
    "exercise": None,
    "dataset": "ds_01jq",
    "lock_at": None,
    "metric": {"name": "accuracy", "direction": "max"},
    "hidden": 0.5,
    "attempts": {"per_day": 5, "total": None},
    "penalty": {"per_day": 10, "most": 50},
    "counts": "best",
    "leaderboard": {"show": "pseudonyms", "top": 10, "frozen_hours": 24},
    "groups": False,
    "created_at": AT,
    "updated_at": AT,
}
_ATTEMPTS = {
    "used": 2,
    "total": None,
    "left": None,
    "used_today": 1,
    "per_day": 5,
    "left_today": 4,
    "resets_at": "2026-02-01T00:00:00Z",
}
_DELIVERY = {"status": "delivered", "changed_at": AT, "delivered_at": AT, "error": None}
_PASSBACK = {"object": "passback", "user": "ann", "full_name": "Ann Lee", "score": 87.5, **_DELIVERY}
_STANDING = {
    "passback": _DELIVERY,
    "due_at": "2026-02-28T22:00:00Z",
    "lock_at": None,
    "locked": False,
    "group": None,
    "attempts": _ATTEMPTS,
    "score": 87.5,
    "penalty": 0,
    "submission": "sub_01jq",
}
_SUBMITTED: dict[str, Any] = {
    "id": "sub_01jq",
    "object": "submission",
    "assignment": "asg_01jq",
    "user": "ann",
    "full_name": "Ann Lee",
    "group": None,
    "baseline": None,
    "arrived_at": AT,
    "job": "job_01jq",
    "status": "succeeded",
    "error": None,
    "superseded": False,
    "counted": True,
    "score": 87.5,
    "penalty": 0,
    "days_late": 0,
    "chosen": False,
    "public": {"accuracy": 0.91, "macro_f1": 0.9},
    "model": {"id": "mdl_01jq", "name": "asg_01jq", "version": 1},
    "comment": "Well done.",
}
_WHOLE = _SUBMITTED | {"spec": SUBMISSION, "queue": None, "teacher": None}
_WARNING = {
    "code": "learning_rate_high",
    "detail": "A learning rate of 10 is too large for Adam",
    "pointer": "#/training/optimizer/learning_rate",
    "suggestion": {"detail": "Begin with 0.001", "patch": []},
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "Course": {
        "id": "crs_01jq",
        "object": "course",
        "name": "Deep learning",
        "timezone": "Europe/Paris",
        "role": "teacher",
        "created_at": AT,
    },
    "Member": {
        "object": "member",
        "user": "ann",
        "full_name": "Ann Lee",
        "role": "student",
        "group": None,
        "pseudonym": "curious otter 41",
        "added_at": AT,
    },
    "Group": {
        "id": "grp_01jq",
        "object": "group",
        "name": "Team 1",
        "pseudonym": "calm heron 12",
        "members": ["ann", "bob"],
    },
    "CourseGrades": {"object": "course_grades", "user": "ann", "scores": {"asg_01jq": 87.5}},
    "AssignmentBrief": _BRIEF,
    "Assignment": _BRIEF
    | {
        "baselines": [
            {
                "title": "One Dense layer",
                "submission": "sub_01jp",
                "status": "succeeded",
                "score": 60,
                **SUBMISSION,
            }
        ],
        "mine": _STANDING,
        "source": None,
    },
    "SubmissionBrief": _SUBMITTED,
    "Submission": _WHOLE,
    "HandedIn": _WHOLE | {"mine": _STANDING, "warnings": [_WARNING]},
    "Leaderboard": {
        "object": "list",
        "data": [
            {
                "object": "entry",
                "place": 1,
                "name": "curious otter 41",
                "score": 87.5,
                "baseline": False,
                "own": True,
                "arrived_at": AT,
            }
        ],
        "has_more": False,
        "frozen_at": None,
    },
    "Grade": {
        "object": "grade",
        "user": "ann",
        "full_name": "Ann Lee",
        "group": None,
        "score": 87.5,
        "penalty": 0,
        "submission": "sub_01jq",
        "arrived_at": AT,
        "submissions": 3,
        "changed_at": AT,
    },
    "Delivery": _DELIVERY,
    "Passback": _PASSBACK,
    "PassbackList": {"object": "list", "data": [_PASSBACK], "has_more": False, "links": 1},
    "Roster": {"object": "roster", "members": 212},
    "Extension": {
        "id": "ext_01jq",
        "object": "extension",
        "user": "ann",
        "group": None,
        "due_at": AT,
        "lock_at": None,
        "attempts": 2,
    },
    "Regrade": {
        "object": "regrade",
        "jobs": 30,
        "skipped": [{"submission": "sub_01jq", "reason": "its job is cancelled"}],
    },
    "RegradeProgress": {
        "object": "regrade_progress",
        "queued": 12,
        "running": 2,
        "succeeded": 16,
        "failed": 0,
        "cancelled": 0,
    },
    "Exercise": {
        "name": "digits-dense",
        "object": "exercise",
        "dataset": "digits",
        "assignment": {"title": "Digits"},
        "baseline": {"title": "One Dense layer", **SUBMISSION},
    },
    "Evaluation": {
        "object": "evaluation",
        "rows": 100,
        "outputs": {"dense": {"kind": "class", "accuracy": 0.9}},
    },
}
