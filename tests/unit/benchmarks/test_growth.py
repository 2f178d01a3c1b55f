import math

from benchmarks.growth import A_DAY, Case, longest_wait_min

ONE = Case("1 owner", A_DAY, 1)
SHARED = Case("1,000, one crawl", A_DAY, 1000)
CHANGED = Case("changed", A_DAY, 1000, columns=True)


def test_a_stack_for_each_costs_as_many_times_as_much() -> None:
    stacks = Case("stacks", A_DAY, 1000, stacks=1000).dollars()
    assert math.isclose(sum(stacks.values()), 1000 * sum(ONE.dollars().values()), rel_tol=1e-6)


def test_one_crawl_saves_requests_and_not_the_ledger() -> None:
    stacks, shared = Case("stacks", A_DAY, 1000, stacks=1000).dollars(), SHARED.dollars()
    assert shared["SQS"] < stacks["SQS"] / 900
    assert math.isclose(shared["DynamoDB"], stacks["DynamoDB"])
    assert CHANGED.dollars()["DynamoDB"] < shared["DynamoDB"] / 100


def test_a_queue_that_is_too_slow_is_never_done() -> None:
    assert longest_wait_min(Case("ten times", 10 * A_DAY, 1000), 4) == math.inf
    assert longest_wait_min(ONE, 4) < 1


def test_an_outage_is_made_up_for() -> None:
    after = longest_wait_min(ONE, 4, outage_h=6)
    assert 10 < after < 60
    assert longest_wait_min(ONE, 8, outage_h=6) < after
