"""How a job is run, by what there is and how it was run before."""

from tests.core.specs.documents import dense, pets, resolved
from worker import devices

JOB = resolved(pets(), dense(3))
SAME = resolved(pets(), dense(3), deterministic=True)


def test_a_job_is_divided_among_the_gpus_that_it_has() -> None:
    assert devices.plan(JOB, 4, ("0", "1"))["device"] == "gpu"
    assert [devices.plan(JOB, 4, gpus)["devices"] for gpus in ((), ("0",), ("0", "1"))] == [1, 1, 2]
    small = resolved(pets(), dense(3), batch_size=2)
    assert devices.plan(small, 4, ("0", "1", "2"))["devices"] == 2, "a batch has no row for the third"


def test_xla_is_not_tried_on_several_devices() -> None:
    assert [devices.plan(JOB, 4, gpus)["settled"] for gpus in ((), ("0",), ("0", "1"))] == [
        False,
        False,
        True,
    ]


def test_an_attempt_is_run_as_the_one_before_where_it_can_be() -> None:
    before = devices.plan(JOB, 4, ("0", "1")) | {"why": "before"}
    assert devices.plan(JOB, 1, ("2", "3"), before) == before
    without = devices.plan(JOB, 1, (), before)
    assert (without["device"], without["devices"], without["why"]) == ("cpu", 1, "every training begins so")


def test_a_gpu_is_used_where_there_was_none_before_unless_the_bits_are_to_be_the_same() -> None:
    for job, device in ((JOB, "gpu"), (SAME, "cpu")):
        assert devices.plan(job, 1, ("0",), devices.plan(job, 1))["device"] == device


def test_a_plan_of_an_earlier_version_is_for_one_device() -> None:
    earlier = devices.plan(JOB, 1)
    del earlier["devices"]
    assert devices.plan(JOB, 1, (), earlier)["devices"] == 1
