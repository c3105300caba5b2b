"""What the README shows and tells is there."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[2] / "grafana"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
SMALL = 200_000


def test_every_link_and_picture_leads_somewhere():
    places = [place for place in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in place]
    assert len(places) > 8
    assert [place for place in places if not (FOLDER / place).exists()] == []


def test_each_dashboard_has_a_small_picture_and_no_other_is_kept(dashboards: dict[str, Any]):
    pictures = {path.stem: path.stat().st_size for path in (FOLDER / "pictures").iterdir()}
    assert set(pictures) == set(dashboards)
    assert max(pictures.values()) <= SMALL
    assert all(f"(pictures/{name}.png)" in README for name in pictures)


def test_the_table_of_what_is_seen_names_every_status(dashboards: dict[str, Any]):
    (tile,) = (panel for panel in dashboards["agentmon-wall"]["panels"] if panel.get("repeat"))
    (mapping,) = tile["fieldConfig"]["defaults"]["mappings"]
    words = [word["text"] for word in mapping["options"].values()]
    assert len(words) == 6
    assert [word for word in words if f"| {word} |" not in README] == []
    assert f"| {tile['fieldConfig']['defaults']['noValue']} |" in README


@pytest.mark.parametrize("kind", ["datasources", "dashboards"])
def test_provisioning_is_read_and_takes_its_addresses_from_the_environment(kind: str):
    (file,) = (FOLDER / "provisioning" / kind).iterdir()
    read = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    assert read["apiVersion"] == 1
    (name,) = re.findall(r"\$\{(AGENTMON_\w+)\}", file.read_text(encoding="utf-8"))
    assert f"{name}=" in README
    (entry,) = read["datasources" if kind == "datasources" else "providers"]
    assert entry.get("editable", entry.get("allowUiUpdates")) is False


def brightness(color: str) -> float:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return (299 * red + 587 * green + 114 * blue) / 1000


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_words_of_tiles_stand_out_from_their_colours(dashboards: dict[str, Any]):
    # WCAG's contrast of 4.5, with the colour of text that Grafana picks: dark on grounds brighter than 180.
    grounds = {
        word["color"]
        for panel in dashboards["agentmon-wall"]["panels"]
        for mapping in panel["fieldConfig"]["defaults"].get("mappings", [])
        for word in mapping["options"].values()
    }
    assert len(grounds) >= 6
    for ground in grounds:
        text = "#202226" if brightness(ground) > 180 else "#F7F8FA"
        darker, lighter = sorted([luminance(ground), luminance(text)])
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, ground
