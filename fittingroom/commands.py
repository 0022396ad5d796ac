"""The commands that are a client's: each one a request, and a table of what came back."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from fittingroom import errors, network_commands, render, render_networks, rows
from fittingroom import follow as following
from fittingroom.client import Client
from fittingroom.connection import Answer
from fittingroom.network_commands import Json

if TYPE_CHECKING:
    from fittingroom.exercises import Given

PANEL = "The client"

Limit = Annotated[int, typer.Option(min=1, max=100, help="How many to show.")]
After = Annotated[str | None, typer.Option(help="Show what comes after this id.")]
JobId = Annotated[str, typer.Argument(metavar="ID")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Show the training until its end.")]

datasets = typer.Typer(no_args_is_help=True, help="Upload data sets, and list them.")
samples = typer.Typer(no_args_is_help=True, help="Real data sets to play with.")


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the program."""
    app.add_typer(datasets, name="datasets", rich_help_panel=PANEL)
    app.add_typer(samples, name="samples", rich_help_panel=PANEL)
    for command in (
        network_commands.check,
        train,
        jobs,
        job,
        cancel,
        models,
        predict,
        export,
        network_commands.layers,
    ):
        app.command(rich_help_panel=PANEL)(command)


@datasets.command("add")
def add_dataset(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…")],
    name: Annotated[str | None, typer.Option(help="Its name [default: the file's].")] = None,
    *,
    target: Annotated[list[str] | None, typer.Option(help="The column to predict; may be repeated.")] = None,
    text: Annotated[
        list[str] | None, typer.Option(help="A column whose texts become words; may be repeated.")
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="classification, regression, multilabel or reconstruction.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Any other option; may be repeated.")
    ] = None,
    options: Annotated[str | None, typer.Option(help="Options as a JSON object.")] = None,
    as_json: Json = False,
) -> None:
    """Upload one data set, of one or several files: a table (.csv, .tsv, .parquet, .jsonl), arrays (.npz),
    MNIST's own files, or a .zip of pictures.
    """
    chosen = rows.options(options, option or [])
    for key, named in (("target", target), ("text", text)):
        if named:
            chosen[key] = named[0] if len(named) == 1 else named
    if task:
        chosen["task"] = task
    with Client() as client:
        _print_dataset(client.add_dataset(*files, name=name, options=chosen), as_json)


@datasets.command("list")
def list_datasets(limit: Limit = 20, after: After = None, as_json: Json = False) -> None:
    """List data sets, newest first."""
    _list("/v1/datasets", render.datasets, as_json, limit=limit, after=after)


@samples.command("add")
def add_sample(name: Annotated[str, typer.Argument(metavar="NAME")], as_json: Json = False) -> None:
    """Upload a sample: digits, iris, wine, breast_cancer or diabetes; or make a course with all exercises."""
    try:
        # numpy and scikit-learn come with `fittingroom[embedded]`; the client does without.
        import sklearn  # noqa: F401 (before anything is asked of the service)

        from fittingroom import exercises
        from fittingroom import samples as shelf
    except ImportError as error:
        raise errors.RoomError(f"samples take scikit-learn and numpy: {error}") from error
    if name not in {*shelf.NAMES, exercises.NAME}:
        there = ", ".join((*shelf.NAMES, exercises.NAME))
        raise typer.BadParameter(f"there are {there}", param_hint="NAME")
    with TemporaryDirectory(prefix="fittingroom-") as folder, Client() as client:
        if name == exercises.NAME:
            _print_course(exercises.add(client, Path(folder)), as_json)
            return
        path, options = shelf.write(name, Path(folder))
        _print_dataset(client.add_dataset(path, name=name, options=options), as_json)


def train(
    document: Annotated[Path, typer.Argument(metavar="JOB.json")],
    follow: Follow = False,
    key: Annotated[str | None, typer.Option(help="An idempotency key: the same job is queued once.")] = None,
    as_json: Json = False,
) -> None:
    """Queue a training job: {"dataset": …, "model": {"layers": […]}, "training": {…}}."""
    with Client() as client:
        submitted = client.submit(rows.job(document), key)
        if not as_json:
            render_networks.warnings(Console(), submitted.get("warnings") or [])
        if follow:
            _follow(client, submitted["id"], as_json)
        elif as_json:
            typer.echo(submitted.text)
        else:
            _say(f"{submitted['id']} {submitted['status']}")


