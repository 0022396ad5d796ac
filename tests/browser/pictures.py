"""Pictures of every page: `python -m tests.browser.pictures [folder]`.

A stack is started and filled with real things, and each page is taken on a phone, a laptop and a projector,
in light and dark: to be looked at by somebody.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.browsers import LAPTOP, PHONE, PROJECTOR, Visit, browser, sketch
from tests.browser.lessons import teach
from tests.browser.things import Things, addresses, fill, queue
from tests.stacks import Up, running

SIZES = {"phone": PHONE, "laptop": LAPTOP, "projector": PROJECTOR}
SCHEMES = ("light", "dark")
# As many as make a curve that is worth looking at.
EPOCHS = 40
TASK = """Tell **handwritten digits** apart, with layers that are *densely* connected.

1. Begin with `Flatten`, as a picture is a square and a dense layer takes a row.
2. End with ten units and `softmax`.
"""
# A page that is longer is cut there.
LONGEST = 5000


def main(folder: Path) -> None:
    """Takes all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, running(Path(home) / "home") as up, browser() as chromium:
        for camera in cameras(chromium, up, folder):
            camera.take("sign-in", "/sign-in", signed_in=False)
            camera.take("home-empty", "/")
        things = fill(up, epochs=EPOCHS)
        things.lesson = teach(up, "Digits with Dense", text=TASK)
        with queue(up, things, waiting=3):
            for camera in cameras(chromium, up, folder):
                camera.round(things)


class Camera:
    """Takes pictures at one size, in one scheme."""

    def __init__(self, chromium: Browser, up: Up, folder: Path, size: str, scheme: str) -> None:
        self.folder, self.suffix = folder, f"{size}-{scheme}"
        width, height = SIZES[size]
        # Nothing is taken in the midst of a movement.
        options = {
            "viewport": {"width": width, "height": height},
            "color_scheme": scheme,
            "reduced_motion": "reduce",
        }
        self.visit = Visit(chromium, up.url, has_touch=size == "phone", **options)
        self.stranger = Visit(chromium, up.url, **options)
        self.page = self.visit.signed_in(up.token)

    def take(self, name: str, path: str, *, signed_in: bool = True) -> None:
        """Goes somewhere and takes it."""
        page = self.page if signed_in else self.stranger.page()
        page.goto(path, wait_until="networkidle")
        self.shoot(name, page)

    def shoot(self, name: str, page: Page) -> None:
        """Takes what is there, from the top to the bottom."""
        tall: int = page.evaluate("document.documentElement.scrollHeight")
        path = self.folder / f"{name}-{self.suffix}.png"
        if tall > LONGEST:
            clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": LONGEST}  # type: ignore[index]
            page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]
        else:
            page.screenshot(path=path, full_page=True)

    def glance(self, name: str) -> None:
        """Takes what is seen in the window, with what stays in sight there."""
        self.page.screenshot(path=self.folder / f"{name}-{self.suffix}.png")

    def round(self, things: Things) -> None:
        """Every page, and some as they are when one does something there."""
        for endpoint, paths in addresses(things).items():
            for number, path in enumerate(paths, 1):
                self.take(f"{endpoint.removeprefix('pages.')}-{number}", path)
        self.take("nothing", "/nowhere")
        self.page.goto(f"/models/{things.models['dense']}/versions/1", wait_until="networkidle")
        sketch(self.page)
        self.page.locator("tr.best").wait_for()
        self.glance("drawn")
        self.page.goto("/jobs/new?dataset=digits&template=convolutional", wait_until="networkidle")
        self.page.locator(".layer-name").first.click()
        self.glance("built")


def cameras(chromium: Browser, up: Up, folder: Path) -> Iterator[Camera]:
    """One for each size and scheme."""
    for size in SIZES:
        for scheme in SCHEMES:
            camera = Camera(chromium, up, folder, size, scheme)
            yield camera
            camera.visit.context.close()
            camera.stranger.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "pictures"))
