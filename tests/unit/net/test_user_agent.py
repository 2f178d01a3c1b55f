import re
from pathlib import Path

import pytest

from bowerbird import __version__
from bowerbird.core.errors import UsageError
from bowerbird.net.user_agent import AT_HOME, IN_THE_CLOUD, names_contact, with_contact

AGENT = "linux:bowerbird:1"
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("", AGENT),
        ("me@example.org", f"{AGENT} (+me@example.org)"),
        (" https://example.org/me?x=1 ", f"{AGENT} (+https://example.org/me?x=1)"),
        ("/u/some-one", f"{AGENT} (by /u/some-one)"),
        ("u/some_one", f"{AGENT} (by /u/some_one)"),
    ],
)
def test_a_contact_is_added_as_sites_ask_for_it(contact: str, agent: str) -> None:
    assert with_contact(AGENT, contact) == agent
    assert names_contact(agent) == bool(contact)


@pytest.mark.parametrize(
    "agent",
    [
        "linux:me:1 (by /u/someone)",
        "linux:me:1 (by u/someone)",
        "me/1 (mailto:me@example.org)",
        "me/1 (+https://example.org)",
        "me/1 me@example.co.uk",
    ],
)
def test_an_agent_that_names_one_stays_as_it_is(agent: str) -> None:
    assert names_contact(agent)
    assert with_contact(agent, "other@example.org") == agent


@pytest.mark.parametrize("agent", [AGENT, "aws-lambda:bowerbird:0.1.0", "me@home", "linux/u/xy", "https://"])
def test_what_names_nobody_is_told(agent: str) -> None:
    assert not names_contact(agent)


@pytest.mark.parametrize(
    "contact", ["me", "me@home", "a b@example.org", "me@example.org\r\nX: y", "a@b.cc)(", "x@y.zz" * 50]
)
def test_what_is_no_contact_is_wrong_usage(contact: str) -> None:
    with pytest.raises(UsageError, match="is no contact: say who asks"):
        with_contact(AGENT, contact)


def test_who_asks_carries_the_version() -> None:
    assert AT_HOME.endswith(f":bowerbird:{__version__}")
    assert IN_THE_CLOUD.endswith(f":bowerbird:{__version__}")


def test_the_images_stack_asks_as_the_functions_do() -> None:
    # A template cannot ask Python for the version, so this one repeats it; the other has no usual value.
    text = (ROOT / "infra/image/template.yaml").read_text(encoding="utf-8")
    default = re.search(r'^  UserAgent:.*Default: "([^"]+)"', text, re.MULTILINE)
    assert default is not None
    assert default[1] == IN_THE_CLOUD
