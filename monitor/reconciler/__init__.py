"""From what the sources say to what is true of each team: pure functions of snapshots, wishes, memory and now."""
