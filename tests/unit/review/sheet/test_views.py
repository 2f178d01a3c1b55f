from bowerbird.review.sheet.summary import read_run
from bowerbird.review.sheet.views import A_PAGE, View, views
from tests.many_decisions import HOSTILE, Many, decided, many


def test_a_view_is_divided_into_pages() -> None:
    kept, *_ = views(read_run(many(Many(A_PAGE + 1, 0, 0, 0))))
    assert (kept.name, kept.keep, kept.pages) == ("kept", True, 2)
    assert [len(kept.page(number)) for number in (-1, 0, 1, 2, 3)] == [0, 0, A_PAGE, 1, 0]
    assert View("kept", "Kept", (), ()).pages == 0


def test_a_reason_has_one_name_however_many_there_are() -> None:
    few, more = (views(read_run(many(Many(1, n, 2, 3)))) for n in (1, 9))
    assert {view.name for view in few} == {view.name for view in more}
    assert all(view.name.replace("-", "").isalnum() for view in few)
    assert decided(0, "x", f"{HOSTILE}: y").reason.word == HOSTILE
