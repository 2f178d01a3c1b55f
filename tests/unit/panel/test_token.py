import stat
from pathlib import Path

import pytest

from bowerbird.core.errors import StoreError
from bowerbird.panel.token import LASTS_S, Credentials, open_credentials


def test_the_token_is_told_once_and_only_its_hash_is_stored(tmp_path: Path) -> None:
    state = tmp_path / "place" / ".bowerbird"
    made, token = open_credentials(state)
    assert token is not None
    assert len(token.replace("-", "")) == 24  # 120 bits
    again, none = open_credentials(state)
    assert (again, none) == (made, None)
    (file,) = state.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in file.read_text()
    assert token.replace("-", "") not in file.read_text()


def test_capitals_spaces_and_dashes_do_not_matter(tmp_path: Path) -> None:
    made, token = open_credentials(tmp_path)
    assert token is not None
    for typed in (token, token.upper(), token.replace("-", ""), f" {token.replace('-', ' ')}\n"):
        assert made.opens(typed)
    for wrong in ("", "-", token[:-1], token + "a", "ä" + token[1:], "\ud800"):
        assert not made.opens(wrong)


def test_a_cookie_lasts_for_its_time_and_cannot_be_made_by_others(tmp_path: Path) -> None:
    made, _ = open_credentials(tmp_path)
    cookie = made.cookie(1000.0)
    assert made.signed_in(cookie, 1000.0 + LASTS_S - 1)
    assert not made.signed_in(cookie, 1000.0 + LASTS_S)
    expires, _, signature = cookie.partition(".")
    longer = f"{int(expires) + 1}.{signature}"
    for wrong in ("", ".", longer, f"{expires}.", f".{signature}", cookie + "0", "²." + signature, "1.ä"):
        assert not made.signed_in(wrong, 1000.0)
    other = Credentials(made.token_sha256, b"another key")
    assert not made.signed_in(other.cookie(1000.0), 1000.0)


def test_a_new_token_signs_everybody_out(tmp_path: Path) -> None:
    made, token = open_credentials(tmp_path)
    later, another = open_credentials(tmp_path, new=True)
    assert another not in {token, None}
    assert not later.opens(str(token))
    assert not later.signed_in(made.cookie(0.0), 1.0)


@pytest.mark.parametrize("damaged", ["", "{}", "[]", '{"token_sha256": "a", "key": "no hex"}', "\x00"])
def test_a_damaged_file_lets_nobody_in_and_gives_a_new_token(tmp_path: Path, damaged: str) -> None:
    open_credentials(tmp_path)
    (tmp_path / "page.json").write_text(damaged)
    made, token = open_credentials(tmp_path)
    assert token is not None
    assert made.opens(token)


def test_where_nothing_can_be_written_the_owner_hears_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        open_credentials(tmp_path / "file")
