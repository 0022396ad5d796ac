import io
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.service.houses import CSV, House


def nothing_left(house: House) -> bool:
    """Whether no upload, and no artifact that nothing refers to, is on the disk."""
    scratch = house.settings.scratch_folder
    return not scratch.exists() or not list(scratch.iterdir())


def test_an_upload_is_answered_with_what_was_understood(house: House) -> None:
    answer = house.upload(options={"target": "label"})
    body = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/datasets/{body['id']}"
    assert body["rows"] == 40
    assert body["bytes"] == len(CSV)
    assert body["target"] == {"kind": "class", "name": "label", "classes": ["even", "odd"]}
    assert body["options"] == {"target": "label"}
    assert house.ask("GET", answer.headers["Location"]).get_json() == body
    assert house.ask("GET", "/v1/datasets/numbers").get_json() == body
    assert nothing_left(house)


def test_an_npz_is_taken_as_well(house: House) -> None:
    file = io.BytesIO()
    np.savez(file, x=np.zeros((30, 4, 4), np.uint8), y=np.arange(30) % 3)
    body = house.upload(file.getvalue(), file="pictures.npz", name="pictures").get_json()
    assert body["format"] == "npz"
    assert body["inputs"]["shape"] == [4, 4, 1]


def test_the_same_bytes_and_options_under_the_same_name_are_the_same_data_set(house: House) -> None:
    first, again = house.upload(), house.upload()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    other = house.upload(name="others")
    assert other.status_code == 201
    assert other.get_json()["sha256"] == first.get_json()["sha256"]


@pytest.mark.parametrize("changes", [{"content": CSV + b"9,9,odd\n"}, {"options": {"seed": 3}}])
def test_a_name_that_is_taken_by_something_else_is_a_conflict(
    house: House, changes: dict[str, object]
) -> None:
    house.upload()
    answer = house.upload(**changes)  # type: ignore[arg-type]
    assert answer.status_code == 409
    assert answer.get_json()["type"] == "/problems/conflict"
    assert nothing_left(house)


def test_two_uploads_of_the_same_at_the_same_time_make_one(house: House) -> None:
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(house.upload())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert len(house.ask("GET", "/v1/datasets").get_json()["data"]) == 1


@pytest.mark.parametrize("name", ["", "Numbers", "-a", "a" * 64, "a/b", "ä", "a b", "../a", "a\x00"])
def test_a_name_that_is_none_is_refused_before_the_file_is_read(house: House, name: str) -> None:
    answer = house.upload(b"no data at all", name=name)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "#/name"


@pytest.mark.parametrize(
    ("options", "status", "pointer"),
    [
        ("{", 400, None),
        ("NaN", 400, None),
        ('"\\ud800"', 400, None),
        ("[1]", 422, "#/options"),
        ('{"targett": "a"}', 422, "#/options/targett"),
        ('{"target": 5}', 422, "#/options/target"),
        ('{"target": "nothing"}', 422, "#/options/target"),
        ('{"test_split": 1e400}', 400, None),
        ('{"seed": -1}', 422, "#/options/seed"),
        ("[" * 2000 + "]" * 2000, 400, None),
    ],
)
def test_options_that_are_wrong_are_refused_where_they_are_wrong(
    house: House, options: str, status: int, pointer: str | None
) -> None:
    answer = house.upload(options=options)
    assert answer.status_code == status
    pointers = [fault["pointer"] for fault in answer.get_json().get("errors", [])]
    assert pointers == ([pointer] if pointer else [])
    assert nothing_left(house)


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (b"", "a.csv"),
        (b"a,b\n", "a.csv"),
        (b"a,b\n1,2\n3\n", "a.csv"),
        (b"PK\x03\x04 and so on", "a.csv"),
        (b"no archive", "a.npz"),
        (b"a,b\n1,x\n2,x\n", "a.csv"),
        (CSV, "a.exe"),
        (b"a,b\n\xff\xfe\x00,1\n", "a.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    house: House, content: bytes, file: str
) -> None:
    answer = house.upload(content, file=file)
    assert answer.status_code == 422
    assert answer.get_json()["type"] == "/problems/invalid-data"
    assert house.ask("GET", "/v1/datasets").get_json()["data"] == []
    assert nothing_left(house)
    assert not list(Path(house.parts.artifacts.root).glob("??/*"))


