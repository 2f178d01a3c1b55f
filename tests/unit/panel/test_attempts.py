from bowerbird.panel.attempts import MOST, MOST_OF_ALL, WINDOW_S, Attempts


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_address_waits_after_some_wrong_words_and_others_do_not() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for second in range(MOST):
        clock.now = float(second)
        assert attempts.wait_s("192.168.1.7") == 0
        attempts.failed("192.168.1.7")
    assert attempts.wait_s("192.168.1.7") == WINDOW_S - (MOST - 1)
    assert attempts.wait_s("192.168.1.8") == 0
    clock.now = WINDOW_S
    assert attempts.wait_s("192.168.1.7") == 0


def test_a_network_of_ipv6_counts_as_one_and_all_together_are_slowed_too() -> None:
    attempts = Attempts(Clock())
    for number in range(MOST):
        attempts.failed(f"2001:db8::{number}")
    assert attempts.wait_s("2001:db8::ffff") > 0
    assert attempts.wait_s("2001:db8:1::1") == 0
    for number in range(MOST_OF_ALL):
        attempts.failed(f"10.0.{number}.1")
    assert attempts.wait_s("172.16.0.1") > 0


def test_its_memory_is_bounded() -> None:
    attempts = Attempts(Clock())
    for number in range(3000):
        attempts.failed(f"10.{number // 250}.{number % 250}.1")
    assert len(attempts._wrong) == 1000  # noqa: SLF001 - its size is the point
    assert attempts.wait_s("no address") > 0
