"""The switchable options of the four vendors, changed from Python or over the control port."""

import msgspec

from monitor.simulator.cobrowser import CobrowserOptions
from monitor.simulator.comm100 import Comm100Options
from monitor.simulator.directory import Vendor
from monitor.simulator.iadvize import IadvizeOptions
from monitor.simulator.liveagent import LiveagentOptions
from monitor.simulator.wire import Cell

VendorOptions = CobrowserOptions | IadvizeOptions | LiveagentOptions | Comm100Options


class Options:
    """The options in force; set a cell's `value`, or `change` some of a vendor's by name."""

    def __init__(self) -> None:
        self.cobrowser = Cell(CobrowserOptions())
        self.iadvize = Cell(IadvizeOptions())
        self.liveagent = Cell(LiveagentOptions())
        self.comm100 = Cell(Comm100Options())

    def of(self, vendor: str) -> VendorOptions:
        match Vendor(vendor):
            case Vendor.COBROWSER:
                return self.cobrowser.value
            case Vendor.IADVIZE:
                return self.iadvize.value
            case Vendor.LIVEAGENT:
                return self.liveagent.value
            case Vendor.COMM100:
                return self.comm100.value

    def change(self, vendor: str, **changes: object) -> None:
        """Change some options and keep the others; msgspec.ValidationError names what is wrong."""
        told = {**msgspec.to_builtins(self.of(vendor)), **changes}
        match Vendor(vendor):
            case Vendor.COBROWSER:
                self.cobrowser.value = msgspec.convert(told, CobrowserOptions)
            case Vendor.IADVIZE:
                self.iadvize.value = msgspec.convert(told, IadvizeOptions)
            case Vendor.LIVEAGENT:
                self.liveagent.value = msgspec.convert(told, LiveagentOptions)
            case Vendor.COMM100:
                self.comm100.value = msgspec.convert(told, Comm100Options)