def jobs(
    status: Annotated[
        str | None, typer.Option(help="queued, running, succeeded, failed or cancelled.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Those of one model.")] = None,
    tag: Annotated[str | None, typer.Option(help="Those with a tag.")] = None,
    *,
    limit: Limit = 20,
    after: After = None,
    as_json: Json = False,
) -> None:
    """List jobs, newest first."""
    _list("/v1/jobs", render.jobs, as_json, status=status, name=name, tag=tag, limit=limit, after=after)


def job(job_id: JobId, follow: Follow = False, as_json: Json = False) -> None:
    """Show a job."""
    with Client() as client:
        if follow:
            _follow(client, job_id, as_json)
        else:
            _print_job(client.job(job_id), as_json)


def cancel(job_id: JobId, as_json: Json = False) -> None:
    """End a job; it keeps its metrics."""
    with Client() as client:
        _print_job(client.cancel(job_id), as_json)


def models(limit: Limit = 20, after: After = None, as_json: Json = False) -> None:
    """List models, newest first."""
    _list("/v1/models", render.models, as_json, limit=limit, after=after)


def predict(
    model: Annotated[str, typer.Argument(metavar="MODEL")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Rows: .csv, .tsv, .jsonl, .json or .npz; or a picture.")
    ],
    version: Annotated[int | None, typer.Option(min=1, help="Which one [default: the latest].")] = None,
    as_json: Json = False,
) -> None:
    """Predict for the rows in a file."""
    with Client() as client:
        answer = client.predict(model, rows.to_predict(file), version)
    if as_json:
        typer.echo(answer.text)
    else:
        render.predictions(Console(), answer["predictions"])


def export(
    model: Annotated[str, typer.Argument(metavar="MODEL")],
    format: Annotated[  # noqa: A002 (as in the API)
        str, typer.Option(help="keras, which plain Keras opens, or onnx.")
    ] = "keras",
    version: Annotated[int | None, typer.Option(min=1, help="Which one [default: the latest].")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")] = None,
) -> None:
    """Download a trained network as a file."""
    with Client() as client:
        number = version or client.latest(model)
        path = output or Path(f"{model}-{number}.{format}")
        client.export(model, path, version=number, format=format)
    _say(str(path))


def _follow(client: Client, job_id: str, as_json: bool) -> None:
    with _left_running(job_id):
        if as_json:
            ended = client.wait(job_id)
            typer.echo(ended.text)
            raise typer.Exit(0 if ended["status"] == "succeeded" else 1)
        raise typer.Exit(following.follow(client, job_id, Console()))


@contextmanager
def _left_running(job_id: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        again, end = f"fittingroom job {job_id} --follow", f"fittingroom cancel {job_id}"
        typer.echo(f"\n{job_id} goes on; `{again}` shows it, `{end}` ends it", err=True)
        raise typer.Exit(130) from None


def _list(path: str, show: Callable[[Console, Answer], None], as_json: bool, **query: Any) -> None:  # noqa: ANN401
    with Client() as client:
        page = client.page(path, **query)
    if as_json:
        typer.echo(page.text)
    else:
        show(Console(), page)


def _print_dataset(made: Answer, as_json: bool) -> None:
    if as_json:
        typer.echo(made.text)
        return
    render.datasets(Console(), {"data": [made]})
    for warning in made.get("warnings") or []:
        _say(f"warning: {warning}")


def _print_course(given: "Given", as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(given._asdict(), ensure_ascii=False))
        return
    _say(f"{given.course['id']} {given.course['name']}")
    for assignment in given.assignments:
        _say(f"{assignment['id']} {assignment['title']}")


def _print_job(shown: Answer, as_json: bool) -> None:
    if as_json:
        typer.echo(shown.text)
    else:
        render.job(Console(), shown)


def _say(text: str) -> None:
    render.say(Console(), text)
