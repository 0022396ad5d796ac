"""What a score says, in a sentence for who meets it for the first time."""

from typing import Any

from service.language import translated as _
from service.pages import figures

SHARE, AMOUNT = "share", "amount"


def told(version: dict[str, Any]) -> list[dict[str, str]]:
    """The scores on the test split, each with its name, its value and what it means."""
    numbers = {name: value for name, value in version["test"].items() if not isinstance(value, list | dict)}
    return [_told(name, value, _target(version, name)) for name, value in numbers.items()]


def best(test: dict[str, Any]) -> tuple[str, str] | None:
    """The score that tells a person most, by its name and as it is shown: the first that is no loss."""
    numbers = {name: value for name, value in test.items() if not isinstance(value, list | dict)}
    name = next((one for one in numbers if not one.endswith("loss")), next(iter(numbers), None))
    return None if name is None else (name, shown(name, numbers[name]))


def _told(name: str, value: float | None, target: dict[str, Any]) -> dict[str, str]:
    _kind, sentence = _known(name)
    standardised = target.get("kind") in {"number", "vector"} and _kind == AMOUNT
    return {
        "name": name,
        "shown": shown(name, value),
        "sentence": sentence,
        "aside": _("In parts of the spread of what is predicted, as it was trained.") if standardised else "",
    }


def shown(name: str, value: float | None) -> str:
    """A score as its kind is written: a share in percent."""
    return figures.percent(value) if _known(name)[0] == SHARE else figures.number(value)


def _target(version: dict[str, Any], name: str) -> dict[str, Any]:
    """The target that a score is about: of several outputs its name begins with the output's."""
    whole: dict[str, Any] = version["target"]
    parts: dict[str, dict[str, Any]] = {part.get("name"): part for part in whole.get("parts", [whole])}
    for output in version["outputs"] or []:
        if name.startswith(f"{output['name']}_"):
            return parts.get(output["target"], {})
    return whole


def _known(name: str) -> tuple[str, str]:
    """How a score of Keras's is shown, and its sentence; its name may begin with an output's."""
    sentences = _sentences()
    plain = name.rstrip("0123456789").rstrip("_") if name[-1:].isdecimal() else name
    fitting = [ending for ending in sentences if plain == ending or plain.endswith(f"_{ending}")]
    if not fitting:
        return AMOUNT, _("One of Keras's metrics, over the rows that it had never seen.")
    return sentences[max(fitting, key=len)]


def _sentences() -> dict[str, tuple[str, str]]:
    right = _("Of the rows that it had never seen, so many it got right.")
    top = _("So often the right answer was among its first few guesses.")
    far = _("So far from the truth it is on average; 0 would be perfect.")
    square = _(
        "The mean of the squared distances from the truth: large mistakes weigh most. 0 would be perfect."
    )
    return {
        "loss": (
            AMOUNT,
            _("What training makes small. It compares networks that have the same loss and data."),
        ),
        "accuracy": (SHARE, right),
        "top_k_categorical_accuracy": (SHARE, top),
        "top_k_accuracy": (SHARE, top),
        "precision": (SHARE, _("Of those that it says yes to, so many are.")),
        "recall": (SHARE, _("Of those that are, it finds so many.")),
        "auc": (AMOUNT, _("How well it puts what is before what is not: 1 is perfect, 0.5 is guessing.")),
        "f1_score": (AMOUNT, _("Precision and recall in one number: 1 is perfect.")),
        "mean_absolute_error": (AMOUNT, far),
        "mae": (AMOUNT, far),
        "mean_squared_error": (AMOUNT, square),
        "mse": (AMOUNT, square),
        "root_mean_squared_error": (
            AMOUNT,
            _("Like the mean distance, but large mistakes weigh more. 0 would be perfect."),
        ),
        "r2_score": (
            AMOUNT,
            _("How much better it is than always saying the mean: 1 is perfect, 0 no better."),
        ),
    }
