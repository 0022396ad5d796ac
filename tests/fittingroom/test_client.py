import resource
import socket
from pathlib import Path

import numpy as np
import pytest

import fittingroom
from fittingroom import errors
from fittingroom.client import Client, name_for
from tests.fittingroom.rooms import Room, written_event

JOB = "/v1/jobs/job_1"


def test_the_package_gives_the_client_and_its_errors() -> None:
    assert fittingroom.Client is Client
    assert fittingroom.ApiError is errors.ApiError


def test_the_address_and_the_token_are_the_environments(room: Room) -> None:
    room.answer("GET", JOB, {"id": "job_1"})
    with Client() as client:
        assert client.job("job_1") == {"id": "job_1"}
    assert room.asked[0].headers["Authorization"] == "Bearer fr_secret"


def test_the_embedded_stacks_address_and_token_are_found_in_its_home(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FITTINGROOM_URL")
    monkeypatch.delenv("FITTINGROOM_TOKEN")
    monkeypatch.setenv("FITTINGROOM_HOME", str(tmp_path))
    (tmp_path / "url").write_text(f"{room.url}\n")
    (tmp_path / "token").write_text("fr_kept\n")
    room.answer("GET", JOB, {})
    with Client() as client:
        client.job("job_1")
    assert room.asked[0].headers["Authorization"] == "Bearer fr_kept"


def test_the_token_in_the_home_is_for_this_machine_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("FITTINGROOM_TOKEN", raising=False)
    monkeypatch.setenv("FITTINGROOM_HOME", str(tmp_path))
    (tmp_path / "token").write_text("fr_kept\n")
    with Client("https://fitting.example") as client:
        assert "Authorization" not in client._http.headers
    with Client("http://localhost:1") as client:
        assert "Authorization" in client._http.headers


@pytest.mark.parametrize("url", ["fitting.example", "ftp://fitting.example", "http://[::1"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(errors.RoomError, match="is not a URL"):
        Client(url)


@pytest.mark.parametrize("token", ["fr_ä", "a\nb"])
def test_what_cannot_be_a_token_is_refused(token: str) -> None:
    with pytest.raises(errors.RoomError, match="what no token does"):
        Client("http://localhost:1", token)


def test_a_service_that_is_not_there_is_told_with_its_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Client(url) as client, pytest.raises(errors.UnreachableError, match=f"no service at {url}; is"):
            client.job("job_1")
        with Client(url) as client, pytest.raises(errors.UnreachableError):
            next(client.events("job_1"))
        with Client(url) as client, pytest.raises(errors.UnreachableError):
            client.wait("job_1")


def test_what_is_not_our_service_is_told(room: Room) -> None:
    room.answer("GET", JOB, b"<html>", headers={"Content-Type": "text/html"})
    with Client() as client, pytest.raises(errors.ApiError, match="not Fitting Room"):
        client.job("job_1")


def test_names_and_ids_are_escaped_in_paths(room: Room) -> None:
    room.answer("GET", "/v1/models/a%2F..%2Fb", {})
    with Client() as client:
        client.model("a/../b")


def test_lists_are_read_page_after_page(room: Room) -> None:
    room.answer("GET", "/v1/jobs?limit=100&status=queued", {"data": [{"id": "b"}], "has_more": True})
    room.answer("GET", "/v1/jobs?limit=100&after=b&status=queued", {"data": [{"id": "a"}], "has_more": False})
    with Client() as client:
        assert [job["id"] for job in client.jobs(status="queued")] == ["b", "a"]


def test_what_has_no_id_is_read_on_after_another_key(room: Room) -> None:
    epochs = "/v1/jobs/job_1/epochs?limit=100"
    room.answer("GET", epochs, {"data": [{"epoch": 1}, {"epoch": 2}], "has_more": True})
    room.answer("GET", f"{epochs}&after=2", {"data": [{"epoch": 3}], "has_more": False})
    with Client() as client:
        told = client.pages("/v1/jobs/job_1/epochs", key="epoch")
        assert [one["epoch"] for one in told] == [1, 2, 3]


def test_an_idempotency_key_is_sent_when_given(room: Room) -> None:
    room.answer("POST", "/v1/jobs", {"id": "job_1"}, 202)
    with Client() as client:
        client.submit({"dataset": "a"}, "key")
        client.submit({"dataset": "a"})
    assert room.asked[0].headers["Idempotency-Key"] == "key"
    assert "Idempotency-Key" not in room.asked[1].headers


def test_several_files_a_name_and_options_are_uploaded_together(room: Room, tmp_path: Path) -> None:
    room.answer("POST", "/v1/datasets", {"id": "ds_1"}, 201)
    (tmp_path / "images").write_bytes(b"IMAGES")
    (tmp_path / "labels").write_bytes(b"LABELS")
    with Client() as client:
        client.add_dataset(tmp_path / "images", tmp_path / "labels", name="mnist", options={"seed": 1})
    body = room.asked[0].body
    assert body.count(b'name="file"') == 2
    for part in (b"IMAGES", b"LABELS", b'name="name"\r\n\r\nmnist', b'name="options"\r\n\r\n{"seed": 1}'):
        assert part in body


def test_an_upload_is_streamed_from_the_disk(room: Room, tmp_path: Path) -> None:
    # The server of this test reads it all into this process: so only the client's own copies would double it.
    size = 200 * 2**20
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(size)
    room.answer("POST", "/v1/datasets", {"id": "ds_1"}, 201)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Client() as client:
        client.add_dataset(tmp_path / "big.csv")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert len(room.asked[0].body) > size
    assert grown < 1.5 * size


def test_a_file_that_is_not_there_is_told_before_anything_is_sent(room: Room, tmp_path: Path) -> None:
    with Client() as client, pytest.raises(errors.InputError, match=r"absent\.csv: No such file"):
        client.add_dataset(tmp_path / "absent.csv")
    assert room.asked == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Iris 2.csv", "iris-2"),
        ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"),
        ("data.tar.gz", "data"),
        ("penguins", "penguins"),
        ("Äpfel.csv", "pfel"),
        ("….csv", "data"),
        ("x" * 100 + ".csv", "x" * 63),
    ],
)
def test_a_data_set_is_named_after_its_file(file: str, name: str) -> None:
    assert name_for(Path(file)) == name


def test_a_prediction_takes_arrays_and_a_version(room: Room) -> None:
    room.answer("POST", "/v1/models/digits/versions/3:predict", {"predictions": [[1.0]]})
    with Client() as client:
        assert client.predict("digits", np.zeros((1, 2)), 3)["predictions"] == [[1.0]]
    assert room.asked[0].body == b'{"instances":[[0.0,0.0]]}'


def test_a_prediction_of_what_is_not_json_is_refused_here(room: Room) -> None:
    with Client() as client, pytest.raises(errors.InputError, match="missing value is null"):
        client.predict("digits", [[float("nan")]])
    assert room.asked == []


def test_a_model_that_is_being_loaded_is_waited_for(room: Room) -> None:
    room.answer("POST", "/v1/models/digits:predict", {"error": "loading"}, 503, {"Retry-After": "0"})
    room.answer("POST", "/v1/models/digits:predict", {"predictions": []})
    with Client() as client:
        assert client.predict("digits", []) == {"predictions": []}


def test_a_refusal_to_submit_is_not_tried_again(room: Room) -> None:
    room.answer("POST", "/v1/jobs", {"title": "Not now", "detail": "full"}, 503, {"Retry-After": "0"})
    with Client() as client, pytest.raises(errors.ApiError, match="full"):
        client.submit({})
    assert len(room.asked) == 1


def test_waiting_asks_with_the_etag_until_the_job_has_ended(room: Room) -> None:
    room.answer("GET", JOB, {"status": "running"}, headers={"ETag": '"1"'})
    room.answer("GET", JOB, b"", 304)
    room.answer("GET", JOB, {"status": "succeeded"}, headers={"ETag": '"2"'})
    with Client() as client:
        assert client.wait("job_1")["status"] == "succeeded"
    assert [asked.headers.get("If-None-Match") for asked in room.asked] == [None, '"1"', '"1"']


def test_a_story_that_breaks_off_is_taken_up_where_it_was(room: Room) -> None:
    path = f"{JOB}/events"
    room.stream(
        path, b"retry: 10\n\n", written_event(1, "status", status="queued"), b"id: 2\nevent: epoch\ndata: {"
    )
    room.stream(path, b": nothing new\n\n")
    room.stream(
        path,
        written_event(2, "epoch", epoch=1),
        written_event(3, "end", status="succeeded"),
        written_event(4, "log"),
    )
    with Client() as client:
        assert list(client.events("job_1")) == [
            ("status", {"status": "queued"}),
            ("epoch", {"epoch": 1}),
            ("end", {"status": "succeeded"}),
        ]
    assert [asked.headers.get("Last-Event-ID") for asked in room.asked] == [None, "1", "1"]


def test_a_full_house_of_streams_is_waited_out(room: Room) -> None:
    room.answer("GET", f"{JOB}/events", {"title": "Too many at once"}, 503, {"Retry-After": "0"})
    room.stream(f"{JOB}/events", written_event(1, "end", status="failed"))
    with Client() as client:
        assert list(client.events("job_1")) == [("end", {"status": "failed"})]


def test_the_story_of_a_job_that_is_not_there_is_an_error(room: Room) -> None:
    room.answer("GET", f"{JOB}/events", {"title": "There is no such thing"}, 404)
    with Client() as client, pytest.raises(errors.ApiError, match="no such thing"):
        list(client.events("job_1"))
