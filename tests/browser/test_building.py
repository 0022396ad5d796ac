"""A new job: a network is built of layers, warned of, mended and trained."""

import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browsers import PHONE, Visit, barriers, barriers_in_light_and_dark, signing_in
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

MARKUP = "<img src=x onerror=alert(1)>"
# A check or a job that is refused is a 422, of which the browser's console tells.
REFUSED = ("422",)
GRAPH = {
    "layers": [
        {"type": "Conv2D", "name": "stem", "filters": 4, "kernel_size": 3, "padding": "same"},
        {"type": "Conv2D", "name": "branch", "filters": 4, "kernel_size": 3, "padding": "same"},
        {"type": "Add", "inputs": ["stem", "branch"]},
        {"type": "GlobalAveragePooling2D"},
        {"type": "Dense", "units": 10, "activation": "softmax"},
    ]
}


@pytest.fixture(scope="module", autouse=True)
def samples(stack: Up) -> None:
    for name in ("digits", "iris"):
        ask(stack, "POST", f"/v1/samples/{name}")


def ask(stack: Up, method: str, path: str, **told: Any) -> Any:  # noqa: ANN401 - httpx's, and JSON
    answer = httpx.request(
        method, stack.url + path, headers=signing_in(stack), trust_env=False, timeout=30, **told
    )
    assert answer.is_success, answer.text
    return answer.json()


def begin(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".verdict")).not_to_have_text("Checking …")


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """As somebody without a mouse gets there."""
    for _ in range(100):
        page.keyboard.press(key)
        if wanted.count() and wanted.first.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def job_of(page: Page) -> Any:  # noqa: ANN401 - JSON
    return json.loads(page.locator("#source").input_value())


def layer(page: Page, place: int) -> Locator:
    return page.locator(".layer").nth(place - 1)


def write(page: Page, text: str) -> None:
    page.get_by_role("tab", name="JSON").click()
    page.locator("#source").fill(text)


def test_by_keyboard_alone_a_network_is_built_warned_of_mended_and_trained(page: Page, stack: Up) -> None:
    begin(page, "/jobs/new?dataset=iris")
    expect(page.locator(".verdict")).to_have_text("Ready to train.")
    press = page.keyboard.press
    tab_to(page, page.get_by_role("button", name="Add a layer", exact=True))
    press("Enter")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("dense")
    press("Enter")
    expect(layer(page, 4).get_by_label("units")).to_be_focused()
    press("Control+a")
    page.keyboard.type("3")
    tab_to(page, layer(page, 4).get_by_label("activation"))
    page.keyboard.type("softmax")
    expect(page.locator(".verdict")).to_contain_text("warning")
    # The layer that was last is in the midst now: it is moved behind the new one, and taken away.
    tab_to(page, layer(page, 4).locator(".layer-name"), "Shift+Tab")
    press("Alt+ArrowUp")
    expect(layer(page, 3).locator(".layer-name")).to_be_focused()
    tab_to(page, layer(page, 4).locator(".layer-name"))
    press("Delete")
    expect(page.locator(".layer")).to_have_count(3)
    expect(page.locator(".verdict")).to_have_text("Ready to train.")
    tab_to(page, page.get_by_label("Learning rate"))
    press("Control+a")
    page.keyboard.type("10")
    cure = page.get_by_role("button", name="Begin with 0.001")
    expect(cure).to_be_visible()
    press("Tab")
    expect(cure).to_be_focused()
    press("Enter")
    expect(page.get_by_label("Learning rate")).to_have_value("0.001")
    expect(page.locator(".verdict")).to_have_text("Ready to train.")
    tab_to(page, page.get_by_label("Epochs"))
    press("Control+a")
    page.keyboard.type("2")
    tab_to(page, page.get_by_role("button", name="Train"))
    press("Enter")
    page.wait_for_url("**/jobs/job_*")
    job = page.url.rpartition("/")[2]
    wait_until(lambda: ask(stack, "GET", f"/v1/jobs/{job}")["status"] == "succeeded", 60)
    spec = ask(stack, "GET", f"/v1/jobs/{job}")["spec"]
    assert spec["model"]["layers"][-1] == {"type": "Dense", "units": 3, "activation": "softmax"}
    assert spec["training"]["epochs"] == 2


def test_a_mistake_is_told_at_its_field_and_mended_by_its_button(
    visit: Callable[..., Visit], stack: Up
) -> None:
    begun = visit()
    begun.expected = REFUSED
    page = begun.signed_in(stack.token)
    begin(page, "/jobs/new?dataset=digits&template=dense")
    layer(page, 3).locator(".layer-name").click()
    units = layer(page, 3).get_by_label("units")
    units.fill("7")
    expect(units).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".verdict")).to_have_text("1 error: it cannot be trained yet.")
    # Sent all the same, it is refused; nothing is lost by that, nor by loading the page again.
    page.get_by_role("button", name="Train").click()
    expect(page.locator(".verdict")).to_have_text("1 error: it cannot be trained yet.")
    page.reload()
    expect(page.get_by_text("What you had begun is here again.")).to_be_visible()
    expect(layer(page, 3)).to_contain_text("units 7")
    page.get_by_role("button", name="Set it to 10").click()
    expect(page.locator(".verdict")).to_have_text("Ready to train.")
    assert job_of(page)["model"]["layers"][2]["units"] == 10
    page.get_by_role("button", name="Undo").click()
    expect(layer(page, 3)).to_contain_text("units 7")
    # What makes no sense is kept, and told.
    layer(page, 3).locator(".layer-name").click()
    units.fill("many")
    expect(layer(page, 3).locator(".note.bad")).to_be_visible()
    assert job_of(page)["model"]["layers"][2]["units"] == "many"


