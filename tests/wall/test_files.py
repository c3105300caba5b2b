"""The files of the wall, as they are: no text is made to markup, no address leads elsewhere, no text is forgotten."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "monitor" / "web" / "static"
FILES = {file.name: file.read_text(encoding="utf-8") for file in STATIC.iterdir()}
CODE = "\n".join(text for name, text in FILES.items() if name.endswith(".js") and name != "words.js")
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize(
    "way",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "Function(", "srcdoc"],
)
def test_no_way_leads_from_text_to_markup_or_code(way: str):
    assert [name for name, text in FILES.items() if way in text] == []


def test_no_address_leads_to_another_host():
    assert {name: found for name, text in FILES.items() if (found := foreign(text))} == {}


def foreign(text: str) -> list[str]:
    return re.findall(r"(?:https?:|url\(|@import|(?<=[\"'(])//)[^\"')\s]*", text.replace(NAMESPACE, ""))


def test_every_text_is_used_and_every_used_text_is_there():
    texts, _, details = FILES["words.js"].partition("  detail: {")
    known = set(re.findall(r"^  (\w+):", texts, flags=re.MULTILINE)) | {"detail"}
    in_detail = set(re.findall(r"^    (\w+):", details, flags=re.MULTILINE))
    assert set(re.findall(r"\bwords\.(?!js)(\w+)", CODE)) == known
    assert in_detail - set(re.findall(r"\btold\.(\w+)", CODE)) == set()


def test_the_page_has_no_text_of_its_own_but_for_who_has_no_scripts():
    page = re.sub(r"<noscript>.*</noscript>|<title>agentmon</title>", "", FILES["wall.html"], flags=re.DOTALL)
    assert re.sub(r"<[^>]*>", "", page).split() == []