def test_a_form_without_its_parts_is_refused(house: House) -> None:
    def pointer(data: dict[str, object]) -> str:
        answer = house.ask("POST", "/v1/datasets", data=data, content_type="multipart/form-data")
        assert answer.status_code == 422
        return str(answer.get_json()["errors"][0]["pointer"])

    file = lambda: (io.BytesIO(CSV), "a.csv")  # noqa: E731
    assert pointer({"file": file()}) == "#/name"
    assert pointer({"name": "a"}) == "#/file"
    assert pointer({"name": "a", "file": "text and no file"}) == "#/file"
    assert pointer({"name": "a", "nome": "b", "file": file()}) == "#/nome"
    assert pointer({"name": ["a", "b"], "file": file()}) == "#/name"
    assert pointer({"name": "a", "files": file()}) == "#/files"
    assert nothing_left(house)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"no form", "multipart/form-data; boundary=x", 400),
        (b"--x\r\n\r\nno header\r\n--x--", "multipart/form-data; boundary=x", 400),
        (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\r\n1', "", 400),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--", "multipart/form-data; boundary=x", 422),
        (b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\r\n--x--', "", 422),
        (b"--x\r\n" + b"A" * 3_000_000, "multipart/form-data; boundary=x", 400),
        (b"{}", "application/json", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"a=b", "multipart/form-data", 415),
        (b"a", "multipart/form-data; boundary=\xe4", 415),
    ],
)
def test_a_body_that_is_no_form_is_refused(house: House, body: bytes, content_type: str, status: int) -> None:
    answer = house.ask(
        "POST",
        "/v1/datasets",
        data=body,
        content_type=content_type or "multipart/form-data; boundary=x",
    )
    assert answer.status_code == status
    assert nothing_left(house)


def test_an_upload_over_the_limit_is_told_the_limit(build: Callable[..., House]) -> None:
    house = build(max_upload_bytes=1000)
    answer = house.upload(CSV * 10)
    body = answer.get_json()
    assert answer.status_code == 413
    assert (body["limit"], body["value"]) == ("max_upload_bytes", 1000)
    assert body["asked"] > 1000
    assert nothing_left(house)


def test_a_field_may_not_be_endless(house: House) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="options"\r\n\r\n' + b"y" * 3_000_000 + b"\r\n--x--"
    answer = house.ask("POST", "/v1/datasets", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert answer.get_json()["limit"] == "options"
    assert nothing_left(house)


def test_the_list_is_cut_into_pages_newest_first(house: House) -> None:
    for number in range(5):
        house.upload(name=f"n{number}")
    names, after = [], ""
    while True:
        page = house.ask("GET", f"/v1/datasets?limit=2{after}").get_json()
        names += [item["name"] for item in page["data"]]
        if not page["has_more"]:
            break
        after = f"&after={page['data'][-1]['id']}"
    assert names == ["n4", "n3", "n2", "n1", "n0"]


def test_a_data_set_that_a_job_needs_is_not_deleted(house: House) -> None:
    job_id = house.submitted()
    assert house.ask("DELETE", "/v1/datasets/numbers").status_code == 409
    house.ask("POST", f"/v1/jobs/{job_id}/cancel")
    assert house.ask("DELETE", "/v1/datasets/numbers").status_code == 204
    assert house.ask("GET", "/v1/datasets/numbers").status_code == 404
    assert house.ask("DELETE", "/v1/datasets/numbers").status_code == 404


def test_somebody_elses_data_set_is_not_there_and_their_names_are_free(house: House) -> None:
    made = house.upload(by="ann").get_json()
    for path in (f"/v1/datasets/{made['id']}", "/v1/datasets/numbers"):
        assert house.ask("GET", path, by="bob").status_code == 404
        assert house.ask("DELETE", path, by="bob").status_code == 404
    assert house.ask("GET", "/v1/datasets", by="bob").get_json()["data"] == []
    assert house.upload(by="bob").status_code == 201
    assert house.ask("GET", f"/v1/datasets/{made['id']}", by="root").status_code == 200
    assert len(house.ask("GET", "/v1/datasets", by="root").get_json()["data"]) == 2


def test_a_data_set_that_has_not_changed_is_not_sent_again(house: House) -> None:
    house.upload()
    tag = house.ask("GET", "/v1/datasets/numbers").headers["ETag"]
    assert house.ask("GET", "/v1/datasets/numbers", headers={"If-None-Match": tag}).status_code == 304
