"""What each tool calls an account: CoBrowser, iAdvize, LiveAgent and Comm100 v3 as the simulator's urls serve them."""

from monitor.simulator import cobrowser, iadvize_rows, liveagent_letters
from monitor.simulator.directory import Vendor
from monitor.simulator.staff import Account


def account_id(account: Account) -> str:
    """Return the id as text."""
    match account.vendor:
        case Vendor.COBROWSER:
            return str(cobrowser.FIRST_ID + account.number)
        case Vendor.IADVIZE:
            return str(iadvize_rows.FIRST_ID + account.number)
        case Vendor.LIVEAGENT:
            return f"{liveagent_letters.FIRST_ID + account.number:08x}"
        case Vendor.COMM100:
            return str(account.number)
