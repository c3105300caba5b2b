// Numbers and times as people read them. What is absent has no number, and a floor says that it is one.

import { LANGUAGE, words } from "./words.js";

const MINUTE = 60;
const DAY = 86_400_000;

const clockTime = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const hourTime = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(LANGUAGE, { weekday: "short" });
const dayOfYear = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short" });
const dateOf = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short", year: "numeric" });

export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

export const timeOfDay = (date) => clockTime.format(date);

export const shortTime = (date) => hourTime.format(date);

// When something will be, seen from now: "20:00" today, "Mon 08:00" within six days, else with its date.
export function moment(date, now) {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / DAY);
  if (days === 0) return shortTime(date);
  if (days > 0 && days < 7) return `${weekday.format(date)} ${shortTime(date)}`;
  const day = date.getFullYear() === now.getFullYear() ? dayOfYear : dateOf;
  return `${day.format(date)} ${shortTime(date)}`;
}

const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());

// A length of time in seconds as a person says it: 45 s, 3 min, 2 h 5 min, 3 days.
export function lengthOf(seconds) {
  if (seconds < 99.5) return words.seconds(Math.round(Math.max(seconds, 0)));
  const minutes = Math.round(seconds / MINUTE);
  const hours = Math.floor(minutes / MINUTE);
  if (hours >= 48) return words.days(Math.floor(hours / 24));
  return hours ? words.hours(hours, minutes % MINUTE) : words.minutes(minutes);
}

// A count, "≥ n" where it is a floor, a dash where it is absent.
export function counted(count, isFloor) {
  if (count === null || count === undefined) return words.none;
  return isFloor ? words.floor(count) : String(count);
}
