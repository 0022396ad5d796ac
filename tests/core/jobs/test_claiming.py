import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core import jobs
from core.db import Database
from core.tables import Job, User
from tests.core import things

CLAIMERS = 20
ROOT = Path(__file__).parents[3]


def order(session: Session, accelerators: tuple[str, ...] = ("cpu",)) -> list[str]:
    """The names of all jobs in the order in which they are claimed, when none ends."""
    found = []
    while claimed := things.claim(session, accelerators=accelerators):
        found.append(claimed[0].name)
    return found


def test_an_empty_queue_has_nothing_to_claim(database: Database) -> None:
    with database.writing() as session:
        assert things.claim(session) is None


def test_a_claimed_job_runs_under_a_lease_and_a_fencing_number(database: Database) -> None:
    with database.writing() as session:
        submitted = things.submit(session)
        claimed = things.claim(session, "w1", seconds=30)
        assert claimed is not None
        job, lease = claimed
    assert job is submitted
    assert lease == jobs.Lease(job.id, 1, 30)
    assert (job.status, job.attempt, job.worker) == ("running", 1, "w1")
    assert job.started_at is not None
    assert job.lease_until is not None
    assert 29 < (job.lease_until - job.started_at).total_seconds() < 31


def test_the_oldest_job_comes_first(database: Database) -> None:
    with database.writing() as session:
        for name in "abc":
            things.submit(session, name=name)
        assert order(session) == ["a", "b", "c"]


def test_a_higher_priority_comes_before_age(database: Database) -> None:
    with database.writing() as session:
        for name, priority in (("low", -1), ("first", 0), ("high", 5), ("second", 0)):
            things.submit(session, name=name, priority=priority)
        assert order(session) == ["high", "first", "second", "low"]


def test_users_take_turns_however_many_jobs_they_have(database: Database) -> None:
    with database.writing() as session:
        ada, bob, eve = (things.user(session, name) for name in ("ada", "bob", "eve"))
        for owner, count in ((ada, 4), (bob, 2), (eve, 1)):
            for number in range(count):
                things.submit(session, owner, name=f"{owner.name}{number}")
        assert order(session) == ["ada0", "bob0", "eve0", "ada1", "bob1", "ada2", "ada3"]


def test_a_user_whose_job_ended_is_served_as_if_it_had_not_been(database: Database) -> None:
    with database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        lease = things.start(session, ada)
        things.submit(session, ada, name="ada1")
        things.submit(session, bob, name="bob0")
        jobs.succeed(session, lease)
        assert order(session) == ["ada1", "bob0"]


def test_a_slot_gets_only_what_it_can_run(database: Database) -> None:
    with database.writing() as session:
        for accelerator in ("gpu", "cpu", "any"):
            things.submit(session, name=accelerator, resources={"accelerator": accelerator})
        assert order(session) == ["cpu", "any"]
        assert order(session, ("gpu",)) == ["gpu"]


def test_a_slot_with_both_kinds_gets_everything(database: Database) -> None:
    with database.writing() as session:
        for accelerator in ("gpu", "cpu", "any"):
            things.submit(session, name=accelerator, resources={"accelerator": accelerator})
        assert order(session, ("cpu", "gpu")) == ["gpu", "cpu", "any"]


def test_a_job_is_given_as_many_gpus_as_it_asks_for(database: Database) -> None:
    for accelerator, accelerators, count in (
        ("gpu", ("gpu",), 2),
        ("any", ("cpu", "gpu"), 2),
        ("any", ("cpu",), 0),
        ("cpu", ("cpu", "gpu"), 0),
    ):
        with database.writing() as session:
            things.submit(session, resources={"accelerator": accelerator, "gpus": 2})
            claimed = things.claim(session, accelerators=accelerators, gpus=2)
        assert claimed is not None
        assert claimed[1].gpus == count


def test_a_job_for_which_a_worker_has_too_few_gpus_is_left_to_others(database: Database) -> None:
    with database.writing() as session:
        for accelerator in ("gpu", "any"):
            things.submit(session, name=accelerator, resources={"accelerator": accelerator, "gpus": 3})
        assert things.claim(session, accelerators=("gpu",), gpus=2) is None
        assert things.claim(session, accelerators=("gpu",), gpus=0) is None
        either = things.claim(session, accelerators=("cpu", "gpu"), gpus=2)
    assert either is not None
    assert (either[0].name, either[1].gpus) == ("any", 0), "on the CPU, where it may run too"


def test_a_job_that_waits_for_gpus_is_not_overtaken_on_the_way_to_them(database: Database) -> None:
    with database.writing() as session:
        for name, accelerator, gpus in (("big", "gpu", 2), ("small", "gpu", 1), ("cpu", "any", 1)):
            things.submit(session, name=name, resources={"accelerator": accelerator, "gpus": gpus})
        assert things.claim(session, accelerators=("gpu",), gpus=2, free_gpus=1) is None
        other = things.claim(session, accelerators=("cpu", "gpu"), gpus=2, free_gpus=1)
        assert other is not None
        assert (other[0].name, other[1].gpus) == ("cpu", 0)
        big = things.claim(session, accelerators=("gpu",), gpus=2)
        assert big is not None
        assert (big[0].name, big[1].gpus) == ("big", 2)


def test_twenty_claimers_claim_each_job_once(database: Database) -> None:
    with database.writing() as session:
        ids = {things.submit(session).id for _ in range(CLAIMERS + 5)}

    def claim(number: int) -> str | None:
        with database.writing() as session:
            claimed = things.claim(session, f"w{number}")
            return claimed and claimed[0].id

    claimed = things.at_once(claim, CLAIMERS)
    assert len(set(claimed)) == CLAIMERS
    assert set(claimed) < ids


