import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
from playwright.sync_api import Locator, Page, expect

from service.pages import uploading
from tests.browser.browsers import Visit, barriers_in_light_and_dark, signing_in
from tests.stacks import Up

CSV = "size,garden,district\n" + "".join(
    f"{n},{n * n % 7},{'north' if n % 2 else 'south'}\n" for n in range(40)
)
FILES = ["penguins.csv", "My Houses (1).CSV", "train-images-idx3-ubyte.gz", "a.tar.gz", "...", "x" * 99]


def ask(stack: Up, method: str, path: str, **request: Any) -> Any:  # noqa: ANN401 - JSON
    answer = httpx.request(
        method, stack.url + path, headers=signing_in(stack), trust_env=False, timeout=60, **request
    )
    answer.raise_for_status()
    return answer.json() if answer.content else None


def drop(page: Page, name: str, content: str) -> None:
    """Drops a file onto the page, as from a folder beside the browser."""
    data = page.evaluate_handle(
        """([name, content]) => {
            const data = new DataTransfer();
            data.items.add(new File([content], name));
            return data;
        }""",
        [name, content],
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": data})
    page.dispatch_event("main", "drop", {"dataTransfer": data})


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


@contextmanager
def growth(processes: list[psutil.Process]) -> Iterator[list[int]]:
    """By how many bytes processes grow within the block, looked at again and again."""
    grown, ended = [0], threading.Event()
    before = held(processes)

    def look() -> None:
        while not ended.wait(0.01):
            grown.append(held(processes) - before)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield grown
    finally:
        ended.set()
        looking.join()


def held(processes: list[psutil.Process]) -> int:
    return sum(process.memory_info().rss for process in processes)


def test_a_file_that_is_dropped_becomes_a_data_set_and_its_page_is_shown(page: Page) -> None:
    page.goto("/datasets/new")
    drop(page, "My Houses (1).csv", CSV)
    expect(field(page, "Name")).to_have_value("my-houses-1")
    columns = page.locator("#known-columns option").evaluate_all("all => all.map((one) => one.value)")
    assert columns == ["size", "garden", "district"]
    field(page, "Column to predict").fill("district")
    field(page, "Rows for the test, in percent").fill("25")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="my-houses-1")).to_be_visible()
    expect(page.get_by_text("2 columns of a table")).to_be_visible()
    expect(page.get_by_text("one of 2 classes")).to_be_visible()
    expect(page.locator(".understood")).to_contain_text("For the test 10")


def test_what_is_wrong_stands_beside_its_field_and_is_mended(visit: Callable[..., Visit], stack: Up) -> None:
    begun = visit()
    begun.expected = ("422", "409")
    page = begun.signed_in(stack.token)
    page.goto("/datasets/new")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#w-file")).to_have_text("Choose a file, or drop one here.")
    page.evaluate("document.querySelector('#upload').dataset.most = 5")
    drop(page, "mended.csv", CSV)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#w-file")).to_contain_text("at most 5")
    page.reload()
    drop(page, "mended.csv", CSV)
    page.get_by_text("More settings").click()
    field(page, "Columns to leave out").fill("gardn")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#w-drop")).to_contain_text("gardn")
    expect(field(page, "Columns to leave out")).to_be_focused()
    assert barriers_in_light_and_dark(page) == []
    field(page, "Columns to leave out").fill("garden")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="mended")).to_be_visible()
    page.goto("/datasets/new")
    drop(page, "mended.csv", CSV + "1,2,north\n")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#w-name")).to_contain_text("already")


def test_the_form_says_to_the_api_what_it_says_without_javascript(page: Page) -> None:
    page.goto("/datasets/new")
    page.get_by_text("More settings").click()
    said = {
        "Column to predict": " price ",
        "Further columns to predict": "district\n\n kind ",
        "Rows for the test, in percent": "12.5",
        "Columns of text": "a, b\nc",
        "Longest text, in words": " 7 ",
        "Words that are known": "many",
        "Size of pictures": "64 x 32",
        "Shape of a row": "28, 28,1",
        "Number that chance begins with": "-3",
    }
    for label, value in said.items():
        field(page, label).fill(value)
    field(page, "Kind of answer").select_option("A class")
    field(page, "Colours of pictures").select_option("Colours")
    field(page, "Bring numbers to one scale").select_option("No")
    fields, options, names = page.evaluate(
        """async (files) => {
            const form = document.querySelector("#upload");
            const beside = document.querySelector('script[src$="datasets/upload.js"]').src;
            const { options, suggest } = await import(new URL("options.js", beside));
            const fields = [...new FormData(form)].filter(([name]) => name !== "file");
            return [Object.fromEntries(fields), options(form), files.map(suggest)];
        }""",
        FILES,
    )
    assert options == uploading.options(fields)
    assert (options["target"], options["image_size"]) == (["price", "district", "kind"], [64, 32])
    assert names == [uploading.suggest(file) for file in FILES]


def test_200_megabytes_are_uploaded_with_a_bar_that_moves_and_the_services_memory_stays(
    page: Page, stack: Up, tmp_path: Path
) -> None:
    path = tmp_path / "large.npz"
    # Large rows, and few: what is measured is the upload, and not how long rows take to be read.
    x = np.zeros((200, 512, 512), np.float32)
    x[:, 0, 0] = np.arange(200)
    np.savez(path, x=x, y=np.arange(200) % 2)
    assert path.stat().st_size > 200e6
    told: list[str] = []
    page.goto("/datasets/new")
    page.expose_function("tell", lambda said: told.append(said))  # noqa: PLW0108 - what is bound is written to
    page.evaluate(
        """() => {
            const amount = document.querySelector("#amount");
            new MutationObserver(() => window.tell(amount.textContent)).observe(amount, { childList: true });
        }"""
    )
    field(page, "Files").set_input_files(path)
    with growth(stack.child("-m service").children()) as grown:
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("button", name="Cancel")).to_be_focused()
        expect(page.get_by_role("heading", name="large")).to_be_visible(timeout=60_000)
    moving = {one for one in told if "of 210 MB, about" in one}
    assert len(moving) > 3, told
    assert max(grown) < 60e6
    ask(stack, "DELETE", f"/v1/datasets/{page.url.rpartition('/')[2]}")


def test_an_upload_that_is_cancelled_leaves_nothing(page: Page, stack: Up, tmp_path: Path) -> None:
    path = tmp_path / "slow.csv"
    path.write_text(CSV * 40000)
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    page.goto("/datasets/new")
    network.send("Network.emulateNetworkConditions", slow)
    field(page, "Files").set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#amount")).to_contain_text("left")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Upload")).to_be_focused()
    expect(page.locator("#sending")).to_be_hidden()
    assert "slow" not in {one["name"] for one in ask(stack, "GET", "/v1/datasets")["data"]}


def test_without_javascript_a_form_does_it(visit: Callable[..., Visit], stack: Up, tmp_path: Path) -> None:
    begun = visit(java_script_enabled=False)
    begun.expected = ("422",)
    page = begun.signed_in(stack.token)
    path = tmp_path / "Plain.csv"
    path.write_text(CSV)
    page.goto("/datasets/new")
    field(page, "Files").set_input_files(path)
    field(page, "Column to predict").fill("distrikt")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#w-target")).to_contain_text("district")
    expect(field(page, "Column to predict")).to_have_value("distrikt")
    field(page, "Column to predict").fill("district")
    field(page, "Files").set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="plain")).to_be_visible()
    page.get_by_text("Delete the data set").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", name="Data sets")).to_be_visible()
    expect(page.get_by_role("link", name="plain")).to_have_count(0)
