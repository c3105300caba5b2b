"""The registry of vendors: a new one is a file beside this one and a line below."""

from monitor.pollers.vendors import cobrowser, comm100, iadvize, liveagent
from monitor.pollers.vendors.base import Vendor

VENDORS: dict[str, Vendor] = {
    vendor.name: vendor for vendor in (cobrowser.VENDOR, comm100.VENDOR, iadvize.VENDOR, liveagent.VENDOR)
}
