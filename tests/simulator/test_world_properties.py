from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.simulator import Post, World

VENDORS = ("cobrowser", "iadvize", "liveagent", "comm100")
SPANS = st.lists(st.floats(min_value=0.0, max_value=20.0), max_size=6)

few = settings(max_examples=25, deadline=None)


def everything(world: World) -> list[Post]:
    return [post for vendor in VENDORS for post in world.posts(vendor)]


def check_slots(post: Post) -> None:
    for channel in post.account.slots:
        used, closed, free = post.used(channel), post.closed(channel), post.free(channel)
        assert min(used, closed, free) >= 0
        assert used + closed + free == post.slots(channel)


@few
@given(st.integers(0, 1000), st.integers(1, 25), SPANS, st.floats(0.0, 20.0))
def test_no_account_holds_more_than_it_may(seed: int, agents: int, spans: list[float], rate: float):
    world = World(seed, agents, rate=rate, warm_up=60)
    for span in spans:
        world.advance(span)
        for post in everything(world):
            check_slots(post)


@few
@given(st.integers(0, 1000), SPANS)
def test_who_signed_out_of_their_own_accord_left_nothing_behind(seed: int, spans: list[float]):
    world = World(seed, 15, warm_up=100)
    for span in spans:
        world.advance(span)
        assert not [p for p in everything(world) if not p.connected and any(map(p.used, p.account.slots))]


@few
@given(st.integers(0, 1000), SPANS)
def test_it_does_not_matter_how_time_is_divided(seed: int, spans: list[float]):
    steps = [round(span * 4) / 4 for span in spans]
    divided, whole = World(seed, 10, warm_up=20), World(seed, 10, warm_up=20)
    for step in steps:
        divided.advance(step)
    whole.advance(sum(steps))
    assert everything(divided) == everything(whole)


@few
@given(st.integers(0, 1000), st.integers(1, 60))
def test_people_have_one_to_three_accounts_and_addresses_of_their_own(seed: int, agents: int):
    people = World(seed, agents, warm_up=0).people
    assert len({person.email for person in people}) == len({person.key for person in people}) == agents
    assert all(1 <= len(person.accounts) <= 3 for person in people)
    assert all(1 <= len(person.teams) == len(set(person.teams)) <= 2 for person in people)


@few
@given(st.integers(0, 1000), SPANS)
@example(0, [1.9999999999999964, 1.9999999999999964])
def test_nobody_was_active_in_the_future(seed: int, spans: list[float]):
    world = World(seed, 15, warm_up=50)
    for span in spans:
        world.advance(span)
    assert all(post.seat.last_active <= post.at for post in everything(world))
