"""Comm100's flavours against the simulator: the same people, states and slots, whatever the API and the log-in."""

import pytest
from pollers.rig import Rig, RigMaker, chat

from monitor.errors import Reason
from monitor.simulator import Fault, Simulator, World

EVERYBODY = {
    "Jane": ("accepting", 2, 2),
    "Omar": ("away", 1, 0),
    "Bruna": ("accepting", 3, 0),
    "Klaas": ("offline", 0, 0),
}


def flavour(rig: RigMaker, simulator: Simulator, api: str, auth: str, **more: object) -> Rig:
    given: dict[str, object] = {"api": api, "auth": auth}
    if api == "v4":
        given["url"] = simulator.comm100_v4_url
    if auth != "jwt":
        given["site_id"] = "10001000" if (api, auth) == ("v4", "basic") else None
    if auth == "oauth":
        given["token_url"] = simulator.oauth_url
    if auth == "basic":
        given |= {"token_url": None, "password": None, "api_key": "demo-comm100-key"}
    return rig("comm100", **{**given, **more})


@pytest.mark.parametrize("auth", ["jwt", "oauth", "basic"])
@pytest.mark.parametrize("api", ["v3", "v4"])
async def test_everybody_is_read_as_they_are(rig: RigMaker, simulator: Simulator, api: str, auth: str):
    snapshot = await flavour(rig, simulator, api, auth).good()
    assert chat(snapshot) == EVERYBODY
    assert (snapshot.rejected, snapshot.unknown_statuses, snapshot.contradictions, snapshot.notes) == (0, {}, {}, ())


async def test_away_statuses_by_id_are_the_same_with_their_names(rig: RigMaker, simulator: Simulator):
    simulator.options.change("comm100", v4_status="id")
    snapshot = await flavour(rig, simulator, "v4", "oauth").good()
    assert chat(snapshot) == EVERYBODY
    assert [reading.reason for reading in snapshot.readings] == ["", "Lunch", "", ""]


async def test_an_away_status_by_id_that_nobody_listed_is_unknown(rig: RigMaker, simulator: Simulator, office: World):
    office.set_status("omar.haddad", "comm100", "away", reason="Fire drill")
    simulator.options.change("comm100", v4_status="id")
    snapshot = await flavour(rig, simulator, "v4", "oauth").good()
    assert chat(snapshot)["Omar"][0] == "unknown"
    assert list(snapshot.unknown_statuses.values()) == [1]


@pytest.mark.parametrize("roster", ["paged", "array"])
async def test_both_forms_of_the_roster(rig: RigMaker, simulator: Simulator, roster: str):
    simulator.options.change("comm100", v4_roster=roster, maximal_page_size=1)
    assert chat(await flavour(rig, simulator, "v4", "basic").good()) == EVERYBODY


@pytest.mark.parametrize(
    ("parameter", "is_known"), [("pageIndex", True), ("page", False), ("", False)], ids=["ours", "another", "none"]
)
async def test_capacity_by_the_report(
    rig: RigMaker, simulator: Simulator, office: World, parameter: str, is_known: bool
):
    for name in ("Ann One", "Ben Two", "Cleo Three"):
        office.add_person(name, tools=["comm100"], teams=["sales"], slots=2)
    simulator.options.change("comm100", v4_page_parameter=parameter)
    simulator.fault("comm100", Fault(kind="edition", path="autoDistributionConfig"))
    source = flavour(rig, simulator, "v4", "oauth")
    told = chat(await source.good())
    assert told["Jane"] == ("accepting", 2, 2 if is_known else None)
    assert ("does not turn its pages" in "".join(source.outcomes[0].notes)) != is_known


@pytest.mark.parametrize("edition", ["enterprise", "business", "team"])
async def test_queues(rig: RigMaker, simulator: Simulator, office: World, edition: str):
    simulator.options.change("comm100", edition=edition)
    office.set_queue("sales", [10.0, 50.0], tool="comm100")
    snapshot = await flavour(rig, simulator, "v3", "jwt", queue=True).good()
    told = {queue.group[-1:]: (queue.length, queue.longest_wait) for queue in snapshot.queues}
    assert (
        told
        == {
            "enterprise": {"1": (2, 50.0), "2": (0, None), "3": (0, None)},
            "business": {"": (2, None)},
            "team": {},
        }[edition]
    )
    assert len(snapshot.notes) == (0 if edition == "enterprise" else 1)


async def test_without_automatic_allocation_no_length_is_told(rig: RigMaker, simulator: Simulator):
    simulator.options.change("comm100", edition="business", auto_allocation=False)
    snapshot = await flavour(rig, simulator, "v3", "jwt", queue=True).good()
    assert snapshot.queues == ()
    assert "tells no length" in "".join(snapshot.notes)


@pytest.mark.parametrize("auth", ["oauth", "basic"])
async def test_the_quota_of_the_day(rig: RigMaker, simulator: Simulator, auth: str):
    source = flavour(rig, simulator, "v4", auth)
    await source.good()
    simulator.fault("comm100", Fault(kind="over_limit", path="livechat/agents"))
    outcome = await source.poll()
    assert outcome.failure is not None
    assert outcome.failure.reason is Reason.RATE_LIMITED
    assert "the quota of the day" in outcome.failure.detail
    assert 0 < outcome.interval <= 900


async def test_tokens_that_are_out_are_renewed_within_the_poll(rig: RigMaker, simulator: Simulator):
    source = flavour(rig, simulator, "v4", "oauth")
    await source.good()
    simulator.expire_tokens()
    assert chat(await source.good()) == EVERYBODY


@pytest.mark.parametrize(("auth", "secret"), [("oauth", "password"), ("basic", "api_key")])
async def test_a_wrong_secret_is_auth(rig: RigMaker, simulator: Simulator, auth: str, secret: str):
    outcome = await flavour(rig, simulator, "v4", auth, **{secret: "wrong"}).poll()
    assert outcome.failure is not None
    assert outcome.failure.reason is Reason.AUTH
