from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.simulator import Channel, World

PLACES = (("sales", "liveagent"), ("support", "liveagent"), *((t, "comm100") for t in ("sales", "support", "billing")))


def office(**hours: str) -> World:
    world = World.empty()
    for name, presence in hours.items():
        world.add_person(f"{name} Doe", tools=["comm100"], teams=["sales"], slots=1, presence=presence)
    return world


def test_a_scripted_queue_stays_and_its_waits_grow():
    world = office(Jane="online")
    world.set_queue("sales", [5, 40.5])
    assert world.waits("sales", "comm100") == world.waits("sales", "liveagent") == (40.5, 5)
    world.advance(600)
    assert world.waits("sales", "comm100") == (640.5, 605)
    world.set_queue("sales", [])
    assert world.waits("sales", "comm100") == ()


def test_a_queue_may_be_scripted_in_one_tool():
    world = office()
    world.set_queue("support", [1], tool="comm100")
    assert (world.waits("support", "comm100"), world.waits("support", "liveagent")) == ((1,), ())
    world.release_queue("support", tool="comm100")
    assert world.waits("support", "comm100") == ()


def test_releasing_a_team_releases_its_queue():
    world = office(Jane="online")
    world.set_queue("sales", [1])
    world.release_team("sales")
    assert world.queue("comm100") == ()


@pytest.mark.parametrize("waits", [[-1], [inf], [nan]])
def test_a_wait_is_a_number(waits: list[float]):
    with pytest.raises(ValueError, match="at least 0"):
        office().set_queue("sales", waits)


@pytest.mark.parametrize(("team", "tool"), [("billing", "liveagent"), ("sales", "cobrowser"), ("sales", "iadvize")])
def test_there_are_tools_that_tell_of_no_queue(team: str, tool: str):
    with pytest.raises(ValueError, match=f"{team} has no queue in {tool}"):
        office().set_queue(team, [1], tool=tool)
    assert World(1).queue("iadvize") == ()


def test_a_busy_centre_has_short_queues_that_come_and_go():
    world = World(3, 40, rate=2.0)
    lengths = set()
    for _ in range(300):
        world.advance(1)
        lengths |= {len(world.waits(team, tool)) for team, tool in PLACES}
    assert {0, 1} <= lengths <= set(range(6))
    assert 5 in lengths


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(1.0, 10.0))
def test_nobody_waits_while_somebody_of_the_team_is_free(seed: int, rate: float):
    world = World(seed, 20, rate=rate, warm_up=0)
    for _ in range(100):
        world.advance(1)
        for team, tool in PLACES:
            staff = [post for post in world.posts(tool) if team in post.person.teams]
            free = [post for post in staff if post.accepting(Channel.CHAT) and post.free(Channel.CHAT)]
            assert not (free and world.waits(team, tool))


def test_the_same_seed_queues_alike():
    first, second = World(5, 30, rate=3.0), World(5, 30, rate=3.0)
    first.advance(200)
    for _ in range(200):
        second.advance(1)
    assert first.queue("comm100") == second.queue("comm100")


def test_who_calls_a_closed_team_does_not_wait():
    world = World(2, 30, rate=5.0)
    for team in ("sales", "support", "billing"):
        world.set_team_status(team, "offline")
    world.advance(400)
    assert world.queue("comm100") == world.queue("liveagent") == ()
