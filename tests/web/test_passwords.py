"""Passwords: what is asked of bcrypt, what is remembered, and how guessing is slowed. Counted, never timed."""

import asyncio
import threading
from collections.abc import Callable

import bcrypt
import pytest

from monitor.web.addresses import Remembered, network_of
from monitor.web.passwords import AT_ONCE, BUSY, MOST_FAILURES, MOST_WAITING, RIGHT, WRONG, Passwords, Verdict, decoy

HERE, THERE = "192.0.2.1", "192.0.2.2"
HASH = b"$2b$05$" + b"a" * 53
OTHER = b"$2b$07$" + b"b" * 53
RIGHT_ONE = "a"


class Stage:
    """Passwords whose checks are made by hand: right is what is the hash's first letter behind its salt."""

    def __init__(self) -> None:
        self.users = {"alice": HASH, "bob": OTHER}
        self.time = 1000.0
        self.asked: list[bytes] = []
        self.at_once = 0
        self.most_at_once = 0
        self.gate = threading.Event()
        self.gate.set()
        self.passwords = Passwords(lambda: self.users, now=lambda: self.time, check=self.check)

    def check(self, password: bytes, hashed: bytes) -> bool:
        self.asked.append(hashed)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        self.gate.wait(20)
        self.at_once -= 1
        return password == hashed[7:8]

    async def verdict(self, user: str = "alice", password: str = RIGHT_ONE, address: str = HERE) -> Verdict:
        return (await self.passwords.judge(user, password, address)).verdict


@pytest.fixture
def on() -> Stage:
    return Stage()


async def test_a_good_password_is_asked_of_bcrypt_once(on: Stage):
    assert [await on.verdict() for _ in range(50)] == [Verdict.RIGHT] * 50
    assert on.asked == [HASH]


async def test_another_hash_is_asked_anew_and_an_old_password_is_worth_nothing(on: Stage):
    await on.verdict()
    on.users = {"alice": OTHER}
    assert await on.verdict() is Verdict.WRONG
    assert await on.verdict(password="b") is Verdict.RIGHT
    on.users = {"bob": OTHER}
    assert await on.verdict(password="b") is Verdict.WRONG


async def test_one_users_password_is_not_anothers(on: Stage):
    await on.verdict()
    assert await on.verdict("bob", "a") is Verdict.WRONG
    assert await on.verdict("alic", "ea") is Verdict.WRONG


async def test_an_unknown_user_makes_the_same_work_and_never_gets_in(on: Stage):
    assert await on.verdict("nobody", ".") is Verdict.WRONG  # which even is the decoy's
    assert await on.verdict("nobody", ".") is Verdict.WRONG
    assert on.asked == [decoy(on.users)] * 2
    assert on.asked[0][4:6] == b"07", "as dear as the dearest"


def test_bcrypt_itself_takes_the_decoy():
    assert bcrypt.checkpw(b"x", decoy({"alice": HASH.replace(b"$05$", b"$04$")})) is False


@pytest.mark.parametrize("password", ["x" * 72, "x" * 200, "pässwörd ☕", "with\0zero", ":"])
async def test_passwords_as_bcrypt_itself_sees_them(password: str):
    """Tools cut at 72 bytes when they make a hash."""
    hashed = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4))
    passwords = Passwords(lambda: {"alice": hashed})
    assert await passwords.judge("alice", password, HERE) == RIGHT
    assert await passwords.judge("alice", f"{password[:-1]}?"[-72:] + "!", HERE) == WRONG


async def test_many_connections_of_one_client_make_one_attempt(on: Stage):
    on.gate.clear()
    asked = [asyncio.create_task(on.verdict()) for _ in range(200)]
    await asyncio.sleep(0)
    on.gate.set()
    assert set(await asyncio.gather(*asked)) == {Verdict.RIGHT}
    assert on.asked == [HASH]


async def guess(on: Stage, times: int, address: str = HERE) -> list[Verdict]:
    return [await on.verdict(password=f"guess {number}", address=address) for number in range(times)]


