"""`fittingroom demo`: the main job from start to finish, on a stack of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, Never

from rich import box
from rich.console import Console
from rich.table import Table

from fittingroom import children, follow, render
from fittingroom.client import Client
from fittingroom.errors import LauncherError, RoomError

HELD_OUT = 20
TEST_ROWS = 360
EPOCHS = 12
WANTED_ACCURACY = 0.95
START_SECONDS = 60.0
# As long as `up` may take to end its children, and a little.
STOP_SECONDS = 40.0

JOB: dict[str, Any] = {
    "name": "digits",
    "dataset": "digits",
    "model": {
        "layers": [
            {"type": "Conv2D", "filters": 32, "kernel_size": 3, "padding": "same", "activation": "relu"},
            {"type": "MaxPooling2D"},
            {"type": "Conv2D", "filters": 64, "kernel_size": 3, "padding": "same", "activation": "relu"},
            {"type": "Flatten"},
            {"type": "Dropout", "rate": 0.3},
            {"type": "Dense", "units": 10, "activation": "softmax"},
        ]
    },
    "training": {"epochs": EPOCHS, "batch_size": 32, "metrics": ["accuracy"], "seed": 0},
}


class HeldOut(NamedTuple):
    """Rows that the service never saw, and what they show."""

    pictures: list[Any]
    digits: list[int]


def run(home: Path | None) -> int:
    """Shows it. The exit code is 0 if the network learned what it should."""
    console = Console()
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        with _home(home) as folder, _stack(folder, console), _client(folder) as client:
            return _tell(client, folder, console)
    except KeyboardInterrupt:
        render.say(console, "stopped")
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(client: Client, folder: Path, console: Console) -> int:
    path, held_out = write_digits(folder)
    made = client.add_dataset(path, name="digits")
    render.say(
        console, f"uploaded {made['rows']} handwritten digits of 8x8 pixels as the data set {made['id']}"
    )
    submitted = client.submit(JOB)
    render.say(console, f"training a small convolutional network on them: {submitted['id']}")
    if follow.follow(client, submitted["id"], console):
        return 1
    predictions = client.predict("digits", held_out.pictures)["predictions"]
    _compare(console, held_out.digits, predictions)
    # Another version's number, on a home that has seen a demo before.
    number = (client.job(submitted["id"]).get("model") or {}).get("version", 1)
    test = client.model("digits", number)["test"]
    render.say(console, f"on the test split: {render.metrics({'metrics': _numbers(test)})}", "bold")
    if test["accuracy"] < WANTED_ACCURACY:
        render.say(console, f"that is less than the {WANTED_ACCURACY} that was to be expected", "red")
        return 1
    return 0


def write_digits(folder: Path) -> tuple[Path, HeldOut]:
    """Scikit-learn's handwritten digits as an .npz in Keras's naming, a few rows held back."""
    try:
        # They come with `fittingroom[embedded]`; the client does without.
        import numpy as np
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise RoomError(f"the demo takes scikit-learn and numpy: {error}") from error
    bunch = load_digits()
    # Sixteen greys become the bytes of a picture.
    pictures, digits = np.round(bunch.images * (255 / 16)).astype(np.uint8), bunch.target
    order = np.random.default_rng(0).permutation(len(digits))
    held, test, train = np.split(order, [HELD_OUT, HELD_OUT + TEST_ROWS])
    path = folder / "digits.npz"
    np.savez(
        path,
        x_train=pictures[train],
        y_train=digits[train],
        x_test=pictures[test],
        y_test=digits[test],
    )
    return path, HeldOut(pictures[held].tolist(), digits[held].tolist())


def _compare(console: Console, digits: list[int], predictions: list[list[float]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="rows that it never saw", title_justify="left")
    for column in ("digit", "predicted", "probability", ""):
        table.add_column(column, justify="right")
    right = 0
    for digit, probabilities in zip(digits, predictions, strict=True):
        best = max(probabilities)
        guess = probabilities.index(best)
        right += guess == digit
        table.add_row(str(digit), str(guess), f"{best:.3f}", "" if guess == digit else "wrong")
    console.print(table)
    render.say(console, f"{right} of {len(digits)} are right")


def _numbers(test: dict[str, Any]) -> dict[str, float]:
    """The scores alone, without the confusion matrix and the like."""
    return {name: value for name, value in test.items() if isinstance(value, int | float)}


@contextmanager
def _home(home: Path | None) -> Iterator[Path]:
    if home is not None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield home.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="fittingroom-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _stack(home: Path, console: Console) -> Iterator[None]:
    """`fittingroom up` on a free port, for as long as the block runs."""
    began = time.monotonic()
    # Settings for a stack of the user's own, such as its database, are not for the demo's.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FITTINGROOM_")}
    log = home / "up.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "fittingroom", "up", "--home", str(home), "--port", "0"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # A Ctrl-C is for the demo, which ends the stack itself.
            start_new_session=True,
            preexec_fn=children.dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 (there is one thread)
        )
    try:
        url = _await_url(process, home, log)
        render.say(console, f"the stack is up at {url} after {time.monotonic() - began:.1f} s")
        yield
    finally:
        _end(process)


def _await_url(process: subprocess.Popen[bytes], home: Path, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    path = home / "url"
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise LauncherError(f"the stack does not start:\n{children.tail(log)}")
        time.sleep(0.05)
    return path.read_text().strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        # Its warden ends what it leaves behind.
        process.kill()
        process.wait()


def _client(home: Path) -> Client:
    return Client((home / "url").read_text().strip(), (home / "token").read_text().strip())


def _leave(number: int, _frame: FrameType | None) -> Never:
    raise SystemExit(128 + number)
