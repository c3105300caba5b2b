"""A running service behind TLS, passwords and a prefix; its certificate rotates, and it is attacked."""

import asyncio
import json
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import bcrypt
import pytest
from certificates import Authority
from logins import basic
from prometheus_client.parser import text_string_to_metric_families
from running import Agentmon, command, eventually, free_port, started

from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, Vendor

PASSWORD = "hunter2-märked"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode()
USERS = f"basic_auth_users: {{prometheus: {HASH}}}\n"
TLS = "tls_server_config: {cert_file: certificate.pem, key_file: key.pem}\n"
LOGIN = basic("prometheus", PASSWORD)
POLLS = "agentmon_source_polls_total"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def configuration(simulator: Simulator) -> str:
    credentials = SIMULATOR_CREDENTIALS[Vendor.COBROWSER]
    return f"""
sources:
  - {{name: cob, vendor: cobrowser, url: "{simulator.urls["cobrowser"]}", user: {credentials["user"]},
     api_key: {credentials["api_key"]}, poll: {{interval: 1s, timeout: 1s, requests_per_minute: 1000}}}}
teams:
  - {{name: all, members: [{{source: cob}}]}}
"""


class Served(Agentmon):
    """A service that is asked over TLS, with a password, or both."""

    trust: ssl.SSLContext | bool = True
    login: Mapping[str, str] = {}

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        status, text, _ = await self.ask(path, {**self.login, **headers})
        return status, text

    async def ask(self, path: str, headers: Mapping[str, str]) -> tuple[int, str, Mapping[str, str]]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.base + path, headers=headers, ssl=self.trust) as response,
        ):
            return response.status, await response.text(), response.headers

    async def status(self, path: str = "/metrics", **headers: str) -> int:
        """Without the password."""
        return (await self.ask(path, headers))[0]

    async def polls(self) -> float:
        families = text_string_to_metric_families((await self.get("/metrics"))[1])
        return next(sample.value for family in families for sample in family.samples if sample.name == POLLS)


@asynccontextmanager
async def serving(
    folder: Path,
    simulator: Simulator,
    web: str,
    *options: str,
    trust: ssl.SSLContext | bool = True,
    login: Mapping[str, str] = LOGIN,
    path: str = "",
) -> AsyncIterator[Served]:
    (folder / "monitor.yml").write_text(configuration(simulator), encoding="utf-8")
    (folder / "web.yml").write_text(web, encoding="utf-8")
    port = free_port()
    scheme = "https" if "tls_server_config" in web else "http"
    arguments = (
        *("run", f"--config.file={folder / 'monitor.yml'}", f"--web.listen-address=127.0.0.1:{port}"),
        *(f"--web.config.file={folder / 'web.yml'}", "--log.level=debug", *options),
    )

    class One(Served):
        pass

    One.trust, One.login = trust, login
    async with started(folder, f"{scheme}://127.0.0.1:{port}{path}", *arguments, kind=One) as running:
        assert isinstance(running, One)
        await eventually(running.is_ready)
        yield running
        for secret in (PASSWORD, HASH, LOGIN["Authorization"].split()[1]):
            assert secret not in running.log


def write(folder: Path, text: str) -> None:
    (folder / "web.yml").write_text(text, encoding="utf-8")


# ------------------------------------------------------------------ TLS and its rotation


async def test_versions_of_tls(tmp_path: Path, still_world: Simulator, authority: Authority) -> None:
    authority.issue("server").put(tmp_path)
    trust = authority.trusting()
    web = TLS.replace("}", ", min_version: TLS13}")
    async with serving(tmp_path, still_world, web, trust=trust) as running:
        old = authority.trusting()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        running.__class__.trust = old
        with pytest.raises(aiohttp.ClientConnectorError):
            await running.status()
        running.__class__.trust = trust
        write(tmp_path, TLS)
        running.process.send_signal(signal.SIGHUP)
        await eventually(lambda: "web_config_reloaded" in running.log)
        running.__class__.trust = old
        assert await running.status() == 200


