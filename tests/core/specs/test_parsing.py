"""What a document may say, and how it is told what is wrong with it."""

import pytest

from tests.core.specs.documents import dense, document, refusal

CONV = {"type": "Conv2D", "filters": 8, "kernel_size": 3}


def only_fault(wrong: object) -> tuple[str, str]:
    error = refusal(wrong)
    assert len(error.faults) == 1
    return error.faults[0].pointer, error.faults[0].detail


@pytest.mark.parametrize(
    ("layer", "place", "detail"),
    [
        ({"type": "Con2D"}, "/type", "There is no layer 'Con2D'; did you mean Conv2D?"),
        ({"type": "dense"}, "/type", "There is no layer 'dense'; did you mean Dense?"),
        (
            {"type": "Lambda"},
            "/type",
            "Lambda is not taken: it runs code of the caller's, and no code is taken",
        ),
        ({"type": "Bidirectional"}, "/layer", "Bidirectional needs 'layer'"),
        ({"type": "MixUp"}, "/type", "MixUp is not taken: "),
        (
            {"type": "TimeDistributed", "layer": {"type": "Dense", "unit": 3, "units": 3}},
            "/layer/unit",
            "Dense has no argument 'unit'",
        ),
        ({"units": 3}, "/type", "This needs a 'type': the name of the layer"),
        ({"type": 3}, "/type", "This needs a 'type': the name of the layer"),
        ("Flatten", "", 'This must be an object such as {"type": "Dense", …}'),
        (None, "", "This must be an object"),
        ({"type": "Dense"}, "/units", "Dense needs 'units'"),
        (
            {"type": "Dense", "unit": 3, "units": 3},
            "/unit",
            "Dense has no argument 'unit'; did you mean 'units'?",
        ),
        ({"type": "Dense", "units": "3"}, "/units", "units must be an integer, not '3'"),
        ({"type": "Dense", "units": True}, "/units", "units must be an integer, not true"),
        ({"type": "Dense", "units": 3.0}, "/units", "units must be an integer, not 3.0"),
        ({"type": "Dense", "units": 0}, "/units", "units must be at least 1, not 0"),
        ({"type": "Dense", "units": -5}, "/units", "units must be at least 1, not -5"),
        (
            {"type": "Dense", "units": 10**30},
            "/units",
            "units must be at most 1000000, not a number of that size",
        ),
        ({"type": "Dense", "units": 10**5000}, "/units", "units must be at most 1000000"),
        ({"type": "Dense", "units": 1e308}, "/units", "units must be an integer"),
        (dense(3, "rleu"), "/activation", "There is no activation 'rleu'; did you mean relu?"),
        (dense(3, "glu"), "/activation", "glu is not taken: it halves the size"),
        (dense(3, 5), "/activation", "An activation is a name"),
        (dense(3, use_bias=1), "/use_bias", "use_bias must be true or false, not 1"),
        (dense(3, kernel_initializer="zero_s"), "/kernel_initializer", "There is no initializer 'zero_s'"),
        (
            dense(3, kernel_initializer={"type": "HeNorm"}),
            "/kernel_initializer/type",
            "There is no initializer",
        ),
        (
            dense(3, kernel_initializer={"type": "HeNormal", "sed": 1}),
            "/kernel_initializer/sed",
            "HeNormal has no argument 'sed'; did you mean 'seed'?",
        ),
        (
            dense(3, kernel_regularizer={"type": "L2", "l2": -1}),
            "/kernel_regularizer/l2",
            "l2 must be at least 0",
        ),
        (dense(3, kernel_constraint=[]), "/kernel_constraint", "This must be a name or an object"),
        (
            dense(3, dtype="float16"),
            "/dtype",
            "Dense is not taken with 'dtype' here: training.precision sets it",
        ),
        (
            dense(3, input_shape=[4]),
            "/input_shape",
            "Dense is not taken with 'input_shape' here: the shape of the",
        ),
        (dense(3, lora_rank=2), "/lora_rank", "Dense is not taken with 'lora_rank' here"),
        (
            {"type": "LSTM", "units": 2, "return_state": True},
            "/return_state",
            "LSTM is not taken with 'return_state'",
        ),
        (
            {"type": "LSTM", "units": 2, "stateful": True},
            "/stateful",
            "LSTM is not taken with 'stateful' here",
        ),
        ({"type": "LSTM", "units": 2, "dropout": 1.5}, "/dropout", "dropout must be at most 1, not 1.5"),
        ({"type": "LSTM", "units": 2, "use_cudnn": True}, "/use_cudnn", "use_cudnn must be 'auto' or false"),
        (CONV | {"kernel_size": [3]}, "/kernel_size", "kernel_size must have at least 2 items"),
        (CONV | {"kernel_size": [3, 0]}, "/kernel_size/1", "kernel_size[1] must be at least 1, not 0"),
        (CONV | {"kernel_size": "3"}, "/kernel_size", "kernel_size must be an integer, not '3'"),
        (CONV | {"padding": "causal"}, "/padding", "padding must be 'valid' or 'same', not 'causal'"),
        (CONV | {"groups": 3}, "/groups", "8 filters cannot be shared out to 3 groups"),
        (
            CONV | {"strides": 2, "dilation_rate": 2},
            "/dilation_rate",
            "strides and dilation_rate cannot both",
        ),
        (CONV | {"data_format": "channels_first"}, "/data_format", "Only 'channels_last' is taken"),
        ({"type": "Dropout", "rate": float("nan")}, "/rate", "rate must be"),
        ({"type": "Rescaling", "scale": float("inf")}, "/scale", "scale must be a finite number"),
        ({"type": "Rescaling", "scale": 1e308}, "/scale", "scale must be at most 1e+30, not 1e+308"),
        ({"type": "Rescaling", "scale": 10**400}, "/scale", "scale must be"),
        ({"type": "Reshape", "target_shape": [-1, -1]}, "/target_shape", "target_shape may have one -1"),
        ({"type": "Reshape", "target_shape": 4}, "/target_shape", "target_shape must be a list, not 4"),
        ({"type": "Flatten", "name": "Ä"}, "/name", "name must match the pattern"),
    ],
)
def test_a_layer_that_is_wrong_is_told_where_and_how(layer: object, place: str, detail: str) -> None:
    pointer, said = only_fault(document({"type": "Flatten"}, layer))
    assert pointer == "#/model/layers/1" + place
    assert said.startswith(detail)


