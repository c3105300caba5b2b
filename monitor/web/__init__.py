"""What agentmon serves: metrics, health, and pages for people."""
