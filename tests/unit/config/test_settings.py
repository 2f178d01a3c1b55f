"""`.env` and files of secrets complete the environment, for as long as a command runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bowerbird.config.settings import completed, find
from bowerbird.core.errors import UsageError
from bowerbird.crawl.settings import CrawlSettings
from bowerbird.deliver.settings import GallerySettings

NAMES = ("BOWERBIRD_REDDIT_CLIENT_ID", "BOWERBIRD_REDDIT_CLIENT_SECRET", "BOWERBIRD_SCENERY_PASSWORD")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reddit").write_text("s3cret\n")
    monkeypatch.setenv("BOWERBIRD_REDDIT_CLIENT_SECRET_FILE", str(tmp_path / "reddit"))
    with completed(None):
        secret = CrawlSettings().reddit_client_secret
        assert secret is not None
        assert secret.get_secret_value() == "s3cret"
    assert "BOWERBIRD_REDDIT_CLIENT_SECRET" not in os.environ


def test_dotenv_is_read_and_the_environment_comes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("opensesame")
    (tmp_path / ".env").write_text(
        "BOWERBIRD_SCENERY_PASSWORD_FILE=password\nBOWERBIRD_CONTACT='a@example.org'\n"
        "export BOWERBIRD_REDDIT_CLIENT_ID=of-dotenv # mine\nPATH=/nowhere\n"
    )
    monkeypatch.setenv("BOWERBIRD_REDDIT_CLIENT_ID", "of-environment")
    path = os.environ["PATH"]
    with completed(tmp_path):
        assert GallerySettings().scenery_password.get_secret_value() == "opensesame"
        assert (CrawlSettings().contact, CrawlSettings().reddit_client_id) == (
            "a@example.org",
            "of-environment",
        )
        assert os.environ["PATH"] == path


def test_every_secret_that_settings_know_may_stand_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = [
        name for name, field in CrawlSettings.model_fields.items() if "SecretStr" in str(field.annotation)
    ]
    assert len(secrets) > 3
    for name in secrets:
        (tmp_path / name).write_text(f"the {name}")
        monkeypatch.delenv(f"BOWERBIRD_{name.upper()}", raising=False)
        monkeypatch.setenv(f"BOWERBIRD_{name.upper()}_FILE", str(tmp_path / name))
    with completed(None):
        settings = CrawlSettings()
        assert {name: getattr(settings, name).get_secret_value() for name in secrets} == {
            name: f"the {name}" for name in secrets
        }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file"),
        (b"", "holds nothing"),
        (b"\n", "holds nothing"),
        (b"\xff", "no text"),
    ],
)
def test_a_file_that_is_no_secret_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    monkeypatch.setenv("BOWERBIRD_SCENERY_PASSWORD_FILE", str(tmp_path / "secret"))
    with pytest.raises(UsageError, match=f"BOWERBIRD_SCENERY_PASSWORD_FILE names .*{words}"), completed(None):
        pass


def test_a_secret_that_is_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOWERBIRD_SCENERY_PASSWORD", "one")
    monkeypatch.setenv("BOWERBIRD_SCENERY_PASSWORD_FILE", str(tmp_path / "two"))
    with pytest.raises(UsageError, match="are both set: keep one of them"), completed(None):
        pass


def test_the_file_is_found_here_first_then_with_the_users_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert find(None) is None
    (tmp_path / "config" / "bowerbird").mkdir(parents=True)
    (tmp_path / "config" / "bowerbird" / "bowerbird.toml").touch()
    assert find(None) == tmp_path / "config" / "bowerbird" / "bowerbird.toml"
    (tmp_path / "here" / "bowerbird.toml").touch()
    assert find(None) == tmp_path / "here" / "bowerbird.toml"
    with pytest.raises(UsageError, match="no such file; `bowerbird init other"):
        find("other.toml")
