"""An answer of each shape of learning platforms, for readers of the API's description."""

from typing import Any

AT = "2026-01-31T12:00:00Z"
REGISTRATION: dict[str, Any] = {
    "name": "Moodle of the faculty",
    "issuer": "https://moodle.example",
    "client_id": "fZ9pQx2",
    "auth_login_url": "https://moodle.example/mod/lti/auth.php",
    "auth_token_url": "https://moodle.example/mod/lti/token.php",
    "jwks_url": "https://moodle.example/mod/lti/certs.php",
    "deployment_ids": ["1"],
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "LtiRegistration": {
        "id": "reg_01jq",
        "object": "lti_registration",
        **REGISTRATION,
        "token_audience": None,
        "origins": [],
        "created_at": AT,
    },
    "LtiTool": {
        "object": "lti_tool",
        "login_url": "https://room.example/lti/login",
        "launch_url": "https://room.example/lti/launch",
        "jwks_url": "https://room.example/lti/jwks",
        "deep_linking_url": "https://room.example/lti/launch",
    },
    "LtiTest": {
        "object": "lti_test",
        "ok": False,
        "checks": {
            "keyset": {"ok": True, "detail": "1 key: 7b1"},
            "token": {"ok": False, "detail": "The platform gives no token: 400 invalid_client"},
        },
    },
    "LtiInvitation": {
        "object": "lti_invitation",
        "name": "Moodle of the faculty",
        "url": "https://room.example/lti/register?invitation=…",
        "expires_at": AT,
    },
    "LtiKey": {
        "kid": "key_01jq",
        "object": "lti_key",
        "signs": True,
        "created_at": AT,
        "signs_from": AT,
    },
    "LtiScore": {
        "id": "scr_01jq",
        "object": "lti_score",
        "link": "lnk_01jq",
        "registration": "reg_01jq",
        "user": "usr_01jq",
        "status": "waiting",
        "final": True,
        "score": 87.5,
        "maximum": 100,
        "comment": None,
        "failures": 1,
        "error": "moodle.example does not answer. It is tried again by itself.",
        "next_at": AT,
        "changed_at": AT,
        "delivered_at": None,
    },
    "LtiResent": {"object": "lti_resent", "count": 3},
}
