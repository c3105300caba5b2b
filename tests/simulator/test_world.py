import pytest

from monitor.simulator import Channel, Post, World

CHAT = Channel.CHAT
VENDORS = ("cobrowser", "iadvize", "liveagent", "comm100")


def everything(world: World) -> list[Post]:
    return [post for vendor in VENDORS for post in world.posts(vendor)]


def state(post: Post) -> str:
    if not post.connected:
        return "offline"
    if post.account.vendor == "comm100" and post.seat.reason == "Fire drill":
        return "unknown"
    used = post.used(CHAT)
    if not post.accepting(CHAT):
        return "finishing" if used else "away"
    if post.account.vendor == "liveagent" or not post.account.auto_accept:
        return "unmetered" if used else "idle"
    if post.free(CHAT) == 0:
        return "full"
    return "partial" if used else "idle"


def test_the_same_seed_lives_the_same_life():
    first, second = World(7, 20), World(7, 20)
    first.advance(90)
    second.advance(90)
    assert everything(first) == everything(second)


def test_another_seed_lives_another_life():
    assert everything(World(7, 20)) != everything(World(8, 20))


@pytest.mark.parametrize("seed", range(8))
def test_a_demo_shows_every_state_within_a_minute(seed: int):
    world = World(seed)
    seen = set()
    for _ in range(60):
        world.advance(1)
        seen |= {state(post) for post in everything(world)}
    assert seen == {"idle", "partial", "full", "unmetered", "finishing", "away", "offline", "unknown"}


@pytest.mark.parametrize("hours", range(0, 24, 6))
def test_the_centre_is_lively_at_any_time_of_the_day(hours: int):
    world = World(3, start=hours * 3600.0)
    world.advance(600)
    for vendor in VENDORS:
        on = sum(post.connected for post in world.posts(vendor))
        assert 0.3 * len(world.posts(vendor)) < on < len(world.posts(vendor))


def test_names_and_ids_do_not_depend_on_the_seed():
    for seed in range(5):
        usernames = {post.account.username for post in World(seed).posts("cobrowser")}
        assert {"sales-jane", "support-omar"} <= usernames


def test_an_empty_world_stays_as_it_was_scripted():
    world = World.empty()
    jane = world.add_person("Jane Doe", tools=["iadvize"], slots=3, presence="online")
    world.set_load(jane, "iadvize", 2)
    before = world.post(jane, "iadvize").seat
    world.advance(10_000)
    assert world.post(jane, "iadvize").seat == before


def test_everyone_of_a_team_goes_on_break_and_comes_back():
    world = World(5)
    world.set_team_status("sales", "away", reason="Lunch")
    world.advance(300)
    posts = [post for post in everything(world) if "sales" in post.person.teams]
    assert posts
    assert {post.seat.presence for post in posts} == {"away"}
    world.release_team("sales")
    world.advance(300)
    assert {post.seat.presence for post in everything(world) if "sales" in post.person.teams} > {"away"}


def test_a_script_may_load_beyond_the_capacity():
    world = World.empty()
    jane = world.add_person("Jane Doe", tools=["comm100"], slots=3, presence="online")
    world.set_load(jane, "comm100", 5)
    assert (world.post(jane, "comm100").used(CHAT), world.post(jane, "comm100").free(CHAT)) == (5, 0)


def test_closed_conversations_occupy_slots_without_being_used():
    world = World.empty()
    jane = world.add_person("Jane Doe", tools=["cobrowser"], slots=3, presence="online")
    world.set_load(jane, "cobrowser", 1, closed=1)
    post = world.post(jane, "cobrowser")
    assert (post.used(CHAT), post.closed(CHAT), post.free(CHAT)) == (1, 1, 1)


def test_capacities_and_idle_times_can_be_scripted():
    world = World.empty()
    jane = world.add_person("Jane Doe", tools=["cobrowser"], slots=3, presence="online")
    world.set_slots(jane, "cobrowser", 0)
    world.set_idle(jane, "cobrowser", 1800)
    post = world.post(jane, "cobrowser")
    assert post.slots(CHAT) == 0
    assert post.at - post.seat.last_active == 1800
    assert post.connected


def test_people_leave_for_good():
    world = World(1)
    someone = world.people[0]
    world.remove_person(someone)
    world.advance(100)
    assert someone.key not in {person.key for person in world.people}
    with pytest.raises(KeyError):
        world.person(someone)


@pytest.mark.parametrize("seconds", [-1.0, float("inf"), float("nan")])
def test_time_runs_forwards(seconds: float):
    with pytest.raises(ValueError, match="cannot advance"):
        World.empty().advance(seconds)


def test_a_name_is_hired_once():
    world = World.empty()
    world.add_person("Jane Doe", tools=["cobrowser"])
    with pytest.raises(ValueError, match="hired already"):
        world.add_person("Jane Doe", tools=["iadvize"])
