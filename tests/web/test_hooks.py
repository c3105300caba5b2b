"""The address at which a vendor may say that something changed."""

import pytest
from aiohttp.test_utils import TestClient
from web.behind import Behind


@pytest.fixture
def behind(behind: Behind) -> Behind:
    behind.hooks = {"comm100": "s3cret"}
    return behind


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("/hooks/comm100", {"X-Agentmon-Secret": "s3cret"}, id="the secret in the header"),
        pytest.param("/hooks/comm100/s3cret", {}, id="the secret in the path"),
    ],
)
async def test_who_knows_the_secret_is_heard(client: TestClient, behind: Behind, path: str, headers: dict[str, str]):
    response = await client.post(path, headers=headers, data=b'{"event": "online", "operator_id": 1}')
    assert (response.status, behind.hints) == (204, ["comm100"])


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("/hooks/comm100", {}, id="no secret"),
        pytest.param("/hooks/comm100", {"X-Agentmon-Secret": "guess"}, id="a wrong secret in the header"),
        pytest.param("/hooks/comm100/guess", {"X-Agentmon-Secret": "s3cret"}, id="a wrong secret in the path"),
        pytest.param("/hooks/iadvize/s3cret", {}, id="a source without a hook"),
        pytest.param("/hooks/nobody/s3cret", {}, id="no such source"),
    ],
)
async def test_everyone_else_is_told_the_same_and_nothing_happens(
    client: TestClient, behind: Behind, path: str, headers: dict[str, str]
):
    response = await client.post(path, headers=headers)
    assert (response.status, await response.text(), behind.hints) == (404, "No such hook.\n", [])


async def test_a_hook_is_posted_to(client: TestClient, behind: Behind):
    assert (await client.get("/hooks/comm100/s3cret")).status == 405
    assert behind.hints == []
