from collections.abc import Callable, Iterator

import pytest

from tests.service.houses import CSV, Served, wait_until
from tests.service.transfers import FILE, FORM, HEADERS, answering, nothing_left


@pytest.mark.parametrize("length", [10**6, None])
def test_an_upload_that_is_cut_off_leaves_nothing_behind(
    serve: Callable[..., Served], length: int | None
) -> None:
    served = serve()
    chunked = {"Transfer-Encoding": "chunked"} if length is None else {}
    body = FORM + FILE + CSV
    if length is None:
        body = b"%x\r\n%s\r\n" % (len(body), body)
    with served.begin("POST", "/v1/datasets", body, length or 0, **chunked):
        wait_until(lambda: not nothing_left(served.settings))
    wait_until(lambda: nothing_left(served.settings))
    wait_until(lambda: [line for line in served.lines() if line.get("path") == "/v1/datasets"])
    (line,) = [line for line in served.lines() if line.get("path") == "/v1/datasets"]
    assert line["status"] == 400
    assert served.http.get("/v1/datasets").json()["data"] == []
    assert not [line for line in served.lines() if line["level"] == "error"]


def test_an_upload_that_ends_before_its_form_does_is_malformed(serve: Callable[..., Served]) -> None:
    served = serve()
    for body in (b"", FORM, FORM + FILE + CSV, FORM + FILE + CSV + b"\r\n--x"):
        answer = served.http.post("/v1/datasets", content=body, headers=HEADERS)
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert nothing_left(served.settings)


def test_an_upload_over_the_limit_is_told_so_over_a_real_connection(serve: Callable[..., Served]) -> None:
    served = serve(max_upload_bytes=200_000, max_body_bytes=100_000)
    files = {"file": ("a.csv", b"a,b\n" + b"1,2\n" * 100_000)}
    told = served.http.post("/v1/datasets", data={"name": "large"}, files=files)
    assert told.status_code == 413
    assert told.json()["value"] == 200_000
    chunks = (FORM + FILE, *[b"1,2\n" * 10_000] * 10)
    untold = served.http.post("/v1/datasets", content=iter(chunks), headers=HEADERS)
    assert untold.status_code == 413
    assert untold.json()["limit"] == "max_upload_bytes"
    body = served.http.post("/v1/jobs", json={"name": "x" * 300_000})
    assert body.status_code == 413
    assert body.json()["limit"] == "max_body_bytes"
    chunked = served.http.post(
        "/v1/jobs", content=iter([b" " * 60_000] * 5), headers={"Content-Type": "application/json"}
    )
    assert chunked.status_code == 413
    assert nothing_left(served.settings)


def test_who_is_refused_over_a_long_body_reads_why(serve: Callable[..., Served]) -> None:
    served = serve()
    for _ in range(5):
        wrong = served.http.post(
            "/v1/datasets", content=b"x" * 3_000_000, headers={"Content-Type": "text/csv"}
        )
        assert wrong.status_code == 415
        assert wrong.json()["request_id"] == wrong.headers["X-Request-Id"]


def test_memory_does_not_grow_with_an_upload(serve: Callable[..., Served]) -> None:
    served = serve()
    served.http.post("/v1/datasets", data={"name": "small"}, files={"file": ("a.csv", CSV)})
    (child,) = answering(served)
    before = child.memory_info().rss
    peaks = []

    def large() -> Iterator[bytes]:
        yield FORM + FILE.replace(b".csv", b".npz")
        for _ in range(200):
            yield b"no archive\n" * 100_000
            peaks.append(child.memory_info().rss)
        yield b"\r\n--x--\r\n"

    answer = served.http.post("/v1/datasets", content=large(), headers=HEADERS)
    assert answer.status_code == 422
    assert max(peaks) - before < 40 * 2**20
    assert nothing_left(served.settings)


def test_a_client_that_asks_first_whether_it_may_send_is_answered(serve: Callable[..., Served]) -> None:
    served = serve(max_upload_bytes=1000)
    with served.begin("POST", "/v1/datasets", b"", 10**9, Expect="100-continue") as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")