async def test_a_certificate_rotates_without_a_restart_and_without_a_refused_connection(
    tmp_path: Path, still_world: Simulator, authority: Authority
) -> None:
    authority.issue("server").put(tmp_path)
    other = Authority(tmp_path, "other")
    both = authority.trusting()
    both.load_verify_locations(other.certificate)
    async with serving(tmp_path, still_world, TLS, trust=both) as running:
        over = asyncio.Event()

        async def scrape() -> list[int]:
            found = []
            while not over.is_set():
                found.append(await running.status("/-/healthy"))
                await asyncio.sleep(0.01)
            return found

        async with asyncio.TaskGroup() as tasks:
            scraping = tasks.create_task(scrape())
            other.issue("renewed").put(tmp_path)  # nobody is told: the files are watched

            async def is_renewed() -> bool:
                return await issuer(running) == "other"

            await eventually(is_renewed)
            over.set()
        assert len(scraping.result()) > 10
        assert set(scraping.result()) == {200}


async def issuer(running: Served) -> str:
    """Who signed what the service shows now."""
    assert isinstance(running.trust, ssl.SSLContext)
    host, _, port = running.base.removeprefix("https://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port), ssl=running.trust)
    names = dict(pair for part in writer.get_extra_info("peercert")["issuer"] for pair in part)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return str(names["commonName"])


async def test_clients_show_a_certificate(tmp_path: Path, still_world: Simulator, authority: Authority) -> None:
    authority.issue("server").put(tmp_path)
    (tmp_path / "clients.pem").write_bytes(authority.certificate.read_bytes())
    stranger = Authority(tmp_path, "stranger").issue("prometheus")
    trust = authority.trusting(authority.issue("prometheus", "DNS:prometheus.example"))
    web = TLS.replace(
        "}",
        ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: clients.pem,"
        " client_allowed_sans: [prometheus.example]}",
    )
    async with serving(tmp_path, still_world, web, trust=trust) as running:
        others = (None, stranger, authority.issue("grafana", "DNS:grafana.example"))
        for own in others:
            running.__class__.trust = authority.trusting(own)
            with pytest.raises((aiohttp.ClientError, ConnectionError)):
                await running.status("/-/healthy")
        running.__class__.trust = trust
        assert await running.status("/-/healthy") == 200


# ------------------------------------------------------------------ passwords, and a file that changes


async def test_passwords_are_asked_and_may_change_without_a_restart(tmp_path: Path, still_world: Simulator) -> None:
    async with serving(tmp_path, still_world, USERS) as running:
        assert await running.status() == 401
        assert await running.status(**basic("prometheus", "wrong")) == 401
        assert (await running.get("/metrics"))[0] == 200
        other = bcrypt.hashpw(b"other", bcrypt.gensalt(10)).decode()
        write(tmp_path, f"basic_auth_users: {{prometheus: {other}}}\nopen_health: true\n")

        async def has_changed() -> bool:
            return await running.status("/-/healthy") == 200

        await eventually(has_changed)
        assert (await running.get("/metrics"))[0] == 401
        assert await running.status(**basic("prometheus", "other")) == 200


@pytest.mark.parametrize(
    "web", [f"basic_auth_users: {{prometheus: {PASSWORD}}}\n", "", "tls_server_config: {cert_file: a}\n"]
)
async def test_a_bad_file_changes_nothing_and_says_why_once(tmp_path: Path, still_world: Simulator, web: str) -> None:
    async with serving(tmp_path, still_world, USERS) as running:
        write(tmp_path, web)
        await eventually(lambda: "web_config_failed" in running.log)
        for _ in range(2):
            before = running.log.count("web_config_failed")
            running.process.send_signal(signal.SIGHUP)
            await eventually(lambda before=before: running.log.count("web_config_failed") > before)
        assert await running.status() == 401
        status, page = await running.get("/")
        assert (status, "the new web configuration was refused for " in page) == (200, True)
        assert "web.yml:1:" in running.log
        assert await running.value("agentmon_config_last_reload_successful") == 0
        assert PASSWORD not in page
        problems = [line for line in running.log.splitlines() if "config_problem" in line]
        assert len(problems) == len(set(problems)) in {1, 2}
        write(tmp_path, USERS + "open_health: true\n")

        async def is_mended() -> bool:
            return await running.status("/-/healthy") == 200

        await eventually(is_mended)
        await eventually(lambda: running.is_value(1, "agentmon_config_last_reload_successful"))
        assert "the new web configuration" not in (await running.get("/"))[1]


async def test_a_file_that_was_missing_mends_what_named_it(
    tmp_path: Path, still_world: Simulator, authority: Authority
) -> None:
    """The web file is not touched again: what it named at the failed attempt is watched too."""
    async with serving(tmp_path, still_world, "{}\n", login={}) as running:
        write(tmp_path, TLS)
        await eventually(lambda: "web_config_failed" in running.log)
        authority.issue("server").put(tmp_path)
        await eventually(lambda: "web_config_reloaded" in running.log)
        running.base = running.base.replace("http:", "https:")
        running.__class__.trust = authority.trusting()
        assert await running.status() == 200


@pytest.mark.parametrize("start", ["run", "check"])
async def test_a_bad_file_is_told_at_once_with_the_other_one(tmp_path: Path, start: str) -> None:
    (tmp_path / "monitor.yml").write_text("nonsense: 1\n", encoding="utf-8")
    write(tmp_path, f"basic_auth_users: {{prometheus: {PASSWORD}}}\nnonsense: 1\n")
    file = tmp_path / "monitor.yml"
    named = f"--config.file={file}" if start == "run" else str(file)
    code, _, err = await command(start, named, f"--web.config.file={tmp_path / 'web.yml'}")
    assert code == 1
    assert f"{tmp_path / 'web.yml'}:1:32: basic_auth_users.prometheus: not a bcrypt hash" in err
    assert "web.yml:2:1: nonsense: unknown key" in err
    assert "monitor.yml:1:1: nonsense: unknown key" in err
    assert PASSWORD not in err
    assert "Traceback" not in err


async def test_check_of_good_files(tmp_path: Path, still_world: Simulator, authority: Authority) -> None:
    authority.issue("server").put(tmp_path)
    (tmp_path / "monitor.yml").write_text(configuration(still_world), encoding="utf-8")
    write(tmp_path, TLS + USERS)
    web = tmp_path / "web.yml"
    code, out, err = await command("check", str(tmp_path / "monitor.yml"), f"--web.config.file={web}")
    assert code == 0
    assert f"{web}: fine (0 warnings)\n" in out
    assert HASH not in out + err


# ------------------------------------------------------------------ addresses


async def test_several_addresses_and_the_path_of_an_external_url(tmp_path: Path, still_world: Simulator) -> None:
    other = free_port()
    options = (f"--web.listen-address=127.0.0.2:{other}", "--web.external-url=https://ops.example/mon")
    async with serving(tmp_path, still_world, USERS, *options, path="/mon") as running:
        assert (await running.get("/metrics"))[0] == 200
        running.base = f"http://127.0.0.2:{other}"
        assert (await running.get("/mon/metrics"))[0] == 200
        assert (await running.get("/metrics"))[0] == 404
        document = json.loads((await running.get("/mon/api/v1/openapi.json"))[1])
        assert document["servers"][0]["url"] == "https://ops.example/mon"


async def test_a_list_of_addresses_in_the_configuration(tmp_path: Path, still_world: Simulator) -> None:
    ports = (free_port(), free_port())
    addresses = json.dumps([f"127.0.0.1:{port}" for port in ports])
    file = tmp_path / "monitor.yml"
    file.write_text(f"{configuration(still_world)}web: {{listen: {addresses}}}\n", encoding="utf-8")
    async with started(tmp_path, f"http://127.0.0.1:{ports[0]}", "run", f"--config.file={file}") as running:
        running.base = f"http://127.0.0.1:{ports[1]}"
        assert await running.answers()


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ("--web.external-url=ops.example/mon", "--web.external-url"),
        ("--web.external-url=https://me:hunter2@ops.example", "--web.external-url"),
        ("--web.external-url=https://ops.example/a b", "--web.external-url"),
        ("--web.route-prefix=/a/../b", "--web.route-prefix"),
        ("--web.listen-address=127.0.0.1:1", "--web.listen-address"),
    ],
)
async def test_wrong_usage(tmp_path: Path, still_world: Simulator, option: str, named: str) -> None:
    file = tmp_path / "monitor.yml"
    file.write_text(configuration(still_world), encoding="utf-8")
    code, _, err = await command("run", f"--config.file={file}", "--web.listen-address=nowhere", option)
    assert code == 2
    assert named in err
    assert "hunter2" not in err


