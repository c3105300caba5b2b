"""`python -m monitor` is `agentmon`."""

from monitor.cli import main

if __name__ == "__main__":
    main()
