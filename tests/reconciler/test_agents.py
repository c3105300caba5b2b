"""Series of single accounts: off unless wanted, told as wanted, and gone with their source."""

from builders import T0, accepting, later, reading, snapshot, state, team

from monitor.model import Account, AgentChannel, AgentReport, Channel, State
from monitor.privacy import Naming, named, pseudonymous
from monitor.reconciler.reconcile import Memory, reconcile

JANE = Account("17", username="jane", email="jane@example.com", name="Jane Doe")
OMAR = Account("18", email="omar@example.com")
WORKING = snapshot(
    accepting("17", ["x"], used=1, free=1),
    accepting("17", ["y"], used=1, free=2),
    reading("17", channel=Channel.CALL),
    reading("18"),
    accounts=[JANE, OMAR],
)


def agents(naming: Naming | None, *, seconds: float = 0.0, memory: Memory | None = None):
    report, kept = reconcile({"a": state(WORKING)}, (team(),), memory or Memory(), later(seconds), {}, agents=naming)
    return report.agents, kept


def test_nothing_is_told_unless_it_is_wanted():
    assert agents(None)[0] == ()


def test_named_accounts_go_by_their_id_and_the_name_stands_apart():
    (found,) = agents(named())[0]
    assert found.source == "a"
    assert found.agents == (
        AgentReport(
            "17",
            "Jane Doe",
            (AgentChannel(Channel.CHAT, State.PARTIAL, 1, 2), AgentChannel(Channel.CALL, State.AWAY, None, None)),
        ),
        AgentReport("18", "omar@example.com", (AgentChannel(Channel.CHAT, State.AWAY, None, None),)),
    )


def test_pseudonyms_tell_neither_name_nor_id_and_stay_under_the_same_key():
    (found,), (again,) = agents(pseudonymous("key"))[0], agents(pseudonymous("key"))[0]
    (other,) = agents(pseudonymous("another key"))[0]
    assert found == again
    assert {one.label for one in found.agents}.isdisjoint(one.label for one in other.agents)
    assert all(one.name == "" for one in found.agents)
    assert not any(word in repr(found).lower() for word in ("jane", "omar"))
    assert {one.label for one in found.agents}.isdisjoint({"17", "18"})


class Unlucky(Naming):
    """Pseudonyms that are all alike."""

    def account(self, source: str, account: Account) -> tuple[str, str]:  # noqa: ARG002
        return "agent-1", ""


def test_two_accounts_never_share_a_series():
    (found,) = agents(Unlucky(is_named=False, key=b""))[0]
    assert len({one.label for one in found.agents}) == 2


def test_an_expired_source_has_no_agents():
    assert agents(named(), seconds=61)[0] == ()


def test_what_is_the_same_is_not_told_anew():
    naming, known = named(), {"a": state(WORKING)}
    first, memory = reconcile(known, (team(),), Memory(), T0, {}, agents=naming)
    second, _ = reconcile(known, (team(),), memory, later(1), {}, agents=naming)
    assert first.agents[0] is second.agents[0]
