"""Errors of the API as problem details (RFC 9457), whoever makes them: our handlers, the router, a mistake of ours."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated

import msgspec
import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from msgspec import UNSET, Meta, UnsetType

from monitor.web.place import BASE

API = "/api/"
CONTENT_TYPE = "application/problem+json"

log = structlog.get_logger(__name__)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong, as RFC 9457 wants it. `teams` are those that there are, where another one was asked for."""

    type: str = "about:blank"
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    teams: tuple[str, ...] | UnsetType = UNSET


class ProblemError(Exception):
    """Ends a request of the API with this answer."""

    def __init__(self, status: HTTPStatus, detail: str, *, teams: Iterable[str] | None = None) -> None:
        super().__init__(detail)
        self.problem = Problem(
            title=status.phrase,
            status=status.value,
            detail=detail,
            teams=UNSET if teams is None else tuple(teams),
        )


def no_such_team(teams: Iterable[str]) -> ProblemError:
    return ProblemError(HTTPStatus.NOT_FOUND, "there is no such team", teams=teams)


def is_of_api(request: web.Request) -> bool:
    return request.path.startswith(f"{request.app[BASE]}{API}")


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing under /api answers with an error in another form. What a mistake of ours says stays in the log."""
    if not is_of_api(request):
        return await handler(request)
    try:
        return await handler(request)
    except ProblemError as error:
        return _answer(error.problem)
    except web.HTTPException as error:
        status = HTTPStatus(error.status)
        kept = {str(name): error.headers[name] for name in _KEPT if name in error.headers}
        detail = _DETAILS.get(status) or (error.text or status.phrase).strip()
        return _answer(Problem(title=status.phrase, status=status.value, detail=detail), kept)
    except ConnectionError:  # who asked is gone: aiohttp knows what to do
        raise
    except Exception:
        log.exception("request_failed", path=request.path)
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return _answer(
            Problem(title=status.phrase, status=status.value, detail="an error inside agentmon; see its log")
        )


_KEPT = (hdrs.ALLOW, hdrs.RETRY_AFTER, hdrs.WWW_AUTHENTICATE)
_DETAILS = {
    HTTPStatus.NOT_FOUND: "there is nothing at this address; /api/v1/openapi.json tells what there is",
    HTTPStatus.METHOD_NOT_ALLOWED: "the API is read only: GET and HEAD",
}


def _answer(problem: Problem, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        status=problem.status,
        body=msgspec.json.encode(problem),
        headers={hdrs.CONTENT_TYPE: CONTENT_TYPE, hdrs.CACHE_CONTROL: "no-store", **(headers or {})},
    )
