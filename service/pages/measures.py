"""What an assignment is scored by, in a sentence for who meets it for the first time."""

from service.language import translated as _


def sentence(metric: str) -> str:
    """What the metric is."""
    known = {
        "accuracy": _("The share of the rows that the network gets right."),
        "macro_f1": _("Precision and recall in one number, for each class, and the mean of these."),
        "macro_precision": _(
            "Of the rows that it puts into a class, how many are of it: the mean over the classes."
        ),
        "macro_recall": _("Of the rows of a class, how many it finds: the mean over the classes."),
        "weighted_f1": _("Precision and recall in one number; a class counts by how many rows it has."),
        "subset_accuracy": _("The share of the rows of which it gets every label right."),
        "hamming_loss": _("The share of all labels that it gets wrong."),
        "micro_f1": _("Precision and recall in one number, over all labels together."),
        "mae": _("How far from the truth it is on average."),
        "rmse": _("How far from the truth it is; large mistakes weigh more."),
        "r2": _("How much better it is than always saying the mean: 1 is perfect, 0 no better."),
    }
    return known[metric]


def way(direction: str) -> str:
    """Which way it is better."""
    return _("Higher is better.") if direction == "max" else _("Lower is better.")