# ------------------------------------------------------------------ agentmon as a client of itself


async def test_explain_and_top_know_prefix_password_and_a_private_authority(
    tmp_path: Path, still_world: Simulator, authority: Authority
) -> None:
    authority.issue("server").put(tmp_path)
    async with serving(
        tmp_path, still_world, TLS + USERS, "--web.route-prefix=/mon", path="/mon", trust=authority.trusting()
    ) as running:
        trusting = {"SSL_CERT_FILE": str(authority.certificate)}
        known = {**trusting, "AGENTMON_USER": "prometheus", "AGENTMON_PASSWORD": PASSWORD}
        code, out, err = await command("explain", running.base, "all", env=known)
        assert (code, err) == (0, "")
        assert out.startswith("all on chat: ")
        code, out, err = await command("top", running.base, "--once", env=known)
        assert (code, err) == (0, "")
        assert "all" in out
        within = running.base.replace("https://", "https://prometheus:hunter2-m%C3%A4rked@")
        code, out, err = await command("explain", f"{within}/", "all", env={**known, "AGENTMON_PASSWORD": "wrong"})
        assert (code, err) == (0, "")
        for env in (trusting, {**known, "AGENTMON_PASSWORD": "wrong"}):
            code, out, err = await command("explain", running.base, "all", env=env)
            assert (code, out) == (1, "")
            assert err == f"agentmon: {running.base} wants a user and a password, or others than these (401)\n"
        code, _, err = await command("explain", within, "none", env=trusting)
        assert code == 1
        assert err.startswith(f"agentmon: {running.base} has no team 'none'")
        code, _, err = await command("explain", within, "all")
        assert code == 1
        assert err.startswith(f"agentmon: the certificate of {running.base} is not accepted (")


