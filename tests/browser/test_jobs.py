import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fittingroom import samples
from fittingroom.client import Client
from tests.browser.browsers import Visit
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

# Longer than any test waits: each is cancelled in the end.
LONG = 10_000

# The machine may have other things to do.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def client(stack: Up) -> Iterator[Client]:
    with stack.client() as client:
        yield client


@pytest.fixture(scope="module")
def submit(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Submits a job on a small table; the id."""
    path, options = samples.write("iris", tmp_path_factory.mktemp("iris"))
    client.add_dataset(path, name="iris", options=options)

    def submit(*, epochs: int, name: str = "flowers", **more: Any) -> str:  # noqa: ANN401 - of a spec
        layers = [{"type": "Dense", "units": 3, "activation": "softmax"}]
        training = {"epochs": epochs, "validation_split": 0.2, "batch_size": 64}
        document = {"dataset": "iris", "name": name, "model": {"layers": layers}, "training": training}
        job_id: str = client.submit(document | more)["id"]
        return job_id

    return submit


@pytest.fixture(scope="module")
def trained(client: Client, submit: Callable[..., str]) -> tuple[str, str]:
    """Two jobs that have succeeded."""
    ids = (
        submit(epochs=3),
        submit(epochs=2, model={"layers": [{"type": "Dense", "units": 3, "name": "scores"}]}),
    )
    for one in ids:
        assert client.wait(one)["status"] == "succeeded"
    return ids


def shown(page: Page) -> list[int]:
    """The epochs of the table, in order."""
    told = page.locator("#epochs tbody th").all_inner_texts()
    return [int(one.replace(",", "")) for one in reversed(told)]


def logged(page: Page) -> list[int]:
    """The epochs that the log tells of."""
    text = page.locator("#log").inner_text()
    return [int(number) for number in re.findall(r"^Epoch (\d+)/", text, re.MULTILINE)]


def test_a_job_is_followed_through_a_lost_connection_and_cancelled(
    visit: Callable[..., Visit], stack: Up, client: Client, submit: Callable[..., str]
) -> None:
    begun = visit()
    begun.expected = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION")
    page = begun.signed_in(stack.token)
    job_id = submit(epochs=LONG)
    # A worker that has just been started is not ready at once.
    wait_until(lambda: client.job(job_id)["story"]["epochs"], 60)
    page.goto(f"/jobs/{job_id}")
    status = page.locator('[data-live="status"]')
    expect(status).to_have_text("running")
    chart = page.get_by_role("slider", name="loss: the values of an epoch", exact=True)
    expect(chart).to_be_visible()
    # A page that is cut off, and a service that is gone for a while.
    begun.context.set_offline(offline=True)
    expect(page.locator("#lost")).to_be_visible()
    begun.context.set_offline(offline=False)
    expect(page.locator("#lost")).to_be_hidden()
    killed = stack.child("-m service")
    killed.kill()
    wait_until(lambda: stack.replaced("-m service", killed) and stack.healthy(), 30)
    before = shown(page)[-1]
    wait_until(lambda: shown(page)[-1] > before)
    page.get_by_role("button", name="Cancel").click()
    expect(status).to_have_text("cancelled")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    # Whoever pressed the button by the keyboard is still somewhere.
    assert page.evaluate("document.activeElement.id") == "state"
    told = client.job(job_id)["story"]["epochs"]
    expect(chart).to_have_attribute("aria-valuemax", str(told))
    assert shown(page) == list(range(told - len(shown(page)) + 1, told + 1))
    epochs = logged(page)
    assert epochs == list(range(epochs[0], epochs[-1] + 1))
    page.reload()
    expect(chart).to_have_attribute("aria-valuemax", str(told))


def test_values_are_read_off_a_chart_by_the_keyboard(page: Page, trained: tuple[str, str]) -> None:
    page.goto(f"/jobs/{trained[0]}")
    chart = page.get_by_role("slider", name="loss: the values of an epoch", exact=True)
    chart.focus()
    page.keyboard.press("Home")
    expect(chart).to_have_attribute("aria-valuetext", re.compile(r"^Epoch 1, loss [\d.]+, val_loss [\d.]+$"))
    page.keyboard.press("ArrowRight")
    expect(chart).to_have_attribute("aria-valuenow", "2")
    first = page.locator("#charts figure").first
    expect(first.locator("circle")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(first.locator("circle")).to_have_count(0)
    scale = first.get_by_role("button", name="Log scale")
    scale.click()
    expect(scale).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".network-picture")).to_be_visible()


def test_a_job_is_cancelled_without_a_script(
    visit: Callable[..., Visit], stack: Up, client: Client, submit: Callable[..., str]
) -> None:
    page = visit(java_script_enabled=False).signed_in(stack.token)
    first, second = submit(epochs=LONG), submit(epochs=LONG)
    wait_until(lambda: client.job(first)["story"]["epochs"], 30)
    page.goto(f"/jobs/{second}")
    expect(page.get_by_role("status").first).to_contain_text("queued")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status").first).to_contain_text("cancelled")
    page.goto(f"/jobs/{first}")
    page.get_by_role("button", name="Cancel").click()
    assert client.wait(first)["status"] == "cancelled"
    page.reload()
    expect(page.locator("#epochs tbody tr").first).to_be_visible()
    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete this job").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    expect(page.locator(f'[data-job="{first}"]')).to_have_count(0)


def test_the_list_goes_on_by_itself(
    page: Page, client: Client, submit: Callable[..., str], trained: tuple[str, str]
) -> None:
    page.goto("/jobs?status=&name=&tag=")
    box = page.locator(f'[data-job="{trained[0]}"]').get_by_role("checkbox")
    box.check()
    job_id = submit(epochs=LONG, name="later")
    row = page.locator(f'[data-job="{job_id}"]')
    expect(row).to_contain_text("running")
    expect(row).to_contain_text("Epoch")
    client.cancel(job_id)
    expect(row).to_contain_text("cancelled")
    expect(box).to_be_checked()


def test_two_runs_are_chosen_and_compared(page: Page, trained: tuple[str, str]) -> None:
    page.goto("/jobs")
    for one in trained:
        page.locator(f'[data-job="{one}"]').get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare the chosen").click()
    page.get_by_label("What is compared").select_option("val_loss")
    chart = page.get_by_role("slider", name="val_loss: the values of an epoch")
    expect(chart).to_have_attribute("aria-valuemax", "3")
    expect(page.locator("#chart path")).to_have_count(2)
    expect(page.locator("#runs tbody tr").first).to_contain_text(trained[1][-6:])
    expect(page.get_by_role("row", name="training.epochs")).to_have_text(re.compile(r"2\s*3\s*$"))
    assert "metric=val_loss" in page.url
