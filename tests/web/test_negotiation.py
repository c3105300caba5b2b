"""Which format, and whether compressed, by what real and unreal scrapers say."""

import pytest
from builders import row
from web.scrapers import (
    BROWSER,
    PROMETHEUS_2_5,
    PROMETHEUS_2_42,
    PROMETHEUS_3,
    PROMETHEUS_3_PROTOBUF,
    PROMETHEUS_3_TEXT_FIRST,
)

from monitor.exporter.exposition import Format
from monitor.web.accept import accepts_gzip, choose_format

TEXT, OPENMETRICS = Format.TEXT, Format.OPENMETRICS
ACCEPT = [
    row("nothing said: classic", "", TEXT),
    row("curl: classic", "*/*", TEXT),
    row("a browser: classic", BROWSER, TEXT),
    row("Prometheus 2.42: OpenMetrics", PROMETHEUS_2_42, OPENMETRICS),
    row("Prometheus 3: OpenMetrics", PROMETHEUS_3, OPENMETRICS),
    row("Prometheus 3 that would rather have protobuf: the best that we can write", PROMETHEUS_3_PROTOBUF, OPENMETRICS),
    row("Prometheus 3 with text as its first protocol: classic", PROMETHEUS_3_TEXT_FIRST, TEXT),
    row("Prometheus 2.5, which knows only the draft: OpenMetrics", PROMETHEUS_2_5, OPENMETRICS),
    row("OpenMetrics without a version", "application/openmetrics-text", OPENMETRICS),
    row("a version in quotes", 'application/openmetrics-text; version="1.0.0"', OPENMETRICS),
    row("any case, any space", " Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.5 , text/plain;q=0.4", OPENMETRICS),
    row("a version that we do not write: classic", "application/openmetrics-text;version=2.0.0", TEXT),
    row("the higher weight wins: classic", "application/openmetrics-text;q=0.3,text/plain;q=0.7", TEXT),
    row("the higher weight wins: OpenMetrics", "text/plain;q=0.3,application/openmetrics-text;q=0.7", OPENMETRICS),
    row("the order says nothing", "text/plain,application/openmetrics-text", OPENMETRICS),
    row("a weight of 0 is a refusal", "application/openmetrics-text;q=0", TEXT),
    row(
        "a weight of 0.000 is a refusal beside others that fit", "application/openmetrics-text;q=0.000,text/html", TEXT
    ),
    row("both refused: classic all the same", "application/openmetrics-text;q=0,*/*;q=0", TEXT),
    row("protobuf alone: classic", "application/vnd.google.protobuf;q=1", TEXT),
    row("JSON alone: classic", "application/json", TEXT),
    row("a weight that is no number takes no part", "application/openmetrics-text;q=high,text/plain;q=0.1", TEXT),
    row("a weight that is not a number takes no part", "application/openmetrics-text;q=nan,text/plain;q=0.1", TEXT),
    row("nonsense: classic", ";;,,=;q=,/ / /\x00", TEXT),
]


@pytest.mark.parametrize(("accept", "format_"), ACCEPT)
def test_format(accept: str, format_: Format):
    assert choose_format(accept) is format_


ENCODING = [
    row("nothing said: no", "", "plain"),
    row("gzip: yes", "gzip", "gzip"),
    row("a browser: yes", "gzip, deflate, br, zstd", "gzip"),
    row("in any case: yes", "GZIP", "gzip"),
    row("with a small weight: yes", "gzip;q=0.001", "gzip"),
    row("with weight 0: no", "gzip;q=0", "plain"),
    row("with weight 0.0, spaced: no", "gzip ; q=0.0", "plain"),
    row("anything: yes", "*", "gzip"),
    row("nothing at all: no", "*;q=0", "plain"),
    row("anything but gzip: no", "*, gzip;q=0", "plain"),
    row("only gzip: yes", "*;q=0, gzip;q=0.5", "gzip"),
    row("others only: no", "br, deflate", "plain"),
    row("identity: no", "identity", "plain"),
    row("something that only looks like it: no", "gzipped", "plain"),
    row("a weight that is no number: no", "gzip;q=x", "plain"),
]


@pytest.mark.parametrize(("accept_encoding", "form"), ENCODING)
def test_gzip(accept_encoding: str, form: str):
    assert ("gzip" if accepts_gzip(accept_encoding) else "plain") == form
