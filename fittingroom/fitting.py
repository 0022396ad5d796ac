"""`Client.fit`: the data set, the job and the trained network, from arrays and a model."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console

from fittingroom import arrays, errors, follow, keras_models, render_networks
from fittingroom.trained import History, Trained, history_of

if TYPE_CHECKING:
    from fittingroom.client import Client
    from fittingroom.connection import Answer

Splits = tuple[arrays.Split, arrays.Split | None]
# What tells by its name that it takes classes, or numbers.
_CLASSES = ("crossentropy",)
_NUMBERS = ("mean", "mse", "mae", "mape", "msle", "huber", "logcosh", "poisson")


def run(
    room: "Client",
    model: Any,  # noqa: ANN401 (a Keras model, or JSON)
    given: Any,  # noqa: ANN401 (a pair of arrays, in Keras's many forms)
    test: Any,  # noqa: ANN401 (likewise, or None)
    *,
    name: str | None,
    options: Mapping[str, Any],
    training: Mapping[str, Any],
    verbose: bool | int | None,
) -> tuple[History, Any]:
    """Uploads, trains and fetches; `Client.fit` says the rest."""
    spec, splits, training = spec_of(model), splits_of(model, given, test), _in_json(training)
    task = task_of(splits[0], training.get("loss") or (spec.get("compile_config") or {}).get("loss"))
    dataset = _dataset(room, splits, name, {**({"task": task} if task else {}), **options})
    if keras_models.is_model(model):
        _check_classes(dataset["target"])
    called = dataset["name"]
    document = {"name": name or called, "dataset": called, "model": spec, "training": training}
    job = _trained(room, document, verbose)
    version = room.model(job["model"]["name"], job["model"]["version"])
    history = history_of(job, room.pages(f"/v1/jobs/{job['id']}/epochs", key="epoch"), version)
    if not keras_models.is_model(model):
        return history, Trained(room, history.name, history.version, history.test, version.get("evaluation"))
    with TemporaryDirectory(prefix="fittingroom-") as folder:
        path = room.export(history.name, Path(folder) / "model.keras", version=history.version)
        return history, keras_models.load(path, model, version)


def spec_of(model: Any) -> dict[str, Any]:  # noqa: ANN401 (a Keras model, or JSON)
    """What a job says of its network, from a Keras model, its JSON, a spec, or a list of layers.

    Raises:
        InputError: it is none of these.
    """
    if keras_models.is_model(model):
        return keras_models.document(model)
    if isinstance(model, list | tuple):
        return {"layers": list(model)}
    if isinstance(model, Mapping):
        return dict(model)
    raise errors.InputError(
        f"a model is a Keras model, a spec or a list of layers, and not {type(model).__name__}"
    )


def splits_of(model: Any, given: Any, test: Any) -> Splits:  # noqa: ANN401 (a model, and pairs of x and y)
    """The rows to train on, and those for the test; None if none were given for that.

    Raises:
        InputError: they do not fit together.
    """
    own = keras_models.is_model(model)
    inputs = keras_models.input_names(model) if own else ()
    outputs = keras_models.output_names(model) if own else spec_of(model).get("outputs") or ()
    found = [arrays.split(pair, inputs, outputs) for pair in (given, test) if pair is not None]
    # Keras sees the numbers as they are, and so does a Keras model here.
    train, *rest = [arrays.numbers(one) for one in found] if own else found
    if rest and (rest[0].x.keys(), rest[0].y.keys()) != (train.x.keys(), train.y.keys()):
        raise errors.InputError("all rows must have the same inputs and the same targets, by the same names")
    return train, rest[0] if rest else None


def task_of(train: arrays.Split, loss: Any) -> str | None:  # noqa: ANN401 (JSON)
    """What the targets are, where the loss leaves no doubt: 0 and 1 could be classes or numbers."""
    if not train.y:
        return "reconstruction"
    if isinstance(loss, Mapping):
        loss = loss.get("class_name") or loss.get("type")
    [target, *others] = train.y.values()
    if others or not isinstance(loss, str):
        return None
    plain = loss.lower().replace("_", "")
    if any(word in plain for word in _CLASSES):
        return "classification" if target.size == len(target) else None
    return "regression" if plain.startswith(_NUMBERS) else None


def _in_json(training: Mapping[str, Any]) -> dict[str, Any]:
    """What a job says of its training: without `class_weight` if there is none, else with names for keys."""
    asked = dict(training)
    weights = asked.pop("class_weight", None)
    if isinstance(weights, Mapping):
        # In JSON a class goes by its name, also where that is a number.
        weights = {str(key): weight for key, weight in weights.items()}
    return asked if weights is None else asked | {"class_weight": weights}


def _check_classes(target: Mapping[str, Any]) -> None:
    """Refuses classes by other numbers than those of the outputs, which is what Keras takes them for.

    Raises:
        InputError: they are not 0, 1, 2 and so on.
    """
    for part in target.get("parts", [target]):
        classes = part["classes"] if part["kind"] == "class" else []
        if all(name.lstrip("-").isdecimal() for name in classes) and classes != [
            str(place) for place in range(len(classes))
        ]:
            shown = ", ".join(classes[:8]) + (", …" if len(classes) > 8 else "")
            raise errors.InputError(
                f"the classes of a Keras model are numbered 0, 1, 2 and so on, and y has {shown}: "
                "np.unique(y, return_inverse=True) numbers them"
            )


def _dataset(room: "Client", splits: Splits, name: str | None, options: Mapping[str, Any]) -> "Answer":
    """The data set. The same arrays, read the same way, are the same one, and sent once."""
    called = f"{(name or 'fit')[:45]}-{arrays.mark(*splits, options)[:16]}"
    try:
        return room.dataset(called)
    except errors.ApiError as error:
        if error.status != 404:
            raise
    with TemporaryDirectory(prefix="fittingroom-") as folder:
        path = Path(folder) / "arrays.npz"
        arrays.write(*splits, path)
        return room.add_dataset(path, name=called, options=options)


def _trained(room: "Client", document: Mapping[str, Any], verbose: bool | int | None) -> "Answer":
    """The job, once it has succeeded.

    Raises:
        JobError: it has not.
    """
    try:
        submitted = room.submit(document)
    except TypeError as error:
        raise errors.InputError(f"the training must be JSON, in Keras's names: {error}") from error
    job = submitted["id"]
    console = Console()
    shown = console.is_terminal or console.is_jupyter if verbose is None else bool(verbose)
    try:
        if shown:
            render_networks.warnings(console, submitted.get("warnings") or [])
            follow.follow(room, job, console)
        ended = room.wait(job)
    except KeyboardInterrupt:
        # Whoever stops `fit` wants no training that nobody waits for.
        with contextlib.suppress(errors.RoomError):
            room.cancel(job)
        raise
    if ended["status"] != "succeeded":
        raise errors.JobError(ended)
    return ended
