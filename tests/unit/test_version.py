import re
from pathlib import Path

import pytest

from bowerbird import __version__
from bowerbird.net.user_agent import AT_HOME, IN_THE_CLOUD

ROOT = Path(__file__).parents[2]
# A template cannot ask Python for the version, so these two repeat it.
TEMPLATES = ("template.yaml", "infra/image/template.yaml")


def test_who_asks_carries_the_version() -> None:
    assert AT_HOME.endswith(f":bowerbird:{__version__}")
    assert IN_THE_CLOUD.endswith(f":bowerbird:{__version__}")


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_stack_asks_as_the_functions_do(template: str) -> None:
    text = (ROOT / template).read_text(encoding="utf-8")
    default = re.search(r"^  UserAgent:[\s{].*?Default: \"?([\w.:-]+)", text, re.DOTALL | re.MULTILINE)
    assert default is not None
    assert default[1] == IN_THE_CLOUD
