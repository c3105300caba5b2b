// The last hour of available people as a line of steps: a gap is what nobody knows, and never zero.

import { drawn } from "./dom.js";

const WIDTH = 120;
const HEIGHT = 40;
const EDGE = 3;
const SPAN = 3600;

export function sparkline() {
  const area = drawn("path", { class: "spark-area" });
  const target = drawn("path", { class: "spark-target" });
  const line = drawn("path", { class: "spark-line" });
  const end = drawn("path", { class: "spark-end" });
  const chart = drawn(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "spark", "aria-hidden": "true", focusable: "false" },
    area,
    target,
    line,
    end,
  );
  return { chart, draw: (points, goal, now) => draw({ area, target, line, end }, points, goal, now) };
}

function draw({ area, target, line, end }, points, goal, now) {
  const top = Math.max(goal, 1, ...points.map(({ available }) => available ?? 0));
  const x = (at) => round(Math.max(0, 1 - (now - at) / SPAN) * WIDTH);
  const y = (count) => round(HEIGHT - EDGE - (count / top) * (HEIGHT - 2 * EDGE));
  const steps = points.map(({ at, available }, place) => ({
    from: x(at),
    to: x(points[place + 1]?.at ?? now),
    y: available === null ? null : y(available),
  }));
  const runs = connected(steps.filter(({ from, to }) => to > from));
  line.setAttribute("d", runs.map((run) => outline(run)).join(""));
  area.setAttribute("d", runs.map((run) => `${outline(run)}V${HEIGHT}H${run[0].from}Z`).join(""));
  const last = points[points.length - 1]?.available ?? null;
  end.setAttribute("d", last === null ? "" : `M${WIDTH} ${y(last)}h0`);
  target.setAttribute("d", `M0 ${y(goal)}H${WIDTH}`);
}

// Stretches in which something is known throughout.
function connected(steps) {
  const runs = [];
  let run = null;
  for (const step of steps) {
    if (step.y === null) {
      run = null;
      continue;
    }
    if (!run) runs.push((run = []));
    run.push(step);
  }
  return runs;
}

const outline = (run) => `M${run[0].from} ${run[0].y}${run.map((step) => `V${step.y}H${step.to}`).join("")}`;

const round = (number) => Math.round(number * 10) / 10;
