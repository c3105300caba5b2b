"""Everything that talks to vendors: schedule, poller, transport, and one adapter a vendor."""
