// What the page's address asks for, and sentences about what in it cannot be understood.

import { words } from "./words.js";

const KNOWN = new Set(["team", "channel", "rotate", "theme"]);
const LENGTH = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

// `teams` and `channels` are null where all are wanted; `rotate` is in milliseconds, null without.
export function readQuery(search) {
  const given = new URLSearchParams(search);
  const problems = [];
  for (const name of new Set(given.keys())) {
    if (!KNOWN.has(name)) problems.push(words.unknownParameter(name));
  }
  return {
    teams: listed(given.getAll("team")),
    channels: listed(given.getAll("channel")),
    rotate: rotation(given.get("rotate"), problems),
    theme: theme(given.get("theme"), problems),
    problems,
  };
}

function listed(values) {
  const names = values.flatMap((value) => value.split(",")).map((name) => name.trim()).filter(Boolean);
  return names.length ? [...new Set(names)] : null;
}

function rotation(text, problems) {
  if (text === null) return null;
  const [, hours, minutes, seconds] = (LENGTH.exec(text.trim()) ?? []).map(Number);
  const length = (hours || 0) * 3600 + (minutes || 0) * 60 + (seconds || 0);
  if (length > 0) return length * 1000;
  problems.push(words.badRotate(text));
  return null;
}

function theme(text, problems) {
  if (text === null || text === "dark" || text === "light") return text;
  problems.push(words.badTheme(text));
  return null;
}
