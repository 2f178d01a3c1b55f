from collections.abc import Iterator

import pytest
from PIL import Image
from starlette.testclient import TestClient

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.reasons import Word
from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.quotas import Limits
from tests.pictures import encoded
from tests.serving import service

LOVED = encoded(Image.new("RGB", (1600, 1200), (0, 200, 0)))


@pytest.fixture
def client() -> Iterator[TestClient]:
    limits = Limits(pictures=3, picture_bytes=200_000, body_bytes=2_500_000, pixels=4_000_000)
    answers = {
        "https://i.example.com/loved.jpg": LOVED,
        "https://i.example.com/down.jpg": RetryableError("503"),
        "https://169.254.169.254/": PermanentError("not on the public internet", Word.REFUSED),
    }
    with TestClient(create_app(service(limits=limits, answers=answers))) as found:
        yield found
