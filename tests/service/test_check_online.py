"""`agentmon check --online` against the simulated vendors."""

from pathlib import Path

from running import command

from monitor.cli.demo import demo_configuration
from monitor.simulator import Fault, FaultKind, Person, Simulator, Vendor


def write(folder: Path, simulator: Simulator, **changes: str) -> str:
    text = demo_configuration(simulator, "127.0.0.1:0")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "demo.yml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def joined_accounts(person: Person) -> list[str]:
    """Whoever works in CoBrowser is joined by hand, the others by what the rosters tell of active accounts."""
    by_hand = any(account.vendor is Vendor.COBROWSER for account in person.accounts)
    return [account.username for account in person.accounts if account.active or by_hand]


async def test_it_tells_who_is_matched_and_who_is_not(tmp_path: Path, still_world: Simulator) -> None:
    code, out, _ = await command("check", "--online", write(tmp_path, still_world))
    assert code == 0
    lines = out.splitlines()
    billing = sum(post.account.username.startswith("billing-") for post in still_world.world.posts("cobrowser"))
    (cobrowser,) = [line for line in lines if line.startswith("cobrowser (")]
    assert f"{billing} in no team (billing-" in cobrowser
    assert "warning: no account of cobrowser tells its email, so that joins nobody of it" in lines
    of_several = [person for person in still_world.world.people if len(joined_accounts(person)) > 1]
    assert f"people with accounts in several sources: {len(of_several)}" in lines
    assert any(line.startswith("member 4 of team sales (source cobrowser): ") for line in lines)


async def test_what_matches_nobody_and_who_is_missing_are_warnings(tmp_path: Path, still_world: Simulator) -> None:
    file = write(tmp_path, still_world, **{'"sales-*"': '"salse-*"', '"cobrowser/': '"cobrowser/9999'})
    code, out, _ = await command("check", "--online", file)
    assert code == 0
    assert "warning: member 4 of team sales (source cobrowser) matches nobody" in out
    assert "warning: people.list names the account cobrowser/9999" in out


async def test_a_source_that_cannot_be_read_is_an_error_and_its_members_are_unknown(
    tmp_path: Path, still_world: Simulator
) -> None:
    still_world.fault("cobrowser", Fault(kind=FaultKind.AUTH))
    code, out, _ = await command("check", "--online", write(tmp_path, still_world))
    assert code == 1
    assert "error: cobrowser: " in out
    assert "cobrowser (cobrowser): nothing is known of its accounts" in out
    assert "member 4 of team sales (source cobrowser): unknown, its source could not be read" in out
    assert "cobrowser) matches nobody" not in out
