"""Passwords as clients send them."""

import base64


def basic(user: str, password: str, encoding: str = "utf-8") -> dict[str, str]:
    encoded = base64.b64encode(f"{user}:{password}".encode(encoding)).decode()
    return {"Authorization": f"Basic {encoded}"}
