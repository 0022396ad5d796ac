import json

from tests.fittingroom.commands import run
from tests.fittingroom.rooms import Room

MADE = {
    "id": "reg_1",
    "name": "Moodle",
    "issuer": "https://m",
    "client_id": "c",
    "deployment_ids": ["1", "2"],
}


def sent(room: Room) -> tuple[str, str, object]:
    """The last request."""
    asked = room.asked[-1]
    return asked.method, asked.path, json.loads(asked.body) if asked.body else None


def test_a_platform_is_registered_with_all_that_it_needs(room: Room) -> None:
    room.answer("POST", "/v1/lti/registrations", MADE, 201)
    told = {
        "name": "Moodle",
        "issuer": "https://m",
        "client_id": "c",
        "auth_login_url": "https://m/auth",
        "auth_token_url": "https://m/token",
        "jwks_url": "https://m/certs",
    }
    words = [word for name, value in told.items() for word in (f"--{name.replace('_', '-')}", value)]
    more = ("--deployment", "1", "--deployment", "2", "--origin", "https://o", "--token-audience", "a")
    result = run("lti", "add", *words, *more)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "id: reg_1")
    document = told | {"deployment_ids": ["1", "2"], "origins": ["https://o"], "token_audience": "a"}
    assert sent(room) == ("POST", "/v1/lti/registrations", document)


def test_platforms_are_listed_forgotten_and_get_deployments(room: Room) -> None:
    room.answer("GET", "/v1/lti/registrations?limit=100", {"data": [MADE]})
    assert "reg_1" in run("lti", "list").stdout
    assert json.loads(run("lti", "list", "--json").stdout) == {"data": [MADE]}
    room.answer("DELETE", "/v1/lti/registrations/reg_1", b"", 204)
    assert run("lti", "remove", "reg_1").exit_code == 0
    room.answer("POST", "/v1/lti/registrations/reg_1/deployments", MADE)
    assert "deployment ids: 1, 2" in run("lti", "deployment", "reg_1", "2").stdout
    assert sent(room)[2] == {"deployment_id": "2"}
    room.answer("POST", "/v1/lti/registrations/reg_1/origins", MADE | {"origins": ["https://o"]})
    assert "origins: https://o" in run("lti", "origin", "reg_1", "https://o").stdout


def test_a_test_that_fails_is_an_exit_code(room: Room) -> None:
    checks = {"keyset": {"ok": True, "detail": "1 keys"}, "token": {"ok": False, "detail": "invalid_client"}}
    room.answer("POST", "/v1/lti/registrations/reg_1/test", {"ok": False, "checks": checks})
    result = run("lti", "test", "reg_1")
    assert (result.exit_code, "fails token: invalid_client" in result.stdout) == (1, True)


def test_an_invitation_is_an_address(room: Room) -> None:
    room.answer("POST", "/v1/lti/invitations", {"url": "https://room/lti/register?invitation=x"}, 201)
    assert run("lti", "invite", "Canvas").stdout == "https://room/lti/register?invitation=x\n"
    assert sent(room)[2] == {"name": "Canvas"}


def test_keys_the_tool_and_scores(room: Room) -> None:
    room.answer("POST", "/v1/lti/keys", {"kid": "key_1", "signs_from": "2026-01-01T00:00:00Z"}, 201)
    assert "kid: key_1" in run("lti", "rotate").stdout
    room.answer("GET", "/v1/lti/tool", {"login_url": "https://room/lti/login"})
    assert "login url: https://room/lti/login" in run("lti", "tool").stdout
    room.answer("GET", "/v1/lti/scores?status=refused&limit=100", {"data": []})
    assert run("lti", "scores", "--status", "refused").stdout == "no scores\n"
    room.answer("POST", "/v1/lti/scores:resend", {"count": 2}, 202)
    assert run("lti", "resend", "--refused").stdout == "count: 2\n"
    room.answer("POST", "/v1/lti/scores/scr_1/resend", {"status": "waiting"}, 202)
    assert run("lti", "resend", "scr_1").stdout == "status: waiting\n"
    assert run("lti", "resend").exit_code == 1