def test_layers_are_moved_duplicated_and_removed(page: Page) -> None:
    begin(page, "/jobs/new?dataset=digits&template=dense")
    expect(layer(page, 2)).to_contain_text("128")
    layer(page, 2).get_by_role("button", name="Duplicate").click()
    expect(page.locator(".layer")).to_have_count(4)
    layer(page, 2).get_by_role("button", name=", up").click()
    expect(layer(page, 1)).to_contain_text("Dense")
    layer(page, 1).locator(".layer-head").drag_to(layer(page, 3).locator(".layer-head"))
    expect(layer(page, 1)).to_contain_text("Flatten")
    layer(page, 3).get_by_role("button", name="Remove").click()
    expect(page.locator(".layer")).to_have_count(3)
    expect(page.locator(".verdict")).to_have_text("Ready to train.")
    for _ in range(4):
        page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")
    expect(page.locator(".layer")).to_have_count(3)


def test_list_and_json_are_one_and_the_same(page: Page) -> None:
    begin(page, "/jobs/new?dataset=digits&template=dense")
    text = page.locator("#source").input_value()
    write(page, text.replace('"units": 128', '"units": 64').replace('"epochs"', '"clip_norm": 1.5, "epochs"'))
    expect(layer(page, 2)).to_contain_text("units 64")
    page.get_by_label("Epochs").fill("7")
    assert job_of(page)["training"]["clip_norm"] == 1.5
    assert job_of(page)["training"]["epochs"] == 7
    before = job_of(page)
    page.locator("#source").fill('{\n  "dataset": "digits",\n  "model": {"layers": [}\n}')
    expect(page.get_by_text("Line 3, column 24:")).to_be_visible()
    expect(page.get_by_text("Here a value is missing.")).to_be_visible()
    # What is being written is not overwritten from the other side.
    assert page.get_by_label("Epochs").evaluate("node => Boolean(node.closest('[inert]'))")
    page.reload()
    expect(page.locator("#source")).to_have_value('{\n  "dataset": "digits",\n  "model": {"layers": [}\n}')
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_label("Epochs")).not_to_have_value("7")
    assert job_of(page) == json.loads(text) != before


def test_a_graph_is_kept_and_drawn_with_its_branches(page: Page) -> None:
    begin(page, "/jobs/new?dataset=digits&template=dense")
    write(page, json.dumps(job_of(page) | {"model": GRAPH}))
    expect(page.get_by_text("This network is a graph")).to_be_visible()
    expect(page.locator(".network-picture .node")).to_have_count(6)
    # Input, stem, branch, the wire past the branch, sum, pool, dense.
    expect(page.locator(".network-picture .wire")).to_have_count(7)
    layer(page, 1).locator(".layer-name").click()
    layer(page, 1).get_by_label("kernel_size").fill("5")
    changed = [GRAPH["layers"][0] | {"kernel_size": 5}, *GRAPH["layers"][1:]]
    assert job_of(page)["model"] == {"layers": changed}
    page.get_by_role("tab", name="Picture").click()
    page.locator(".network-picture").get_by_role("button", name="Add (add)").click()
    expect(layer(page, 3).locator(".layer-name")).to_be_focused()


def test_every_layer_has_its_fields(visit: Callable[..., Visit], stack: Up) -> None:
    begun = visit()
    begun.expected = REFUSED
    page = begun.signed_in(stack.token)
    begin(page, "/jobs/new?dataset=digits")
    known = ask(stack, "GET", "/v1/layers")["data"]
    inside = {"layer": {"type": "LSTM", "units": 2}, "cell": {"type": "LSTMCell", "units": 2}}
    layers = [
        {"type": one["type"]}
        | {name: inside[name] for name in one["arguments"].get("required", []) if name in inside}
        for one in known
    ]
    write(page, json.dumps({"dataset": "digits", "model": {"layers": layers}}))
    expect(page.locator(".layer")).to_have_count(len(known))
    page.locator(".layers").evaluate(
        "node => node.querySelectorAll('.layer-name').forEach(one => one.click())"
    )
    # By their labels, all but the inputs of a graph, and what can be one thing only.
    for place, one in enumerate(known, 1):
        said = set(one["arguments"]["properties"]) - {"inputs", "data_format"}
        shown = set(layer(page, place).locator(".field > label code, .tick label code").all_text_contents())
        assert said <= shown, one["type"]


