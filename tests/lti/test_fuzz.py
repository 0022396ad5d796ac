"""Whatever anybody sends to the entry points: a page, and never an error of ours."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lti.browsing import Tool
from tests.lti.platform import DL, LTI, MEMBERSHIP, Platform

INSTRUCTOR = MEMBERSHIP + "Instructor"
EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "30"))
fuzz = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = [
    "iss",
    "login_hint",
    "target_link_uri",
    "client_id",
    "lti_message_hint",
    "lti_storage_target",
    "state",
    "id_token",
    "stored",
    "error",
    "ticket",
    "title",
    "invitation",
    "openid_configuration",
]
PATHS = ["/lti/login", "/lti/launch", "/lti/deep-linking", "/lti/register"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)
CLAIMS = [
    "iss",
    "aud",
    "sub",
    "iat",
    "exp",
    "azp",
    "nbf",
    "nonce",
    "name",
    "email",
    *(
        LTI + name
        for name in (
            "version",
            "message_type",
            "deployment_id",
            "roles",
            "target_link_uri",
            "resource_link",
            "context",
            "custom",
            "launch_presentation",
        )
    ),
    DL + "deep_linking_settings",
    "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
    "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
]


def test_no_form_is_an_error_of_ours(tool: Tool, platform: Platform) -> None:
    client = tool.app.test_client()
    known = st.sampled_from([platform.issuer, "fitting-room", "_parent", "x"])

    @fuzz
    @given(st.sampled_from(PATHS), st.dictionaries(st.sampled_from(NAMES), st.text() | known), st.booleans())
    def answered(path: str, form: dict[str, str], posted: bool) -> None:
        answer = client.post(path, data=form) if posted else client.get(path, query_string=form)
        assert answer.status_code < 500

    answered()


def test_no_signed_claims_are_an_error_of_ours(tool: Tool, platform: Platform) -> None:
    """The platform itself may send what it likes: what is optional and odd is left aside."""
    client = tool.app.test_client()
    login = platform.login(tool.launch_url)

    named = st.fixed_dictionaries({"id": st.text() | st.just("c"), "title": st.text(max_size=300)})
    coming = st.fixed_dictionaries({LTI + "context": named, LTI + "roles": st.just([INSTRUCTOR])})

    @fuzz
    @given(st.dictionaries(st.sampled_from(CLAIMS), JSON, max_size=4) | coming)
    def answered(changes: dict[str, object]) -> None:
        begun = client.get("/lti/login", query_string=login)
        asked = dict(part.split("=", 1) for part in begun.headers["Location"].split("?", 1)[1].split("&"))
        claims = platform.claims(asked["nonce"], tool.launch_url) | changes
        form = {"state": asked["state"], "id_token": platform.sign(claims)}
        answer = client.post("/lti/launch", data=form)
        assert answer.status_code in {303, 400, 401, 403}, (answer.text, changes)

    answered()
