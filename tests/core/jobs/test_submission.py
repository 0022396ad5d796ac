import pytest
import sqlalchemy as sa

from core import jobs, models
from core.datasets import catalogue
from core.db import Database
from core.errors import ConflictError, InvalidSpecError, SpecTooLargeError, TooManyError
from core.tables import Dataset, Job, ModelVersion
from tests.core import things


def pointers(error: InvalidSpecError) -> list[str]:
    return [fault.pointer for fault in error.faults]


def test_a_submitted_job_waits_with_all_that_was_asked_for(database: Database) -> None:
    asked = things.document(
        name="dogs", priority=3, tags={"course": "ml1"}, resources={"accelerator": "gpu", "gpus": 2}
    )
    with database.writing() as session:
        ada = things.user(session)
        dataset = things.dataset(session, ada)
        job = jobs.submit(session, ada, asked, limits=things.LIMITS, most_active=1)
    with database.reading() as session:
        found = session.get_one(Job, job.id)
        assert (found.status, found.attempt, found.cancel_requested) == ("queued", 0, False)
        assert (found.name, found.priority, found.accelerator, found.gpus) == ("dogs", 3, "gpu", 2)
        assert found.tags == {"course": "ml1"}
        assert found.spec == asked
        assert found.data == {"id": dataset.id, "name": "pets", "sha256": "d" * 64}
        assert found.resolved["training"]["epochs"] == 5
        assert len(found.resolved_sha256) == 64
        assert [moved.status for moved in found.transitions] == ["queued"]
        assert found.transitions[0].attempt is None


def test_a_job_is_named_after_its_data_set_unless_it_says(database: Database) -> None:
    with database.writing() as session:
        assert things.submit(session).name == "pets"
        assert things.submit(session, name="mine").name == "mine"


def test_a_data_set_may_be_named_by_its_id(database: Database) -> None:
    with database.writing() as session:
        dataset = things.dataset(session, things.user(session))
        assert things.submit(session, dataset=dataset.id).dataset_id == dataset.id


@pytest.mark.parametrize("named", ["nothing", "ds_00000000000000000000000000"])
def test_a_data_set_that_is_not_there_is_pointed_at(database: Database, named: str) -> None:
    with database.writing() as session, pytest.raises(InvalidSpecError) as caught:
        things.submit(session, dataset=named)
    assert pointers(caught.value) == ["#/dataset"]


def test_somebody_elses_data_set_is_not_there(database: Database) -> None:
    with database.writing() as session:
        theirs = things.dataset(session, things.user(session, "bob"), "secret")
        for named in (theirs.id, "secret"):
            with pytest.raises(InvalidSpecError) as caught:
                things.submit(session, dataset=named)
            assert pointers(caught.value) == ["#/dataset"]


def test_a_spec_that_does_not_fit_leaves_nothing_behind(database: Database) -> None:
    with database.writing() as session:
        things.submit(session)
    wrong = {"layers": [{"type": "Conv2D", "filters": 3, "kernel_size": 5}]}
    with pytest.raises(InvalidSpecError), database.writing() as session:
        things.submit(session, model=wrong)
    with pytest.raises(SpecTooLargeError), database.writing() as session:
        things.submit(session, training={"epochs": 10_001})
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 1


@pytest.mark.parametrize("tags", [{"a": "b\0"}, {"a\0": "b"}])
def test_a_text_that_no_database_keeps_is_refused(database: Database, tags: dict[str, str]) -> None:
    with database.writing() as session, pytest.raises(InvalidSpecError, match=r"U\+0000"):
        things.submit(session, tags=tags)


def test_texts_of_every_language_are_kept(database: Database) -> None:
    tags = {"ключ": "日本語 🦉 \\u0000 \x7f"}
    with database.writing() as session:
        job_id = things.submit(session, tags=tags).id
    with database.reading() as session:
        assert session.get_one(Job, job_id).tags == tags


def test_a_user_has_so_many_jobs_at_a_time_and_no_more(database: Database) -> None:
    with database.writing() as session:
        things.start(session)
        things.submit(session, most_active=2)
        with pytest.raises(TooManyError, match="jobs waiting or running: at most 2 jobs, and this is 3 jobs"):
            things.submit(session, most_active=2)
        things.submit(session, things.user(session, "bob"), most_active=2)


def test_submissions_at_the_same_time_do_not_pass_the_limit(database: Database) -> None:
    with database.writing() as session:
        things.dataset(session, things.user(session))

    def submit(_: int) -> bool:
        try:
            with database.writing() as session:
                things.submit(session, most_active=3)
        except TooManyError:
            return False
        return True

    assert sum(map(bool, things.at_once(submit, 10))) == 3


def test_a_submission_and_the_deletion_of_its_data_set_do_not_both_happen(database: Database) -> None:
    for number in range(8):
        with database.writing() as session:
            owner = things.user(session, f"user{number}")
            dataset_id = things.dataset(session, owner).id

        def race(part: int, dataset_id: str = dataset_id, name: str = owner.name) -> bool:
            try:
                with database.writing() as session:
                    if part:
                        asked = things.document(dataset=dataset_id)
                        ada = things.user(session, name)
                        jobs.submit(session, ada, asked, limits=things.LIMITS, most_active=9)
                    else:
                        catalogue.delete(session, session.get_one(Dataset, dataset_id))
            except (InvalidSpecError, ConflictError):
                return False
            return True

        assert sorted(things.at_once(race, 2)) == [False, True]


def test_a_data_set_that_jobs_were_made_with_goes_and_they_stay(database: Database) -> None:
    with database.writing() as session:
        job = things.submit(session)
        dataset = session.scalars(sa.select(Dataset)).one()
        with pytest.raises(ConflictError, match=job.id):
            catalogue.delete(session, dataset)
        jobs.request_cancel(session, job)
        catalogue.delete(session, dataset)
    with database.reading() as session:
        found = session.get_one(Job, job.id)
        assert found.dataset_id is None
        assert found.data["id"] == dataset.id


def test_a_job_may_begin_with_a_models_weights(database: Database) -> None:
    with database.writing() as session:
        things.version(session)
        for named in ("pets", "pets@1"):
            job = things.submit(session, training={"initial_model": named})
            assert job.initial == {"model": "pets@1", "sha256": "e" * 64}


@pytest.mark.parametrize("named", ["nothing", "pets@2", "pets@stable"])
def test_a_model_that_is_not_there_is_pointed_at(database: Database, named: str) -> None:
    with database.writing() as session:
        things.version(session)
        with pytest.raises(InvalidSpecError) as caught:
            things.submit(session, training={"initial_model": named})
    assert pointers(caught.value) == ["#/training/initial_model"]


def test_weights_that_do_not_fit_are_refused_with_both_counts(database: Database) -> None:
    larger = {"layers": [{"type": "Dense", "units": 9}, {"type": "Dense", "units": 3}, {"type": "Softmax"}]}
    with database.writing() as session:
        things.version(session)
        with pytest.raises(InvalidSpecError, match="has 15 parameters, and this network has 75") as caught:
            things.submit(session, model=larger, training={"initial_model": "pets"})
    assert pointers(caught.value) == ["#/training/initial_model"]


def test_a_version_that_was_deleted_meanwhile_is_not_there(database: Database) -> None:
    with database.writing() as session:
        version = things.version(session)
    with database.writing() as session:
        session.execute(sa.delete(ModelVersion))
    with database.reading() as session, pytest.raises(models.NotFoundError):
        models.hold(session, version)