LIMITED = """async ({layers, optimizers, losses, fixed}) => {
  const scripts = document.querySelector('script[src$="builder/page.js"]').src;
  const {build} = await import(new URL("build.js", scripts));
  const {send} = await import(new URL("../api.js", scripts));
  document.querySelector("#builder").replaceChildren();
  build(document.querySelector("#builder"), {
    document: {model: {layers: [{type: "Flatten"}, {type: "Dense", units: 10}]}, training: {epochs: 3}},
    check: (job, {signal}) => send("POST", "/v1/specs:check", {dataset: "digits", ...job}, {signal}),
    catalogue: {layers, optimizers, losses},
    allowed: {layers: ["Dense", "Flatten"], training: ["optimizer"]},
    fixed,
  });
}"""


def test_the_builder_can_be_limited_to_what_a_teacher_allows(page: Page, stack: Up) -> None:
    begin(page, "/jobs/new?dataset=digits")
    names = ("layers", "optimizers", "losses")
    catalogue = {name: ask(stack, "GET", f"/v1/{name}")["data"] for name in names}
    page.evaluate(LIMITED, catalogue | {"fixed": ["/training/epochs"]})
    expect(page.locator(".verdict")).to_have_text("Ready to train.")
    expect(page.locator(".options label")).to_have_text(["Optimizer", "Learning rate", "Epochs"])
    expect(page.get_by_label("Epochs")).to_be_disabled()
    page.get_by_role("button", name="Add a layer", exact=True).click()
    expect(page.locator(".offer strong")).to_have_text(["Dense", "Flatten"])
    page.keyboard.press("Escape")
    page.evaluate(LIMITED, catalogue | {"fixed": ["/model"]})
    expect(page.locator(".layer .tools:visible")).to_have_count(0)
    expect(page.get_by_role("button", name="Add a layer", exact=True)).to_be_hidden()
    layer(page, 2).locator(".layer-name").click()
    expect(layer(page, 2).get_by_label("units")).to_be_disabled()


def test_names_that_others_chose_are_text(visit: Callable[..., Visit], stack: Up) -> None:
    file = io.BytesIO()
    np.savez(file, x=np.zeros((60, 2), np.float32), y=np.array([MARKUP, "</script>"] * 30))
    ask(stack, "POST", "/v1/datasets", data={"name": "hostile"}, files={"file": ("h.npz", file.getvalue())})
    begun = visit()
    begun.expected = REFUSED
    page = begun.signed_in(stack.token)
    begin(page, "/jobs/new?dataset=hostile")
    expect(page.locator(".data").get_by_text(MARKUP)).to_be_visible()
    layers = [{"type": MARKUP}, {"type": "Dense", "units": MARKUP, "name": MARKUP}, MARKUP]
    write(page, json.dumps({"dataset": MARKUP, "model": {"layers": layers}}))
    expect(layer(page, 1).locator("strong.named")).to_have_text(MARKUP)
    expect(layer(page, 2)).to_contain_text(f"units {MARKUP}")
    expect(layer(page, 2).locator(".note.bad").first).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_nothing_keeps_anybody_out(visit: Callable[..., Visit], stack: Up) -> None:
    begun = visit(viewport={"width": PHONE[0], "height": PHONE[1]})
    begun.expected = REFUSED
    page = begun.signed_in(stack.token)
    begin(page, "/jobs/new?dataset=digits")
    layer(page, 1).locator(".layer-name").click()
    layer(page, 1).get_by_text("More arguments").click()
    page.get_by_label("Learning rate").fill("10")
    layer(page, 7).locator(".layer-name").click()
    layer(page, 7).get_by_label("units").fill("0")
    expect(layer(page, 7).locator(".note.bad")).to_be_visible()
    assert barriers_in_light_and_dark(page) == []
    page.get_by_role("button", name="Add a layer", exact=True).click()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    write(page, "{")
    assert barriers(page) == []
    # Nothing is wider than the phone.
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]


def test_without_javascript_a_job_is_checked_and_trained(visit: Callable[..., Visit], stack: Up) -> None:
    begun = visit(java_script_enabled=False)
    begun.expected = REFUSED
    page = begun.signed_in(stack.token)
    page.goto("/jobs/new?dataset=iris")
    text = page.get_by_label("The job, as JSON")
    job = json.loads(text.input_value())
    text.fill(json.dumps(job | {"training": {"epochs": 1}}))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("This can be trained")
    expect(page.get_by_role("alert")).to_contain_text("With one epoch")
    text.fill(json.dumps(job | {"model": {"layers": [{"type": "Dense"}]}}))
    page.get_by_role("button", name="Train").click()
    expect(page.get_by_role("alert")).to_contain_text("#/model/layers/0/units")
    text.fill(json.dumps(job | {"training": {"epochs": 2}}))
    page.get_by_role("button", name="Train").click()
    page.wait_for_url("**/jobs/job_*")
