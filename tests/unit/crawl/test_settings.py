import pytest

from bowerbird.core.errors import UsageError
from bowerbird.crawl.settings import CrawlSettings
from bowerbird.crawl.sources.reddit_app import FeedToken


def test_credentials_come_from_the_environment_and_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "CLIENT_ID": "the-id",
        "CLIENT_SECRET": "the-secret",
        "REFRESH_TOKEN": "the-token",
    }.items():
        monkeypatch.setenv(f"BOWERBIRD_REDDIT_{name}", value)
    monkeypatch.setenv("BOWERBIRD_USER_AGENT", "linux:me:1 (by /u/me)")
    settings = CrawlSettings()
    app = settings.reddit_app()
    assert app is not None
    assert (app.client_id, app.client_secret, app.refresh_token) == ("the-id", "the-secret", "the-token")
    assert app.user_agent == "linux:me:1 (by /u/me)"
    shown = repr(settings) + repr(app) + str(settings)
    assert "the-secret" not in shown
    assert "the-token" not in shown


def test_without_a_client_id_there_is_no_app() -> None:
    assert CrawlSettings(reddit_client_id=None).reddit_app() is None


def test_a_hosts_key_comes_from_the_setting_that_the_host_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOWERBIRD_IMGUR_CLIENT_ID", "the-imgur-id")
    monkeypatch.setenv("BOWERBIRD_FLICKR_API_KEY", "")
    settings = CrawlSettings()
    assert settings.host_keys() == {"imgur": "the-imgur-id"}
    assert "the-imgur-id" not in repr(settings) + str(settings) + str(settings.model_dump())


def test_the_agent_carries_the_contact() -> None:
    assert CrawlSettings(contact="me@example.org").agent.endswith(" (+me@example.org)")
    own = "linux:me:1 (by /u/me)"
    assert CrawlSettings(user_agent=own, contact="me@example.org").agent == own


def test_a_feed_token_has_both_halves_and_does_not_show() -> None:
    settings = CrawlSettings(reddit_feed_user="me", reddit_feed_token="the-token")
    assert settings.feed_token() == FeedToken("me", "the-token")
    assert "the-token" not in repr(settings) + repr(settings.feed_token())
    assert CrawlSettings().feed_token() is None
    with pytest.raises(UsageError, match="set both BOWERBIRD_REDDIT_FEED_USER and"):
        CrawlSettings(reddit_feed_user="me").feed_token()


def test_a_token_belongs_to_one_mastodon_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CrawlSettings().mastodon_account() is None
    monkeypatch.setenv("BOWERBIRD_MASTODON_TOKEN", "the-token")
    with pytest.raises(UsageError, match="say which in BOWERBIRD_MASTODON_INSTANCE"):
        CrawlSettings().mastodon_account()
    monkeypatch.setenv("BOWERBIRD_MASTODON_INSTANCE", "m.example")
    settings = CrawlSettings()
    account = settings.mastodon_account()
    assert account is not None
    assert account.headers("m.example") == {"Authorization": "Bearer the-token"}
    assert "the-token" not in repr(settings) + repr(account)
