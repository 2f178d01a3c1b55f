"""The sample events are what each function understands."""

import json
from pathlib import Path

from bowerbird.core.messages import decode_candidate
from bowerbird.deliver.events import survivors_in

EVENTS = Path(__file__).parents[3] / "infra" / "events"


def bodies(name: str) -> list[str]:
    return [record["body"] for record in json.loads((EVENTS / name).read_text())["Records"]]


def test_every_function_has_a_sample() -> None:
    assert {path.stem for path in EVENTS.iterdir()} == {"crawl", "filter", "http", "deliver"}


def test_the_filter_s_sample_is_a_candidate() -> None:
    (body,) = bodies("filter.json")

    assert decode_candidate(body).id == "t3_abc12/1"


def test_deliver_s_sample_announces_a_survivor() -> None:
    (body,) = bodies("deliver.json")

    assert [key[-4:] for key in survivors_in(body, "survivors")] == [".jpg"]
