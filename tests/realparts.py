import os
import shutil
from typing import NoReturn

import pytest


def missing(what: str, mend: str) -> NoReturn:
    """Skip for want of a real part; where CI=true promises all of them, fail."""
    sentence = f"{what} is missing on this machine: {mend}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def require_tool(name: str, package: str) -> str:
    """Return the path of a real program, or tell which Debian package brings it."""
    return shutil.which(name) or missing(name, f"apt-get install {package}")
