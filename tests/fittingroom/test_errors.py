import httpx
import pytest

from fittingroom import errors


def response(status: int, body: object = None, **options: object) -> httpx.Response:
    return (
        httpx.Response(status, json=body, **options)
        if body is not None
        else httpx.Response(status, **options)
    )


def test_a_problem_is_told_with_its_title_its_detail_and_every_pointer() -> None:
    error = errors.api_error(
        response(
            422,
            {
                "type": "/problems/invalid-spec",
                "title": "The spec is not valid",
                "status": 422,
                "detail": "two things are wrong",
                "errors": [
                    {"pointer": "#/model/layers/3/kernel_size", "detail": "5x5 does not fit 3x3"},
                    {
                        "pointer": "#/training/epochs",
                        "detail": "0 is not at least 1",
                        "suggestion": {"detail": "Begin with 5", "patch": []},
                    },
                ],
                "request_id": "abc",
            },
        )
    )
    assert str(error) == (
        "The spec is not valid (422): two things are wrong\n"
        "  #/model/layers/3/kernel_size: 5x5 does not fit 3x3\n"
        "  #/training/epochs: 0 is not at least 1\n"
        "    Begin with 5\n"
        "  request abc"
    )
    assert (error.status, error.request_id) == (422, "abc")


@pytest.mark.parametrize("detail", ["no such thing", "layers[3]: no such thing"])
def test_a_detail_that_is_also_the_only_fault_is_not_said_twice(detail: str) -> None:
    error = errors.ApiError(422, "Wrong", detail, [{"pointer": "#/a", "detail": "no such thing"}])
    assert str(error) == f"Wrong (422): {detail}\n  #/a"


@pytest.mark.parametrize("fault", [{}, {"detail": ""}, {"detail": None}])
def test_a_fault_without_a_detail_is_its_pointer(fault: dict[str, object]) -> None:
    error = errors.ApiError(422, "Wrong", "two things", [{"pointer": "#/a"} | fault])
    assert str(error) == "Wrong (422): two things\n  #/a"


def test_the_error_of_a_prediction_protocol_is_understood() -> None:
    error = errors.api_error(response(400, {"error": "row 3 has 4 values"}))
    assert str(error) == "Bad Request (400): row 3 has 4 values"


def test_what_a_proxy_says_is_understood() -> None:
    error = errors.api_error(response(502, text="<h1>upstream</h1>", headers={"X-Request-Id": "r1"}))
    assert str(error) == "Bad Gateway (502): <h1>upstream</h1>\n  request r1"


@pytest.mark.parametrize("body", [[], "text", {"errors": "none"}, {"errors": [1]}, {"title": None}])
def test_a_strange_body_is_an_error_all_the_same(body: object) -> None:
    assert errors.api_error(response(500, body)).status == 500


def test_a_status_without_a_name_is_an_error_all_the_same() -> None:
    assert str(errors.api_error(response(599))) == "The service refused (599)"


@pytest.mark.parametrize(("header", "seconds"), [("2", 2.0), ("Wed, 21 Oct 2015 07:28:00 GMT", None)])
def test_retry_after_is_kept_in_seconds(header: str, seconds: float | None) -> None:
    error = errors.api_error(response(503, headers={"Retry-After": header}))
    assert error.retry_after_seconds == seconds
