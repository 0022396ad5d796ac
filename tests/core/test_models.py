import pytest
import sqlalchemy as sa

from core import jobs, models
from core.db import Database
from core.errors import ConflictError, NotFoundError
from core.tables import Model, ModelVersion
from tests.core import things


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("digits", ("digits", None, None)),
        ("digits@3", ("digits", 3, None)),
        ("digits@stable", ("digits", None, "stable")),
        ("digits@3a", ("digits", None, "3a")),
        ("digits@", ("digits", None, None)),
        ("a@b@c", ("a", None, "b@c")),
    ],
)
def test_a_reference_is_a_name_and_perhaps_a_version_or_a_label(
    text: str, reference: models.Reference
) -> None:
    assert models.parse_reference(text) == reference


def test_each_job_that_succeeds_makes_the_next_version(database: Database) -> None:
    with database.writing() as session:
        first, second, other = (things.version(session, name=name) for name in ("a", "a", "b"))
    with database.reading() as session:
        found = models.find(session, things.user(session), "a")
        assert [version.id for version in found.versions] == [second.id, first.id]
        assert [version.version for version in found.versions] == [2, 1]
        assert other.version == 1
        assert second.lineage["dataset"]["name"] == "pets"
        assert second.inputs["shape"] == [4]
        assert second.target["classes"] == ["cat", "dog", "eel"]


def test_jobs_that_end_at_the_same_time_get_a_number_each(database: Database) -> None:
    with database.writing() as session:
        leases = [things.start(session) for _ in range(8)]

    def end(number: int) -> int:
        with database.writing() as session:
            job = jobs.succeed(session, leases[number])
            return models.add_version(session, job, things.facts()).version

    assert sorted(things.at_once(end, 8)) == list(range(1, 9))
    with database.reading() as session:
        assert session.scalars(sa.select(Model)).one().last_version == 8


def test_a_version_that_was_deleted_leaves_its_number_behind(database: Database) -> None:
    with database.writing() as session:
        version = things.version(session)
        models.delete_version(session, version.model, version)
        assert version.model.versions == []
        assert things.version(session).version == 2


def test_versions_are_found_by_number_by_label_and_as_the_latest(database: Database) -> None:
    with database.writing() as session:
        first, second = things.version(session), things.version(session)
        ada = things.user(session)
        models.set_label(session, first.model, "stable", first)
        assert models.find_version(session, ada, "pets") is second
        assert models.find_version(session, ada, "pets", 1) is first
        assert models.find_version(session, ada, first.model_id, 2) is second
        assert models.find_version(session, ada, "pets", label="stable") is first


@pytest.mark.parametrize(
    ("name", "version", "label", "detail"),
    [
        ("cats", None, None, "There is no model 'cats'."),
        ("pets", 7, None, "The model 'pets' has no version 7."),
        ("pets", 0, None, "The model 'pets' has no version 0."),
        ("pets", None, "stable", "The model 'pets' has no label 'stable'."),
        ("bare", None, None, "The model 'bare' has no version."),
    ],
)
def test_what_is_not_there_is_told_apart(
    database: Database, name: str, version: int | None, label: str | None, detail: str
) -> None:
    with database.writing() as session:
        things.version(session)
        bare = things.version(session, name="bare")
        models.delete_version(session, bare.model, bare)
        with pytest.raises(NotFoundError) as caught:
            models.find_version(session, things.user(session), name, version, label)
    assert caught.value.detail == detail


def test_somebody_elses_model_is_not_there_but_for_an_administrator(database: Database) -> None:
    with database.writing() as session:
        model = things.version(session).model
        root = things.user(session, "root", "admin")
        for name in ("pets", model.id):
            with pytest.raises(NotFoundError):
                models.find(session, things.user(session, "bob"), name)
        assert models.find(session, root, model.id) is model
        with pytest.raises(NotFoundError):
            models.find(session, root, "pets")


def test_ones_own_model_comes_before_anothers_id_of_the_same_name(database: Database) -> None:
    with database.writing() as session:
        theirs = things.version(session).model
        own = things.version(session, things.user(session, "bob"), name=theirs.id).model
        assert models.find(session, things.user(session, "bob"), theirs.id) is own


def test_models_come_in_pages_newest_first(database: Database) -> None:
    with database.writing() as session:
        ids = sorted((things.version(session, name=name).model_id for name in "abcde"), reverse=True)
        things.version(session, things.user(session, "bob"), name="f")
        ada = things.user(session)
        first = models.page(session, ada, after=None, limit=2)
        rest = models.page(session, ada, after=first[-1].id, limit=9)
        assert [model.id for model in [*first, *rest]] == ids
        root = things.user(session, "root", "admin")
        assert len(models.page(session, root, after=None, limit=9)) == 6


def test_a_label_is_on_one_version_and_moves(database: Database) -> None:
    with database.writing() as session:
        first, second = things.version(session), things.version(session)
        model = models.find(session, things.user(session), "pets")
        models.set_label(session, model, "stable", first)
        assert [(one.label, one.version_id) for one in model.labels] == [("stable", first.id)]
        models.set_label(session, model, "stable", second)
        assert [(one.label, one.version_id) for one in model.labels] == [("stable", second.id)]


def test_labels_set_at_the_same_time_do_not_collide(database: Database) -> None:
    with database.writing() as session:
        version = things.version(session)

    def label(_: int) -> None:
        with database.writing() as session:
            found = session.get_one(ModelVersion, version.id)
            models.set_label(session, found.model, "stable", found)

    things.at_once(label, 8)
    with database.reading() as session:
        model = models.find(session, things.user(session), "pets")
        assert [one.label for one in model.labels] == ["stable"]


def test_a_labelled_version_is_not_deleted(database: Database) -> None:
    with database.writing() as session:
        version = things.version(session)
        for label in ("stable", "best"):
            models.set_label(session, version.model, label, version)
        with pytest.raises(ConflictError, match="Version 1 is labelled best, stable"):
            models.delete_version(session, version.model, version)


def test_a_deletion_and_a_label_do_not_both_happen(database: Database) -> None:
    for number in range(6):
        with database.writing() as session:
            version_id = things.version(session, name=f"pets{number}").id

        def race(part: int, version_id: str = version_id) -> bool:
            try:
                with database.writing() as session:
                    version = session.get(ModelVersion, version_id)
                    if version is None:
                        return False
                    if part:
                        models.set_label(session, version.model, "stable", version)
                    else:
                        models.delete_version(session, version.model, version)
            except (ConflictError, NotFoundError):
                return False
            return True

        assert sorted(things.at_once(race, 2)) == [False, True]


def test_a_model_whose_data_set_was_deleted_cannot_be_made(database: Database) -> None:
    with database.writing() as session:
        job = jobs.succeed(session, things.start(session))
        job.dataset_id = None
        session.flush()
        session.expire(job, ["dataset"])
        with pytest.raises(ConflictError, match="data set was deleted"):
            models.add_version(session, job, things.facts())
