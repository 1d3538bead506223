"""Many visitors at one page in the same instant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded.servers import RunningServers
from tests.access.asking import page_of
from tests.factories import in_parallel
from tests.web.browser import login_of, real_server, sign_up

VISITORS, ROUNDS = 8, 12
UNFORESEEN = "nobody foresaw"


@pytest.fixture(scope="module")
def host(servers: RunningServers, database_url: str) -> Iterator[str]:
    with real_server(DATABASE_URL=database_url, REDIS_URL=servers.redis_url) as address:
        yield address


@pytest.mark.parametrize(
    ("page", "query"), [("", {}), ("sessions", {}), ("", {"reset": "no link of ours"})]
)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_who_loads_a_page_together_with_others_sees_it(
    cheap: None, host: str, page: str, query: dict[str, str], is_signed_in: bool
) -> None:
    headers = {}
    if is_signed_in:
        sign_up()
        headers = {"Cookie": f"sage_login={login_of()}"}

    def load(_: int) -> int:
        failures = 0
        with page_of(host, headers) as tab:
            for _ in range(ROUNDS):
                shown = tab.open(page, query)
                failures += shown.says(UNFORESEEN) or not shown.controls()
        return failures

    assert sum(in_parallel(VISITORS, load)) == 0
