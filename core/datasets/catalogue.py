"""The data sets that are there: adding, finding, listing, deleting."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db, sharing, specs
from core.artifacts import Artifacts
from core.datasets.reading import Reading
from core.errors import ConflictError, ForbiddenError, NotFoundError
from core.tables import ACTIVE, Assignment, Dataset, Job, User


def keep_arrays(artifacts: Artifacts, reading: Reading, folder: Path) -> dict[str, str]:
    """Moves what was read into the artifact store, and answers the hashes by name."""
    files = {**reading.arrays, "encoding": reading.encoding, "preview": reading.preview}
    return {name: artifacts.keep(folder / file) for name, file in files.items()}


def same(session: Session, owner: User, name: str, sha256: str, options: dict[str, Any]) -> Dataset | None:
    """The owner's data set of that name, if it is of the same bytes and options; None if the name is free.

    Raises:
        ConflictError: the name is taken by something else.
    """
    found = _named(session, owner, name)
    if found is None:
        return None
    if found.sha256 != sha256 or found.options != options:
        raise ConflictError(
            f"There is a data set {name!r} already, of other content or options. "
            "Choose another name, or delete it."
        )
    return found


def add(
    session: Session,
    owner: User,
    *,
    name: str,
    size: int,
    sha256: str,
    options: dict[str, Any],
    reading: Reading,
    artifacts: dict[str, str],
) -> Dataset:
    """A new data set, from what was read of an upload of `size` bytes.

    Raises:
        ConflictError: the name was taken meanwhile.
    """
    dataset = Dataset(
        owner_id=owner.id,
        name=name,
        format=reading.format,
        bytes=size,
        sha256=sha256,
        options=options,
        description={
            "rows": reading.rows,
            "inputs": reading.inputs,
            "target": reading.target,
            "splits": reading.splits,
            "warnings": reading.warnings,
        },
        class_counts=reading.class_counts,
        artifacts=artifacts,
        created_at=db.now(session),
    )
    session.add(dataset)
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        raise ConflictError(f"There is a data set {name!r} already.") from error
    return dataset


def find(session: Session, user: User, name: str) -> Dataset:
    """The user's data set of that name, or by its id, also one that a course shares with them.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    dataset = _named(session, user, name) or session.get(Dataset, name)
    if dataset is None or not _visible(session, user, dataset):
        raise NotFoundError(f"There is no data set {name!r}.")
    return dataset


def find_own(session: Session, user: User, name: str) -> Dataset:
    """`find`, for somebody who is to change it, or to give it to others.

    Raises:
        NotFoundError: there is none that the user may see.
        ForbiddenError: it is only shared with them.
    """
    dataset = find(session, user, name)
    if dataset.owner_id != user.id and user.role != "admin":
        raise ForbiddenError("A course shares this data set with you; it is not yours.")
    return dataset


def _visible(session: Session, user: User, dataset: Dataset) -> bool:
    own = dataset.owner_id == user.id or user.role == "admin"
    return own or sharing.sees(session, sharing.datasets(user), dataset.id)


def page(session: Session, user: User, *, after: str | None, limit: int) -> Sequence[Dataset]:
    """The user's data sets and those that courses share with them, newest first, below the id `after`."""
    query = sa.select(Dataset).order_by(Dataset.id.desc()).limit(limit)
    if user.role != "admin":
        shared = Dataset.id.in_(sharing.datasets(user))
        query = query.where(sa.or_(Dataset.owner_id == user.id, shared))
    if after:
        query = query.where(Dataset.id < after)
    return session.scalars(query).all()


def hold(session: Session, dataset_id: str) -> bool:
    """Keeps the data set from being deleted until the transaction ends. Answers whether it is there."""
    query = sa.select(Dataset.id).where(Dataset.id == dataset_id)
    return session.scalar(query.with_for_update(read=True, key_share=True)) is not None


def delete(session: Session, dataset: Dataset) -> None:
    """Removes a data set; the jobs and models made with it stay. Its arrays go with the next sweep.

    Raises:
        ConflictError: a job needs it.
    """
    # Locked first: who submits a job about it meanwhile waits, and then finds it gone.
    session.scalar(sa.select(Dataset.id).where(Dataset.id == dataset.id).with_for_update())
    needed = sa.select(Job.id).where(Job.dataset_id == dataset.id, Job.status.in_(ACTIVE)).limit(1)
    if job := session.scalar(needed):
        raise ConflictError(f"{job} needs this data set.")
    given = sa.select(Assignment.id).where(Assignment.dataset_id == dataset.id).limit(1)
    if assignment := session.scalar(given):
        raise ConflictError(f"{assignment} needs this data set.")
    session.delete(dataset)


def facts(dataset: Dataset) -> specs.Facts:
    """What a spec must fit."""
    inputs, target = dataset.description["inputs"], dataset.description["target"]
    several = "parts" in target
    targets = target["parts"] if several else [target]
    counts: list[Any] = list(dataset.class_counts) if several else [dataset.class_counts]
    splits = dataset.description["splits"]
    return specs.Facts(
        inputs=tuple(_input(one) for one in inputs.get("parts", [inputs])),
        targets=tuple(_target(one, some) for one, some in zip(targets, counts, strict=True)),
        train_rows=splits["train"],
        test_rows=splits["test"],
    )


def _input(described: dict[str, Any]) -> specs.InputFacts:
    return specs.InputFacts(
        name=described.get("name", "input"),
        shape=tuple(described["shape"]),
        dtype=described["dtype"],
        integers=tuple(described["integers"]) if described.get("integers") else None,
        largest=described.get("largest"),
    )


def _target(described: dict[str, Any], counts: list[int]) -> specs.TargetFacts:
    kind = described["kind"]
    names = tuple(str(name) for name in described.get("classes") or ())
    shapes = {
        "vector": (len(described.get("names") or ()),),
        "multilabel": (len(names),),
        "reconstruction": tuple(described.get("shape") or ()),
    }
    return specs.TargetFacts(
        name=described.get("name", "target"),
        kind=kind,
        classes=names,
        shape=shapes.get(kind, ()),
        class_counts=tuple(counts),
    )


def lineage(dataset: Dataset) -> dict[str, str]:
    """What tells one data set from another, also when it is gone."""
    return {"id": dataset.id, "name": dataset.name, "sha256": dataset.sha256}


def _named(session: Session, owner: User, name: str) -> Dataset | None:
    return session.scalar(sa.select(Dataset).where(Dataset.owner_id == owner.id, Dataset.name == name))
