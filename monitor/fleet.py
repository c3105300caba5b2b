"""The pollers of the configured sources on one schedule: started, hinted at, and replaced by a reload."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

import structlog

from monitor.config import SourceConfig
from monitor.errors import SecretError
from monitor.fields import Secret
from monitor.model import PollOutcome
from monitor.pollers.poller import Poller
from monitor.pollers.schedule import Schedule, Work
from monitor.pollers.transport import Exchange, SourceHttp, Transport
from monitor.web.views import Pace

log = structlog.get_logger(__name__)

WAY = ("poll", "hook", "ca_file", "proxy")
"""Options of a source that say how it is asked, not who."""


def poller_of(
    source: SourceConfig,
    transport: Transport,
    emit: Callable[[PollOutcome], None],
    schedule: Schedule,
    exchange: Exchange | None = None,
) -> Poller:
    """A poller for a configured source, with its own budget on the shared transport; over HTTP if not told how."""
    poll = source.spec.poll
    http = SourceHttp(
        transport,
        timeout=poll.timeout,
        requests_per_minute=poll.requests_per_minute,
        secrets=lambda: revealed(secret for _, secret in source.options.secrets()),
        exchange=exchange,
        network=source.options.network(),
    )
    if live_calls := source.vendor.count(source.options, source.demand).live:
        http.budget.expect(live_calls, poll.interval)
    adapter = source.vendor.build(source.options, source.demand)
    return Poller(source.spec, adapter, http, transport.clock, emit, partial(schedule.spawn, source.spec.name))


def revealed(secrets: Iterable[Secret]) -> Iterator[str]:
    """The values, as they stand now, of what must not be shown; one that cannot be read has none."""
    for secret in secrets:
        with suppress(SecretError):
            value = secret.reveal()
            if secret.must_hide(value):
                yield value


def is_same_account(one: SourceConfig, other: SourceConfig) -> bool:
    """Whether both poll the same account of the same vendor, so that what is known of one is true of the other."""

    def account(source: SourceConfig) -> object:
        fields = type(source.options).model_fields
        return source.vendor.name, source.options.model_copy(
            update={name: fields[name].get_default() for name in WAY if name in fields}
        )

    return account(one) == account(other)


class Fleet:
    """Hands every outcome of a source that is polled now to `emit`; nothing of one that a reload took away."""

    def __init__(
        self, sources: Sequence[SourceConfig], transport: Transport, emit: Callable[[PollOutcome], None]
    ) -> None:
        self.schedule = Schedule()
        self._transport = transport
        self._emit = emit
        self._sources = {source.spec.name: source for source in sources}
        self._pollers = {source.spec.name: self._hire(source) for source in sources}
        self._secrets_tried: dict[str, tuple[str, ...]] = {}
        self._is_started = False

    def _hire(self, source: SourceConfig) -> Poller:
        def emit(outcome: PollOutcome) -> None:
            if self._pollers.get(outcome.source) is poller:
                self._emit(outcome)

        poller = poller_of(source, self._transport, emit, self.schedule)
        return poller

    @property
    def requests(self) -> Mapping[str, int]:
        """Requests made so far, by source."""
        return {name: poller.requests for name, poller in self._pollers.items()}

    @property
    def paces(self) -> Mapping[str, Pace]:
        """How each source is polled at this moment. For the event loop alone."""
        return {
            name: Pace(self.schedule.next_run_at(name), poller.requests_of_minute)
            for name, poller in self._pollers.items()
        }

    def start(self) -> None:
        """Begin to poll; the first polls are spread."""
        self._plan(list(self._pollers))
        self.schedule.start()
        self._is_started = True

    def _plan(self, names: Sequence[str]) -> None:
        for position, name in enumerate(names):
            poller = self._pollers[name]
            self.schedule.every(poller.interval, name, self._work(poller), phase=position / len(names))

    def replace(self, sources: Sequence[SourceConfig]) -> None:
        """Poll these sources from now on.

        A source that is as it was keeps its poller and its pace; if it fails, it is tried at once. A changed one is
        polled anew at once, within the budget of the one before, whose requests still count.
        """
        wanted = {source.spec.name: source for source in sources}
        hired = {name: self._hire(source) for name, source in wanted.items() if source != self._sources.get(name)}
        for name, poller in hired.items():
            if name in self._pollers and wanted[name].vendor is self._sources[name].vendor:
                poller.succeed(self._pollers[name])
        gone = [name for name in self._pollers if name in hired or name not in wanted]
        self._pollers = {name: hired.get(name) or self._pollers[name] for name in wanted}
        self._sources = wanted
        for name in gone:
            self.schedule.remove(name)
            self._secrets_tried.pop(name, None)
        if self._is_started:
            self._plan(list(hired))
            for name, poller in self._pollers.items():
                if poller.is_failing:
                    self.schedule.bring_forward(name, 0.0)

    def _work(self, poller: Poller) -> Work:
        name = poller.spec.name

        async def work() -> None:
            planned = poller.interval
            self._secrets_tried[name] = self._secrets_now(name)
            await poller.poll()
            if poller.interval != planned:
                self.schedule.pace(name, poller.interval)

        return work

    def hint(self, source: str, secret: str) -> bool:
        """Bring the next poll of a source forward, where its hook knows the secret; a flood changes nothing more."""
        wanted = dict(self._sources[source].options.secrets()).get("hook.secret") if source in self._sources else None
        if wanted is None:
            return False
        with suppress(SecretError):
            if hmac.compare_digest(wanted.reveal().encode(), secret.encode(errors="surrogateescape")):
                self.schedule.bring_forward(source, self._pollers[source].earliest_in())
                return True
        return False

    def try_changed_secrets(self) -> None:
        """A failing source whose secrets are not those of its last poll is tried at once."""
        for name, poller in self._pollers.items():
            tried = self._secrets_tried.get(name)
            if poller.is_failing and tried is not None and tried != self._secrets_now(name):
                log.info("secret_changed", source=name)
                self._secrets_tried[name] = self._secrets_now(name)
                self.schedule.bring_forward(name, 0.0)

    def _secrets_now(self, source: str) -> tuple[str, ...]:
        return tuple(revealed(secret for _, secret in self._sources[source].options.secrets()))
