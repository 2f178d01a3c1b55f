"""The sample events are what each function understands."""

import json
from pathlib import Path

from bowerbird.core.messages import decode_candidate
from bowerbird.deliver.events import survivors_in
from infra.sam import local
from infra.sam.built import read_template
from infra.sam.invoke import given

EVENTS = Path(__file__).parents[3] / "infra" / "events"


def bodies(name: str) -> list[str]:
    return [record["body"] for record in json.loads((EVENTS / name).read_text())["Records"]]


def test_every_function_has_a_sample() -> None:
    assert {path.stem for path in EVENTS.iterdir()} - {"env"} == {"crawl", "filter", "http", "deliver"}


def test_sam_knows_every_variable_that_the_samples_set() -> None:
    """`sam local invoke --env-vars` drops a variable that the template does not name."""
    template = read_template(EVENTS.parents[1] / "template.yaml")
    shared = template["Globals"]["Function"]["Environment"]["Variables"].keys()
    own = {
        name: shared | each["Properties"].get("Environment", {}).get("Variables", {}).keys()
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function"
    }
    told = json.loads((EVENTS / "env.json").read_text())
    everybodys = told.pop("Parameters")
    assert everybodys.keys() <= set().union(*own.values())
    assert everybodys["AWS_ENDPOINT_URL"].startswith("http://aws:")  # the service's name in compose.yaml
    for function, variables in told.items():
        assert variables.keys() <= own[function]


def test_what_the_samples_name_is_what_the_script_makes() -> None:
    variables = given("FilterFunction", [str(EVENTS / "env.json"), "AWS_ENDPOINT_URL=http://127.0.0.1:1"])
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert variables["BOWERBIRD_QUEUE_URL"] == "http://127.0.0.1:1/000000000000/candidates"
    assert (variables["BOWERBIRD_BUCKET"], variables["BOWERBIRD_LEDGER_TABLE"]) == (local.BUCKET, local.TABLE)
    own = given("DeliverFunction", [str(EVENTS / "env.json")])
    urls = (variables["BOWERBIRD_QUEUE_URL"], own["BOWERBIRD_QUEUE_URL"])
    assert tuple(url.rpartition("/")[2] for url in urls) == local.QUEUES


def test_the_filter_s_sample_is_a_candidate() -> None:
    (body,) = bodies("filter.json")

    assert decode_candidate(body).id == "t3_abc12/1"


def test_deliver_s_sample_announces_a_survivor() -> None:
    (body,) = bodies("deliver.json")

    assert [key[-4:] for key in survivors_in(body, "survivors")] == [".jpg"]