def test_as_many_claimers_as_jobs_leave_none_without(database: Database) -> None:
    """Nobody goes home with nothing because somebody else was just taking the best."""
    for _ in range(3):
        with database.writing() as session:
            ids = {things.submit(session).id for _ in range(8)}
        assert set(things.at_once(lambda number: _claim_id(database, number), 8)) == ids


def _claim_id(database: Database, number: int) -> str | None:
    with database.writing() as session:
        claimed = things.claim(session, f"w{number}")
        return claimed and claimed[0].id


def test_claimers_at_the_same_time_are_fair_to_the_users(database: Database) -> None:
    with database.writing() as session:
        for name, count in (("ada", 8), ("bob", 4), ("eve", 4)):
            owner = things.user(session, name)
            for _ in range(count):
                things.submit(session, owner)
    things.at_once(lambda number: _claim_id(database, number), 12)
    with database.reading() as session:
        running = sa.select(User.name, sa.func.count()).join(Job, Job.owner_id == User.id)
        running = running.where(Job.status == "running").group_by(User.name)
        assert dict(session.execute(running).all()) == {"ada": 4, "bob": 4, "eve": 4}


def test_processes_claim_each_job_once(database_url: str) -> None:
    database = Database(database_url)
    with database.writing() as session:
        ids = [things.submit(session).id for _ in range(30)]
    database.close()
    source = (
        "import sys\nfrom core import jobs\nfrom core.db import Database\n"
        "database, name = Database(sys.argv[1]), sys.argv[2]\n"
        "while True:\n"
        "    with database.writing() as session:\n"
        "        claimed = jobs.claim(session, worker=name, accelerators=['cpu'], lease_seconds=60)\n"
        "    if claimed is None:\n        break\n"
        "    print(claimed[0].id)\n"
    )
    command = [sys.executable, "-c", source, database_url]
    running = [
        subprocess.Popen([*command, f"w{number}"], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for number in range(3)
    ]
    claimed = [line for process in running for line in process.communicate()[0].split()]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sorted(claimed) == sorted(ids)


def test_a_job_that_somebody_has_in_hand_is_passed_over(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.writing() as session:
        first, second = things.submit(session), things.submit(session)
    with database.writing() as holding:
        holding.scalar(sa.select(Job).where(Job.id == first.id).with_for_update())
        assert _claim_id(database, 1) == second.id
        assert _claim_id(database, 2) is None
    assert _claim_id(database, 3) == first.id
    database.close()


def test_a_job_that_is_cancelled_while_it_is_claimed_is_one_or_the_other(database: Database) -> None:
    for _ in range(10):
        with database.writing() as session:
            job_id = things.submit(session).id

        def race(number: int, job_id: str = job_id) -> object:
            if number:
                return _claim_id(database, number)
            with database.writing() as session:
                return jobs.request_cancel(session, session.get_one(Job, job_id))

        _, claimed = things.at_once(race, 2)
        with database.reading() as session:
            job = session.get_one(Job, job_id)
            expected = (
                ("running", ["queued", "running"]) if claimed else ("cancelled", ["queued", "cancelled"])
            )
            assert (job.status, things.story(session, job)) == expected
            assert job.cancel_requested
        with database.writing() as session:
            if claimed:
                jobs.cancelled(session, jobs.Lease(job_id, 1, 1))


def test_the_position_of_a_lone_job_is_the_first(database: Database) -> None:
    with database.writing() as session:
        assert jobs.position(session, things.submit(session)) == 1


def test_jobs_that_ask_for_another_accelerator_do_not_stand_before(database: Database) -> None:
    with database.writing() as session:
        made = [
            things.submit(session, resources={"accelerator": accelerator})
            for accelerator in ("gpu", "gpu", "cpu", "any")
        ]
        assert [jobs.position(session, job) for job in made] == [1, 2, 1, 4]


def test_another_user_does_not_stand_behind_all_jobs_of_one(database: Database) -> None:
    with database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        things.start(session, ada)
        queued = [things.submit(session, ada) for _ in range(5)]
        late = things.submit(session, bob)
        assert jobs.position(session, late) == 1
        assert [jobs.position(session, job) for job in queued] == [2, 3, 4, 5, 6]


asked = st.tuples(st.sampled_from(["ada", "bob", "eve"]), st.sampled_from([0, 0, 0, 1, -1]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(running=st.lists(asked, max_size=4), queued=st.lists(asked, min_size=1, max_size=8))
def test_jobs_are_claimed_in_the_order_of_their_positions(
    database: Database, running: list[tuple[str, int]], queued: list[tuple[str, int]]
) -> None:
    with database.reading() as session:  # dropped at the end: the next example finds the same database
        for name, priority in running:
            things.submit(session, things.user(session, name), priority=priority)
        order(session)
        for number, (name, priority) in enumerate(queued):
            things.submit(session, things.user(session, name), priority=priority, name=f"job{number}")
        waiting = session.scalars(sa.select(Job).where(Job.status == "queued")).all()
        positions = {job.name: jobs.position(session, job) for job in waiting}
        assert order(session) == sorted(positions, key=positions.__getitem__)
        assert sorted(positions.values()) == list(range(1, len(queued) + 1))


def test_active_jobs_are_counted_for_each_user(database: Database) -> None:
    with database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        things.start(session, ada)
        things.submit(session, ada)
        jobs.request_cancel(session, things.submit(session, ada))
        assert jobs.count_active(session, ada.id) == 2
        assert jobs.count_active(session, bob.id) == 0
