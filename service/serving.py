"""Which version a prediction is for: looked up each time, so that what was deleted is never served."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import sharing
from core.errors import NotFoundError
from core.tables import Label, Model, ModelVersion, User


class Found(NamedTuple):
    """A version that may be served to who asked."""

    name: str
    version: int
    version_id: str
    artifacts: dict[str, Any]
    outputs: list[dict[str, Any]] | None = None


def find(
    session: Session, user: User, name: str, *, version: int | None = None, label: str | None = None
) -> Found:
    """A version of a model: by number, by label, or the latest. Of one's own, one statement.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    own = sa.or_(
        sa.and_(Model.owner_id == user.id, Model.name == name),
        Model.id == name if user.role == "admin" else sa.and_(Model.id == name, Model.owner_id == user.id),
    )
    query = (
        sa.select(
            Model.name, ModelVersion.version, ModelVersion.id, ModelVersion.artifacts, ModelVersion.outputs
        )
        .join(ModelVersion, ModelVersion.model_id == Model.id)
        .order_by(ModelVersion.version.desc())
        .limit(1)
    )
    if label is not None:
        query = query.join(Label, Label.version_id == ModelVersion.id).where(Label.label == label)
    elif version is not None:
        query = query.where(ModelVersion.version == version)
    row = session.execute(query.where(own)).one_or_none()
    if row is None:
        # Rarely: what a course shares.
        shared = Model.id.in_(sharing.models(user))
        row = session.execute(query.where(Model.id == name, shared)).one_or_none()
    if row is None:
        which = f"the label {label!r}" if label else f"the version {version}" if version else "a version"
        raise NotFoundError(f"There is no model {name!r} with {which}.")
    return Found(*row)