async def test_guessing_is_slowed_after_ten_failures_in_a_minute(on: Stage):
    assert await guess(on, MOST_FAILURES + 5) == [Verdict.WRONG] * MOST_FAILURES + [Verdict.SLOWED] * 5
    assert len(on.asked) == MOST_FAILURES
    on.time += 59.0
    judged = await on.passwords.judge("alice", "a", HERE)
    assert (judged.verdict, judged.retry_after) == (Verdict.SLOWED, 1), "not even the right one is asked"
    on.time += 1.0
    assert await on.verdict() is Verdict.RIGHT


async def test_failures_slide_out_one_by_one(on: Stage):
    for _ in range(MOST_FAILURES):
        await guess(on, 1)
        on.time += 5.0
    assert await guess(on, 1) == [Verdict.SLOWED]
    on.time += 10.0
    assert await guess(on, 3) == [Verdict.WRONG, Verdict.SLOWED, Verdict.SLOWED]


async def test_who_is_known_is_never_slowed_by_who_guesses(on: Stage):
    await on.verdict()
    await guess(on, MOST_FAILURES + 1)
    assert await on.verdict() is Verdict.RIGHT
    assert await on.verdict(address=THERE) is Verdict.RIGHT


async def test_failures_are_counted_by_address(on: Stage):
    await guess(on, MOST_FAILURES)
    assert await guess(on, 1) == [Verdict.SLOWED]
    assert await guess(on, 1, THERE) == [Verdict.WRONG]


async def test_a_good_password_is_no_failure(on: Stage):
    for number in range(MOST_FAILURES * 2):
        on.users[f"user {number}"] = HASH
        assert await on.verdict(f"user {number}") is Verdict.RIGHT


async def test_many_guesses_at_once_are_counted_before_they_fail(on: Stage):
    on.gate.clear()
    guesses = [asyncio.create_task(guess(on, 1)) for _ in range(MOST_FAILURES)]
    others = [asyncio.create_task(on.verdict(password=f"{number}")) for number in range(MOST_FAILURES + 3)]
    await asyncio.sleep(0)
    on.gate.set()
    found = [verdict for found in await asyncio.gather(*guesses) for verdict in found]
    found += await asyncio.gather(*others)
    assert len(on.asked) == MOST_FAILURES
    assert found.count(Verdict.SLOWED) == 4  # ten guesses were the same, and so one attempt


async def test_few_hashes_are_computed_at_once_and_few_wait(on: Stage):
    await on.verdict()
    on.gate.clear()
    crowd = [
        asyncio.create_task(on.passwords.judge("alice", f"guess {number}", f"192.0.2.{number}"))
        for number in range(MOST_WAITING + 4)
    ]
    await asyncio.sleep(0)
    assert await on.verdict() is Verdict.RIGHT, "who is known does not wait"
    on.gate.set()
    found = await asyncio.gather(*crowd)
    assert found == [WRONG] * MOST_WAITING + [BUSY] * 4
    assert on.most_at_once <= AT_ONCE


async def test_an_end_leaves_no_attempt_behind(on: Stage):
    on.gate.clear()
    waiting = asyncio.create_task(on.verdict())
    await asyncio.sleep(0)
    on.gate.set()
    await on.passwords.close()
    await asyncio.gather(waiting, return_exceptions=True)
    assert [task for task in asyncio.all_tasks() if task.get_name() == "password"] == []


def test_nothing_shows_a_password(on: Stage):
    assert "alice" not in repr(on.passwords)
    assert str(HASH) not in repr(vars(on.passwords))


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("no address", "unknown"),
    ],
)
def test_whom_limits_are_counted_for(remote: str | None, network: str):
    assert network_of(remote) == network


def test_few_addresses_are_remembered():
    make: Callable[[], list[int]] = list
    remembered = Remembered(make, most=3)
    for address in ("a", "b", "c", "a", "d"):
        remembered.of(address).append(1)
    assert len(remembered) == 3
    assert remembered.of("a") == [1, 1]
    assert remembered.of("b") == []
