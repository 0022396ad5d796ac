"""What the API's description tells of each operation, beyond its parameters and its one sentence."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from service import course_examples, lti_examples, shapes

SPEC: dict[str, Any] = {
    "name": "digits",
    "dataset": "digits",
    "model": {
        "layers": [
            {"type": "Flatten"},
            {"type": "Dense", "units": 128, "activation": "relu"},
            {"type": "Dense", "units": 10, "activation": "softmax"},
        ]
    },
    "training": {"epochs": 5, "batch_size": 32},
}
SKETCH: dict[str, Any] = {
    "input_shape": [28, 28, 1],
    "classes": 10,
    "rows": 60000,
    **{key: SPEC[key] for key in ("model", "training")},
}
KEY = "Idempotency-Key"
MATCH = "If-None-Match"
LAST = "Last-Event-ID"
HEADERS = {
    KEY: "A word of your own: the same request sent again with it gets the first answer again",
    MATCH: "The ETag that you have: 304 if it still holds",
    LAST: "The id of the last event that you saw",
}


@dataclass(frozen=True)
class Operation:
    """What comes back, and what goes in.

    `answers` has a shape for each status, or None for nothing; `errors` are the statuses of problems.
    """

    answers: dict[int, type[BaseModel] | None]
    errors: tuple[int, ...] = ()
    headers: tuple[str, ...] = ()
    body: dict[str, Any] | None = None
    other: dict[str, str] = field(default_factory=dict)
    """Other media types in which it is answered, each with an example."""


def _json(example: object, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    described = schema or {"type": "object"}
    return {"required": True, "content": {"application/json": {"schema": described, "example": example}}}


def _component(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["name", "file"],
                "properties": {
                    "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,62}$"},
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": "A file of the data set; some formats have several",
                    },
                    "options": {"type": "string", "description": "A JSON object: how it is to be read"},
                },
            },
            "encoding": {"options": {"contentType": "application/json"}},
            "example": {"name": "penguins", "options": '{"target": "species"}'},
        }
    },
}
ROWS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "instances": {"type": "array", "items": {}, "description": "Rows, as they were uploaded"},
        "inputs": {"description": "The same, column by column"},
    },
}
PREDICT = _json({"instances": [{"island": "Dream", "bill_length_mm": 39.5}]}, ROWS)
EXAMPLES: dict[str, Any] = {
    "type": "object",
    "properties": {
        "examples": {"type": "array", "items": {}, "description": "Rows, as they were uploaded"},
        "signature_name": {"type": "string", "description": "Which output, where several fit"},
    },
}
EXAMINE = _json({"examples": [{"island": "Dream", "bill_length_mm": 39.5}]}, EXAMPLES)
EVENTS = (
    "id: 1-0-0\nevent: status\ndata: "
    '{"status":"queued","at":"2026-01-31T12:00:00Z"}\n\n'
    'id: 2-1-0\nevent: epoch\ndata: {"epoch":1,"metrics":{"loss":0.31}}\n\n'
)

_PREDICTION = Operation({200: shapes.Predictions}, (400, 404, 413, 503), body=PREDICT)
_CLASSIFICATION = Operation({200: shapes.Classifications}, (400, 404, 413, 503), body=EXAMINE)
_REGRESSION = Operation({200: shapes.Regressions}, (400, 404, 413, 503), body=EXAMINE)
_METADATA = Operation({200: shapes.Metadata}, (404, 503))

TABLE: dict[str, Operation] = {
    "account_me": Operation({200: shapes.User}),
    "account_limits": Operation({200: shapes.Listed[shapes.Limit]}),
    "datasets_add": Operation(
        {201: shapes.Dataset, 200: shapes.Dataset}, (400, 409, 413, 415, 422, 503), (KEY,), FORM
    ),
    "datasets_listed": Operation({200: shapes.Listed[shapes.Dataset]}, (422,)),
    "datasets_show": Operation({200: shapes.Dataset, 304: None}, (404,), (MATCH,)),
    "datasets_preview": Operation({200: shapes.Preview, 304: None}, (404, 422), (MATCH,)),
    "datasets_delete": Operation({204: None}, (403, 404, 409)),
    "events_watch": Operation(
        {200: shapes.Listed[shapes.Event]}, (404, 422, 503), (LAST,), other={"text/event-stream": EVENTS}
    ),
    "health_alive": Operation({200: shapes.Alive}),
    "health_ready": Operation({200: shapes.Ready, 503: shapes.Ready}),
    "jobs_submit": Operation(
        {202: shapes.Submitted}, (400, 409, 413, 415, 422, 429), (KEY,), _json(SPEC, _component("JobSpec"))
    ),
    "jobs_listed": Operation({200: shapes.Listed[shapes.JobBrief], 304: None}, (422,), (MATCH,)),
    "jobs_show": Operation({200: shapes.Job, 304: None}, (404,), (MATCH,)),
    "jobs_delete": Operation({204: None}, (404, 409)),
    "jobs_cancel": Operation({202: shapes.Job, 200: shapes.Job}, (404,)),
    "jobs_retry": Operation({202: shapes.Job}, (404, 409, 422)),
    "jobs_epochs": Operation({200: shapes.Listed[shapes.Epoch], 304: None}, (404, 422), (MATCH,)),
    "jobs_logs": Operation(
        {200: shapes.Listed[shapes.LogLine]}, (404, 422), other={"text/plain": "epoch 1 of 5\n"}
    ),
    **{
        f"catalogue_{family}": Operation({200: shapes.Listed[shapes.Part], 304: None}, (), (MATCH,))
        for family in (
            "constraints",
            "initializers",
            "losses",
            "metrics",
            "optimizers",
            "regularizers",
            "schedules",
        )
    },
    "catalogue_activations": Operation({200: shapes.Listed[shapes.Activation], 304: None}, (), (MATCH,)),
    "catalogue_layers": Operation({200: shapes.Listed[shapes.Layer], 304: None}, (), (MATCH,)),
    "networks_show": Operation({200: shapes.Network, 304: None}, (404, 422), (MATCH,)),
    "models_listed": Operation({200: shapes.Listed[shapes.Model]}, (422,)),
    "models_show": Operation({200: shapes.Model, 304: None}, (404,), (MATCH,)),
    "models_show_version": Operation({200: shapes.Version, 304: None}, (404,), (MATCH,)),
    "models_delete_version": Operation({204: None}, (404, 409)),
    "models_set_label": Operation({200: shapes.Model}, (400, 404, 415, 422), body=_json({"version": 3})),
    "models_download": Operation(
        {206: None, 304: None},
        (404, 416, 422),
        (MATCH,),
        other={"application/octet-stream": "(bytes)"},
    ),
    "predictions_predict": _PREDICTION,
    "predictions_predict_with_version": _PREDICTION,
    "predictions_predict_with_label": _PREDICTION,
    "predictions_classify": _CLASSIFICATION,
    "predictions_classify_with_version": _CLASSIFICATION,
    "predictions_classify_with_label": _CLASSIFICATION,
    "predictions_regress": _REGRESSION,
    "predictions_regress_with_version": _REGRESSION,
    "predictions_regress_with_label": _REGRESSION,
    "predictions_metadata": _METADATA,
    "predictions_metadata_of_version": _METADATA,
    "predictions_metadata_of_label": _METADATA,
    "registrations_tool": Operation({200: shapes.LtiTool}, (403,)),
    "registrations_add": Operation(
        {201: shapes.LtiRegistration}, (400, 403, 409, 415, 422), body=_json(lti_examples.REGISTRATION)
    ),
    "registrations_listed": Operation({200: shapes.Listed[shapes.LtiRegistration]}, (403, 422)),
    "registrations_show": Operation({200: shapes.LtiRegistration}, (403, 404)),
    "registrations_delete": Operation({204: None}, (403, 404)),
    "registrations_add_deployment": Operation(
        {200: shapes.LtiRegistration}, (400, 403, 404, 415, 422), body=_json({"deployment_id": "1"})
    ),
    "registrations_add_origin": Operation(
        {200: shapes.LtiRegistration},
        (400, 403, 404, 415, 422),
        body=_json({"origin": "https://school.example"}),
    ),
    "registrations_test": Operation({200: shapes.LtiTest}, (403, 404)),
    "registrations_invite": Operation(
        {201: shapes.LtiInvitation}, (400, 403, 415, 422), body=_json({"name": "Moodle of the faculty"})
    ),
    "registrations_list_keys": Operation({200: shapes.Listed[shapes.LtiKey]}, (403,)),
    "registrations_rotate": Operation({201: shapes.LtiKey}, (403,)),
    "scores_listed": Operation({200: shapes.Listed[shapes.LtiScore]}, (403, 422)),
    "scores_resend": Operation({202: shapes.LtiScore}, (403, 404)),
    "scores_resend_all": Operation({202: shapes.LtiResent}, (403,)),
    "samples_listed": Operation({200: shapes.Listed[shapes.Sample]}),
    "samples_add": Operation({201: shapes.Dataset, 200: shapes.Dataset}, (404, 409, 503)),
    "specs_check": Operation(
        {200: shapes.Checked}, (400, 413, 415, 422), body=_json(SKETCH, _component("CheckSpec"))
    ),
    "templates_listed": Operation({200: shapes.Listed[shapes.Template], 304: None}, (404,), (MATCH,)),
    "tokens_create": Operation(
        {201: shapes.NewToken}, (400, 403, 415, 422), body=_json({"user": "ann", "role": "user"})
    ),
    "tokens_listed": Operation({200: shapes.Listed[shapes.Token]}, (422,)),
    "tokens_revoke": Operation({204: None}, (404,)),
    "users_listed": Operation({200: shapes.Listed[shapes.Person]}, (403, 422)),
    "users_queue": Operation({200: shapes.Listed[shapes.Waiting], 304: None}, (403, 422), (MATCH,)),
    "workers_listed": Operation({200: shapes.Listed[shapes.Worker], 304: None}, (), (MATCH,)),
}
_GRADES = {"text/csv": "user,score\r\nann,87.5\r\n"}
TABLE |= {
    "courses_create": Operation(
        {201: shapes.Course}, (400, 413, 415, 422), body=_json({"name": "Deep learning", "timezone": "UTC"})
    ),
    "courses_listed": Operation({200: shapes.Listed[shapes.Course]}, (422,)),
    "courses_show": Operation({200: shapes.Course}, (404,)),
    "courses_change": Operation(
        {200: shapes.Course}, (400, 403, 404, 413, 415, 422), body=_json({"name": "Deep learning"})
    ),
    "courses_delete": Operation({204: None}, (403, 404, 409)),
    "courses_list_members": Operation({200: shapes.Listed[shapes.Member]}, (403, 404, 422)),
    "courses_add_member": Operation(
        {201: shapes.Member},
        (400, 403, 404, 409, 413, 415, 422),
        body=_json({"user": "ann", "role": "student"}),
    ),
    "courses_remove_member": Operation({204: None}, (403, 404, 409)),
    "courses_list_groups": Operation({200: shapes.Listed[shapes.Group]}, (403, 404, 422)),
    "courses_add_group": Operation(
        {201: shapes.Group},
        (400, 403, 404, 409, 413, 415, 422),
        body=_json({"name": "Team 1", "members": ["ann", "bob"]}),
    ),
    "courses_change_group": Operation(
        {200: shapes.Group}, (400, 403, 404, 409, 413, 415, 422), body=_json({"members": ["ann"]})
    ),
    "courses_delete_group": Operation({204: None}, (403, 404, 409)),
    "courses_list_grades": Operation(
        {200: shapes.Listed[shapes.CourseGrades]}, (403, 404, 422), other=_GRADES
    ),
    "assignments_create": Operation(
        {201: shapes.Assignment},
        (400, 403, 409, 413, 415, 422),
        body=_json(course_examples.ASSIGNMENT),
    ),
    "assignments_listed": Operation({200: shapes.Listed[shapes.AssignmentBrief]}, (422,)),
    "assignments_show": Operation({200: shapes.Assignment, 304: None}, (404,), (MATCH,)),
    "assignments_change": Operation(
        {200: shapes.Assignment},
        (400, 403, 404, 409, 413, 415, 422),
        body=_json({"due_at": "2026-02-28T22:00:00Z"}),
    ),
    "assignments_delete": Operation({204: None}, (403, 404, 409)),
    "assignments_show_leaderboard": Operation({200: shapes.Leaderboard}, (404,)),
    "assignments_list_grades": Operation({200: shapes.Listed[shapes.Grade]}, (404, 422), other=_GRADES),
    "assignments_regrade": Operation(
        {202: shapes.Regrade}, (400, 403, 404, 413, 415, 422), body=_json({"how": "rescore"})
    ),
    "assignments_show_regrade": Operation({200: shapes.RegradeProgress, 304: None}, (403, 404), (MATCH,)),
    "assignments_list_extensions": Operation({200: shapes.Listed[shapes.Extension]}, (403, 404, 422)),
    "assignments_put_extension": Operation(
        {200: shapes.Extension},
        (400, 403, 404, 413, 415, 422),
        body=_json({"user": "ann", "due_at": "2026-03-07T22:00:00Z", "attempts": 2}),
    ),
    "assignments_delete_extension": Operation({204: None}, (403, 404)),
    "passback_listed": Operation({200: shapes.PassbackList}, (403, 404)),
    "passback_resend": Operation(
        {202: shapes.LtiResent}, (400, 403, 404, 413, 415, 422), body=_json({"user": "ann"})
    ),
    "passback_read_roster": Operation({200: shapes.Roster}, (403, 404)),
    "assignments_list_exercises": Operation({200: shapes.Listed[shapes.Exercise], 304: None}, (), (MATCH,)),
    "assignments_show_exercise": Operation({200: shapes.Exercise, 304: None}, (404,), (MATCH,)),
    "submissions_submit": Operation(
        {202: shapes.HandedIn},
        (400, 403, 404, 409, 413, 415, 422, 429),
        (KEY,),
        _json(course_examples.SUBMISSION),
    ),
    "submissions_check": Operation(
        {200: shapes.Checked}, (400, 404, 413, 415, 422), body=_json(course_examples.SUBMISSION)
    ),
    "submissions_listed": Operation({200: shapes.Listed[shapes.SubmissionBrief]}, (404, 422)),
    "submissions_show": Operation({200: shapes.Submission, 304: None}, (404,), (MATCH,)),
    "submissions_comment": Operation(
        {200: shapes.Submission},
        (400, 403, 404, 413, 415, 422),
        body=_json({"comment": "Well done."}),
    ),
    "submissions_choose": Operation({200: shapes.Submission}, (403, 404, 409)),
    "submissions_evaluation": Operation({200: shapes.Evaluation}, (403, 404)),
}
PREDICTIONS = frozenset(name for name in TABLE if name.startswith("predictions_"))
PUBLIC = frozenset(name for name in TABLE if name.startswith("health_"))
