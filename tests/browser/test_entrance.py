from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import Visit, barriers
from tests.stacks import Up


def test_one_signs_in_with_a_token_and_out_again(visit: Callable[..., Visit], stack: Up) -> None:
    page = visit().signed_in(stack.token)
    expect(page).to_have_title("Home · Fitting Room")
    page.locator("summary").get_by_text("admin").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/jobs")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_token_that_was_mistyped_is_told_beside_the_field(visit: Callable[..., Visit]) -> None:
    begun = visit()
    begun.expected = ("401",)
    page = begun.page()
    page.goto("/sign-in")
    page.get_by_label("Token").fill("fr_mistyped")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This token is not known")
    assert barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(visit: Callable[..., Visit], scheme: str) -> None:
    page = visit(color_scheme=scheme).page()
    page.goto("/sign-in")
    assert barriers(page) == []


def test_the_language_can_be_changed(visit: Callable[..., Visit]) -> None:
    page = visit().page()
    page.goto("/sign-in")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
