"""The routes of the API: read the request, judge, answer. OpenAPI is made from here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from bowerbird.serve.http import body, multipart, raw
from bowerbird.serve.http.gate import busy
from bowerbird.serve.http.problems import MEDIA_TYPE, Problem, too_large
from bowerbird.serve.http.schema import (
    BundleAnswer,
    HealthAnswer,
    ProblemAnswer,
    ReadyAnswer,
    UrlsRequest,
    VerdictAnswer,
    VerdictsAnswer,
)
from bowerbird.serve.http.service import Service
from bowerbird.serve.http.streaming import NDJSON, Ndjson

# A URL has at most 4,096 characters, and JSON may spend six bytes on each.
_URL_BYTES: Final = 4096
_FORM, _RAW, _JSON = "multipart/form-data", "application/octet-stream", "application/json"

_Dimensions = Annotated[
    bool, Query(description="also reject by the gallery's rule on size and aspect, as the crawler does")
]


def _problems(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": ProblemAnswer.model_json_schema()}}
    return {int(status): {"description": status.phrase, "content": content} for status in statuses}


_JUDGED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The verdicts. With `Accept: application/x-ndjson` one a line, as they are made.",
        "content": {NDJSON: {"schema": {"$ref": "#/components/schemas/VerdictAnswer"}}},
    },
    **_problems(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
}


def _sent(media_type: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema, **more}}}}


_FILES_SENT: Final = _sent(
    _FORM,
    {
        "type": "object",
        "properties": {"pictures": {"type": "array", "items": {"type": "string", "format": "binary"}}},
    },
    examples={"two": {"summary": "curl -F pictures=@a.jpg -F pictures=@b.png …/judge", "value": {}}},
)
_RAW_SENT: Final = _sent(
    _RAW,
    {
        "type": "string",
        "format": "binary",
        "description": f"N x {raw.SIDE} x {raw.SIDE} x 3 bytes of RGB, {raw.PICTURE_BYTES} a picture",
    },
)
_URLS_SENT: Final = _sent(_JSON, UrlsRequest.model_json_schema())


def router(service: Service) -> APIRouter:
    """All routes of the API."""
    api = APIRouter()
    _add_judging(api, service)
    _add_telling(api, service)
    return api


def _add_judging(api: APIRouter, service: Service) -> None:
    limits = service.limits

    @api.post("/judge", response_model=VerdictsAnswer, responses=_JUDGED, openapi_extra=_FILES_SENT)
    async def judge_files(request: Request, dimensions: _Dimensions = False) -> Response:
        """Judge pictures sent as files of a form, in any field. What is no picture is rejected, alone."""
        content_type = _expect(request, _FORM)
        judge = service.judges.pick(dimensions=dimensions)
        files = multipart.uploads(body.chunks(request, limits), content_type, limits)
        verdicts = service.judge(files, lambda file: judge.file(file.name, file.data), service.width)
        return await _answer(request, verdicts)

    @api.post("/judge/raw", response_model=VerdictsAnswer, responses=_JUDGED, openapi_extra=_RAW_SENT)
    async def judge_raw(request: Request) -> Response:
        """Judge pixels as anti_sus takes them; a verdict's name is its picture's place in the batch."""
        _expect(request, _RAW)
        judge = service.judges.pick(dimensions=False)
        pixels = _numbered(raw.pictures(body.chunks(request, limits), limits))
        verdicts = service.judge(pixels, lambda item: judge.array(str(item[0]), item[1]), service.width)
        return await _answer(request, verdicts)

    @api.post("/judge/urls", response_model=VerdictsAnswer, responses=_JUDGED, openapi_extra=_URLS_SENT)
    async def judge_urls(request: Request, dimensions: _Dimensions = False) -> Response:
        """Fetch pictures from the public internet and judge them."""
        _expect(request, _JSON)
        text = await body.whole(request, limits, limit=6 * _URL_BYTES * limits.pictures)
        urls = _urls(text, limits.pictures)
        judge = service.judges.pick(dimensions=dimensions)
        verdicts = service.judge(_while_listening(request, urls), judge.link, service.downloads)
        return await _answer(request, verdicts)


def _add_telling(api: APIRouter, service: Service) -> None:
    @api.get("/bundle")
    async def bundle() -> BundleAnswer:
        """Describe the models that judge: thresholds and how they were chosen, files, licences."""
        return service.bundle

    @api.get("/health")
    async def health() -> HealthAnswer:
        """Say that the process is alive."""
        return HealthAnswer(status="ok")

    @api.get("/ready", responses=_problems(HTTPStatus.SERVICE_UNAVAILABLE))
    async def ready() -> ReadyAnswer:
        """Say whether there is room for a request; the models were tried before the first one."""
        if service.room.full:
            raise busy(service.limits)
        room = service.room
        return ReadyAnswer(
            status="ready", bundle=service.bundle.bundle, judging=room.taken, capacity=room.capacity
        )


def _expect(request: Request, media_type: str) -> str:
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != media_type:
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "media-type",
            f"This address reads {media_type}; pictures as files go to /judge, "
            "512x512 RGB to /judge/raw, a list of URLs to /judge/urls.",
            headers={"Accept-Post": media_type},
        )
    return content_type


def _urls(text: bytes, most: int) -> list[str]:
    try:
        urls = UrlsRequest.model_validate_json(text).urls
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError([each | {"loc": ("body", *each["loc"])} for each in errors]) from None
    if len(urls) > most:
        raise too_large(f"{len(urls)} URLs, {most} are read at once.")
    return urls


async def _answer(request: Request, verdicts: AsyncIterator[VerdictAnswer]) -> Response:
    if NDJSON in request.headers.get("accept", ""):
        return Ndjson(verdicts)
    everything = VerdictsAnswer(verdicts=[verdict async for verdict in verdicts])
    return JSONResponse(everything.model_dump(mode="json"))


async def _numbered(items: AsyncIterator[Any]) -> AsyncIterator[tuple[int, Any]]:
    index = 0
    async for item in items:
        yield index, item
        index += 1


async def _while_listening(request: Request, items: Iterable[str]) -> AsyncIterator[str]:
    """Give the items until the caller has gone."""
    for item in items:
        if await request.is_disconnected():
            return
        yield item
