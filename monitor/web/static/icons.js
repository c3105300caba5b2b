// A shape of its own for each status, so that none depends on its colour.

import { drawn } from "./dom.js";

const CROSS = "M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6";
const SHAPES = {
  unstaffed: ["M7.9 1.5h8.2l6.4 6.4v8.2l-6.4 6.4H7.9l-6.4-6.4V7.9z", CROSS],
  saturated: ["M12 1.7 23.3 21.5H.7z", "M12 9v5.5M12 18v.1"],
  unknown: ["M12 .8 23.2 12 12 23.2.8 12z", "M9.4 9.6a2.6 2.6 0 1 1 3.8 2.3c-.9.5-1.2 1-1.2 2M12 17v.1"],
  tight: ["M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21zm0 3v15a7.5 7.5 0 0 1 0-15z", ""],
  ok: ["M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z", "M7.2 12.4l3.3 3.3 6.3-6.9"],
  closed: ["M21.5 14.8A9.8 9.8 0 0 1 9.2 2.5a9.8 9.8 0 1 0 12.3 12.3z", ""],
};

const LINES = {
  previous: "M15 4 7 12l8 8",
  next: "M9 4l8 8-8 8",
  pause: "M8 4v16M16 4v16",
  resume: "M8 4l11 8-11 8z",
  close: "M5 5l14 14M19 5 5 19",
};

const canvas = () => drawn("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" });

// What a button does, drawn in the colour of its text.
export function lineIcon(name) {
  const icon = canvas();
  icon.append(drawn("path", { d: LINES[name], class: "icon-line" }));
  return icon;
}

export function statusIcon(status) {
  const [shape, mark] = SHAPES[status] ?? SHAPES.unknown;
  const icon = canvas();
  icon.append(drawn("path", { d: shape, class: "icon-shape", "fill-rule": "evenodd" }));
  if (mark) icon.append(drawn("path", { d: mark, class: "icon-mark" }));
  return icon;
}
