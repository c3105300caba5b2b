from typing import Any

import msgspec
import pytest

from monitor.simulator import Fault, Simulator


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "explosion"}, "explosion"),
        ({"kind": "status"}, "statuses go with kind status"),
        ({"kind": "html", "statuses": [500]}, "statuses go with kind status"),
        ({"kind": "status", "statuses": [999]}, "no HTTP status: 999"),
        ({"kind": "latency"}, "seconds above 0"),
        ({"kind": "hang", "seconds": 3}, "seconds above 0"),
        ({"kind": "drip", "seconds": -1}, "not negative"),
        ({"kind": "hang", "times": 0}, "times must be at least 1"),
        ({"kind": "hang", "rows": 1}, "rows, at least 1"),
        ({"kind": "redirect"}, "location goes with"),
        ({"kind": "hang", "tmies": 1}, "tmies"),
    ],
)
def test_a_contradictory_fault_is_refused(wrong: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        msgspec.convert(wrong, Fault)


@pytest.mark.parametrize(
    ("vendor", "kind"), [("iadvize", "unknown_status"), ("cobrowser", "expired_token"), ("liveagent", "edition")]
)
def test_a_vendor_cannot_have_the_words_of_another(vendor: str, kind: str):
    with pytest.raises(ValueError, match=f"{vendor} has no {kind}"):
        Simulator(tick=None, agents=0).fault(vendor, Fault(kind=kind))
