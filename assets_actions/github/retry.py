"""When a request is sent again, and when it is not. Imported with PyGithub only."""

from types import TracebackType
from typing import Any

from github import GithubRetry
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import MaxRetryError, ResponseError


class Retry(GithubRetry):
    """PyGithub's, that does not come back earlier than it was told to, nor opens an issue twice."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Any:
        """What is left to try. Raises what ends it."""
        opens_an_issue = method == "POST" and (url or "").endswith("/issues")
        if error is not None and opens_an_issue and self._is_read_error(error):
            raise error  # it may be there: GitHub takes the same one again and again
        if response is not None:
            told = response.headers.get("Retry-After", "").strip()
            is_too_long = told.isdecimal() and int(told) > self.retry_after_max
            if is_too_long or (opens_an_issue and response.status >= 500):
                assert _pool
                assert url
                raise MaxRetryError(_pool, url, ResponseError(f"status {response.status}"))
        return super().increment(method, url, response, error, _pool, _stacktrace)  # type: ignore[arg-type]
