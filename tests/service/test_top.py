"""`agentmon top` as a command, beside a real agentmon on simulated vendors."""

import re
from pathlib import Path

import pytest
from realparts import self_signed
from running import agentmon, command, eventually, free_port
from strangers import answering
from top.tmux import TOP, terminal

from monitor.cli.demo import demo_configuration
from monitor.simulator import Fault, FaultKind, Simulator


async def test_it_follows_a_simulated_vendor(tmp_path: Path, still_world: Simulator) -> None:
    async with (
        agentmon(tmp_path, demo_configuration(still_world, "127.0.0.1:0")) as running,
        terminal(tmp_path, 160, 40) as tmux,
    ):
        await eventually(running.is_ready)
        code, out, err = await command("top", running.base, "--team", "billing", "--team", "support")
        assert (code, err) == (0, "")
        assert out.startswith(f"agentmon   {running.base}   as of ")
        assert set(re.findall(r"billing|sales|support|phone", out)) == {"billing", "support"}
        assert "\x1b" not in out
        _, chats, _ = await command("top", running.base, "--channel", "ticket", env={"PYTHONIOENCODING": "ascii"})
        assert len(re.findall("support", chats)) == 1
        assert "? 1 ok" in chats  # a sign that the encoding does not have

        await tmux.run(f"{TOP} {running.base}")
        await tmux.until("billing", "live")
        still_world.fault("iadvize", Fault(kind=FaultKind.AUTH))
        await tmux.until("Sources in trouble", "iadvize last poll failed · auth")
        await tmux.until("unknown/1", "iadvize expired · auth", "no data")
        await running.stop()
        await tmux.until("No connection since", "was unknown")
        await tmux.type("q")
        assert await tmux.ended() == 0


async def test_what_does_not_exist_is_told_in_one_line(tmp_path: Path, still_world: Simulator) -> None:
    async with agentmon(tmp_path, demo_configuration(still_world, "127.0.0.1:0")) as running:
        code, out, err = await command("top", running.base, "--team", "slaes")
        assert (code, out) == (1, "")
        assert err.startswith(
            f"agentmon: {running.base} has no team 'slaes'; there are: sales, support, billing, phone"
        )
        assert err.count("\n") == 1
        assert await command("top", running.base, "--channel", "video") == (
            1,
            "",
            f"agentmon: {running.base}: No team has a channel “video”.\n",
        )


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (200, "is not an agentmon: its answer is text/plain, not text/event-stream"),
        (401, "wants a user and a password, or others than these (401)"),
        (404, "has no /api/v1/stream: it is no agentmon, or an older one"),
    ],
)
async def test_what_is_no_agentmon_is_told_in_one_line(status: int, sentence: str) -> None:
    async with answering(status, "") as base:
        assert await command("top", base) == (1, "", f"agentmon: {base} {sentence}\n")


async def test_nobody_listens_there_and_no_password_is_shown() -> None:
    port = free_port()
    assert await command("top", f"http://me:hunter2@127.0.0.1:{port}/?a=hunter2") == (
        1,
        "",
        f"agentmon: cannot reach http://127.0.0.1:{port} (Connection refused); is agentmon running there?\n",
    )


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    async with answering(200, "", self_signed(tmp_path)) as base:
        code, out, err = await command("top", base)
    assert (code, out) == (1, "")
    assert err.startswith(f"agentmon: the certificate of {base} is not accepted (")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [("http://",), ("localhost:9877",), ("ftp://x",), ("--channel", "fax")])
async def test_an_address_or_a_channel_that_is_none_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    code, out, _ = await command("top", *arguments)
    assert (code, out) == (2, "")