# ------------------------------------------------------------------ attacks


async def test_under_every_attack_at_once_it_polls_on_and_answers(
    tmp_path: Path, still_world: Simulator, authority: Authority
) -> None:
    """More connections than there may be, in every bad way; scrapes and polls go on as if nothing were."""
    authority.issue("server").put(tmp_path)
    trust = authority.trusting()
    async with serving(tmp_path, still_world, TLS + USERS, trust=trust) as running:
        host, _, port = running.base.removeprefix("https://").partition(":")
        before = await running.polls()
        plain = [socket.create_connection((host, int(port))) for _ in range(300)]
        for number, one in enumerate(plain):
            if number % 3:
                one.sendall(b"\x16\x03\x01" if number % 2 else b"GET / HTTP/1.1\r\n")
        async with asyncio.TaskGroup() as tasks:
            attacks = [tasks.create_task(attack) for attack in attacks_on(host, int(port), trust)]
            scrapes = [await running.status(**LOGIN) for _ in range(20)]
            walls = [(await running.get("/api/v1/state"))[0] for _ in range(5)]
        assert scrapes == [200] * 20
        assert walls == [200] * 5
        assert sum(task.result() for task in attacks) > 50, "they did attack"
        for one in plain:
            one.close()

        async def polls_on() -> bool:
            return await running.polls() >= before + 2

        await eventually(polls_on)
        assert await running.value("agentmon_source_up", source="cob") == 1
        assert "request_failed" not in running.log
        assert "page_failed" not in running.log
        assert "Traceback" not in running.log


def attacks_on(host: str, port: int, trust: ssl.SSLContext) -> list[object]:
    """Each counts what it has done."""

    async def send(data: bytes) -> int:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection(host, port, ssl=trust)
                try:
                    writer.write(data)
                    await reader.read(100)
                finally:
                    writer.close()
        return 1

    async def guess() -> int:
        done = 0
        async with aiohttp.ClientSession() as session:
            for number in range(30):
                headers = basic("prometheus", f"guess {number}")
                async with session.get(f"https://{host}:{port}/metrics", headers=headers, ssl=trust) as response:
                    assert response.status in {401, 429, 503}
                    done += 1
        return done

    login = LOGIN["Authorization"].encode()
    huge = b"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: " + login + b"\r\nX-A: " + b"a" * 1_000_000
    body = b"POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n" + b"x" * 1_000_000
    path = b"GET /static/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: x\r\n\r\n"
    return [
        *(send(huge) for _ in range(10)),
        *(send(body) for _ in range(10)),
        *(send(path) for _ in range(10)),
        *(send(bytes(range(256))) for _ in range(10)),
        *(guess() for _ in range(2)),
    ]
