"""A place with decisions, thumbnails and survivors, as a run leaves them, and hostile text among them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image

from bowerbird import imaging
from bowerbird.core.decision_log import decisions_key
from bowerbird.core.decisions import Decision, encode_decision
from bowerbird.core.keys import thumb_key
from bowerbird.core.ports import ObjectStore
from bowerbird.core.reasons import Reason
from tests.pictures import encoded, gradient

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@dataclass(frozen=True)
class Decided:
    """A candidate in short; `score` is its novelty, the threshold is 10."""

    name: str
    keep: bool
    score: float | None
    stage: str = "novelty"
    reason: str = "novelty: below"
    community: str = "EarthPorn"
    picture: bool = True


STANDARD = (
    Decided("far", keep=False, score=2.0),
    Decided("near", keep=False, score=9.5, community="SkyPorn"),
    Decided("just", keep=True, score=10.2),
    Decided("good", keep=True, score=20.0, community=HOSTILE),
    Decided("marked", keep=False, score=12.0, stage="watermark", reason="watermark: 0.99 is above"),
    Decided("gone", keep=False, score=None, stage="original", reason="gone: 404", picture=False),
)


def decision_of(each: Decided) -> Decision:
    scores = {} if each.score is None else {"novelty": each.score}
    return Decision(
        candidate=f"t:{each.name}",
        keep=each.keep,
        stage="watermark" if each.keep else each.stage,
        reason=Reason.parse("kept" if each.keep else each.reason),
        bundle="lite@1.0.0",
        decided_at="2026-03-01T10:00:00.000Z",
        scores=scores,
        thresholds={"novelty": 10.0} if scores else {},
        submission={
            "source": "test",
            "id": each.name,
            "title": f"{each.name} {HOSTILE}",
            "community": each.community,
            "permalink": "javascript:alert(3)" if each.name == "near" else f"https://example.org/{each.name}",
        },
    )


def fill(
    store: ObjectStore,
    decided: tuple[Decided, ...] = STANDARD,
    pictures: tuple[Image.Image, ...] = (),
    *,
    picture: bool = True,
) -> None:
    """Write it all, or the decisions alone."""
    if not picture:
        text = "\n".join(encode_decision(decision_of(each)) for each in decided)
        store.put(decisions_key("2026-03-01", "a"), text.encode(), content_type="application/x-ndjson")
        return
    lines = []
    for seed, each in enumerate(decided, 1):
        decision = decision_of(each)
        image = pictures[seed % len(pictures)] if pictures else gradient(900, 600, seed)
        if each.keep:
            key = f"images/aa/{seed:064x}.jpg"
            store.put(key, encoded(image), content_type="image/jpeg")
            decision = replace(decision, image=key)
        if each.picture:
            small = imaging.thumbnail(image, 256)
            store.put(thumb_key(decision.candidate), small, content_type="image/jpeg")
        lines.append(encode_decision(decision))
    store.put(
        decisions_key("2026-03-01", "a"), "\n".join(lines).encode(), content_type="application/x-ndjson"
    )