@pytest.mark.parametrize(
    ("training", "place", "detail"),
    [
        (
            {"optimiser": "adam"},
            "/optimiser",
            "Training has no argument 'optimiser'; did you mean 'optimizer'?",
        ),
        ({"optimizer": "adm"}, "/optimizer", "There is no optimizer 'adm'; did you mean Adam?"),
        (
            {"optimizer": "MultiOptimizer"},
            "/optimizer",
            "MultiOptimizer is not taken: it takes other optimizers",
        ),
        ({"optimizer": {"type": "SGD", "lr": 1}}, "/optimizer/lr", "SGD has no argument 'lr'"),
        (
            {"optimizer": {"type": "adam", "learning_rate": -1}},
            "/optimizer/learning_rate",
            "learning_rate must be",
        ),
        (
            {"optimizer": {"type": "adam", "learning_rate": {"type": "Cosine"}}},
            "/optimizer/learning_rate/type",
            "There is no learning rate schedule 'Cosine'; did you mean CosineDecay?",
        ),
        (
            {"optimizer": {"type": "AdamW", "weight_decay": None}},
            "/optimizer/weight_decay",
            "AdamW needs a weight_decay",
        ),
        (
            {"optimizer": {"type": "SGD", "clipnorm": 1, "clipvalue": 1}},
            "/optimizer/clipvalue",
            "Only one of clipnorm, clipvalue, global_clipnorm can be given",
        ),
        (
            {"optimizer": {"type": "Muon", "exclude_layers": ["(a+)+$"]}},
            "/optimizer/exclude_layers/0",
            "exclude_layers[0]",
        ),
        ({"learning_rate_schedule": "CosineDecay"}, "/learning_rate_schedule", "This must be an object"),
        (
            {
                "learning_rate_schedule": {
                    "type": "PiecewiseConstantDecay",
                    "boundaries": [3, 1],
                    "values": [1, 2, 3],
                }
            },
            "/learning_rate_schedule/boundaries",
            "boundaries must rise",
        ),
        ({"loss": "msee"}, "/loss", "There is no loss 'msee'; did you mean mse?"),
        ({"loss": "CTC"}, "/loss", "CTC is not taken: it is for targets that are sequences"),
        ({"loss": {"type": "Huber", "delta": 0}}, "/loss/delta", "delta must be greater than 0, not 0"),
        ({"metrics": "accuracy"}, "/metrics", "metrics must be a list, not 'accuracy'"),
        ({"metrics": ["accuracy", "acurracy"]}, "/metrics/1", "There is no metric 'acurracy'; did you mean"),
        (
            {"metrics": ["IoU"]},
            "/metrics/0",
            "IoU needs 'num_classes', 'target_class_ids': write it as an object",
        ),
        ({"epochs": 0}, "/epochs", "epochs must be at least 1, not 0"),
        ({"batch_size": 2.5}, "/batch_size", "batch_size must be an integer, not 2.5"),
        ({"validation_split": 1}, "/validation_split", "validation_split must be less than 1, not 1"),
        ({"seed": -1}, "/seed", "seed must be at least 0, not -1"),
        ({"seed": 2**32}, "/seed", "seed must be at most 4294967295"),
        (
            {"early_stopping": {"patience": "3"}},
            "/early_stopping/patience",
            "patience must be an integer, not '3'",
        ),
        ({"early_stopping": 3}, "/early_stopping", "EarlyStopping must be an object, not 3"),
        ({"reduce_on_plateau": {"factor": 1}}, "/reduce_on_plateau/factor", "factor must be less than 1"),
        ({"class_weight": "fair"}, "/class_weight", 'class_weight must be "balanced" or an object'),
        ({"class_weight": {"cat": -1}}, "/class_weight/cat", "cat must be at least 0"),
        (
            {"augment": [{"type": "Dense", "units": 2}]},
            "/augment/0/type",
            "Dense is not taken: it is a layer of the",
        ),
        (
            {"augment": [{"type": "RandomFlip", "mode": "up"}]},
            "/augment/0/mode",
            "mode must be 'horizontal', 'vert",
        ),
        ({"precision": "float16"}, "/precision", "precision must be 'float32', 'mixed_float16' or"),
        ({"clip_norm": 0}, "/clip_norm", "clip_norm must be greater than 0"),
    ],
)
def test_training_that_is_wrong_is_told_where_and_how(
    training: dict[str, object], place: str, detail: str
) -> None:
    pointer, said = only_fault(document(dense(3), **training))
    assert pointer == "#/training" + place
    assert said.startswith(detail)


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"name": "Digits"}, "#/name"),
        ({"dataset": None}, "#/dataset"),
        ({"model": []}, "#/model"),
        ({"model": {"layers": []}}, "#/model/layers"),
        ({"model": {"layers": {}}}, "#/model/layers"),
        ({"model": {}}, "#/model/layers"),
        ({"priority": 101}, "#/priority"),
        ({"resources": {"accelerator": "tpu"}}, "#/resources/accelerator"),
        ({"resources": {"gpus": 0}}, "#/resources/gpus"),
        ({"limits": {"max_seconds": 0}}, "#/limits/max_seconds"),
        ({"tags": {"a": 3}}, "#/tags/a"),
        ({"tags": {"a~/b": 3}}, "#/tags/a~0~1b"),
        ({"tags": {str(one): "x" for one in range(33)}}, "#/tags"),
        ({"sweep": {}}, "#/sweep"),
    ],
)
def test_a_job_that_is_wrong_is_told_where(changed: dict[str, object], pointer: str) -> None:
    assert only_fault(document(dense(3)) | changed)[0] == pointer


@pytest.mark.parametrize("nothing", [None, 3, "x", [], True])
def test_what_is_no_object_at_all_is_told_so(nothing: object) -> None:
    assert only_fault(nothing) == ("#", "JobSpec must be an object" + only_fault(nothing)[1][25:])
