// An explanation as a document: why, numbers, people, sources, and what is worth a look.

import { clean, element, outside } from "./dom.js";
import { counted, lengthOf, moment, timeOfDay, timeZone } from "./format.js";
import { peopleOf } from "./people.js";
import { words } from "./words.js";

const told = words.detail;

// Elements of a team's explanation on one of its channels; `now` is the server's time.
export function explanation(found, channel, now) {
  const isFloor = !found.complete || channel.status === "unknown" || channel.uncertain > 0;
  const isBlind = !found.sources.some((source) => source.is_member && source.fresh);
  const problems = found.selectors.flatMap((selector) => selector.problems);
  return [
    element("p", "detail-why", clean(channel.why)),
    ...(found.complete ? [] : [element("p", "detail-missing", clean(told.incomplete(found.missing.join(", "))))]),
    element("p", "detail-hours", clean(hours(found, now))),
    heading(told.numbers),
    isBlind ? element("p", "", told.nobody) : numbers(channel, isFloor),
    heading(told.people),
    ...peopleOf(channel),
    heading(told.sources),
    element("ul", "detail-sources", ...found.sources.map(source)),
    ...(problems.length ? [heading(told.problems), list(problems)] : []),
    element("p", "detail-foot", foot(found)),
  ];
}

const foot = (found) =>
  [
    told.asOf(timeOfDay(new Date(found.at * 1000))),
    found.is_named ? told.names : told.pseudonyms,
    words.clock(timeZone()),
  ].join(" ");

const heading = (text) => element("h3", "", text);

const list = (sentences) => element("ul", "", ...sentences.map((text) => element("li", "", outside(text))));

function hours(found, now) {
  const said = [found.is_open ? told.open : told.closed];
  const rule = found.hours;
  if (!rule) return `${said[0]}, ${told.always}.`;
  const at = (text) => moment(new Date(text), new Date(now * 1000));
  if (rule.since) said[0] += ` ${told.since(at(rule.since))}`;
  if (rule.changes_at) said.push((found.is_open ? words.closes : words.opens)(at(rule.changes_at)));
  return `${said.join(", ")} (${told.hoursRule(rule.open, rule.timezone)}).`;
}

// A floor of 0 says nothing.
function numbers(channel, isFloor) {
  const { targets } = channel;
  const count = (number) => counted(isFloor && number === 0 ? null : number, isFloor);
  const ratio = (number) => (number === null ? words.none : words.percent(number));
  const rows = [
    [told.available, count(channel.available), targets.available_agents],
    [told.free, count(channel.free), targets.free_slots],
    [told.used, count(channel.used)],
    [told.finishing, count(channel.finishing)],
    [told.occupancy, ratio(channel.occupancy), targets.occupancy === null ? null : words.percent(targets.occupancy)],
    [told.availability, ratio(channel.availability)],
    [told.queue, counted(channel.queue_length, false)],
  ];
  if (channel.inactive) rows.push([told.inactive, String(channel.inactive)]);
  if (channel.uncertain) rows.push([told.uncertain, String(channel.uncertain)]);
  return element("dl", "detail-numbers", ...rows.map(([name, value, target]) => number(name, value, target ?? null)));
}

function number(name, value, target) {
  const given = element("dd", "", value);
  if (target !== null) given.append(" ", element("span", "detail-target", told.targets(target)));
  return element("div", "", element("dt", "", name), given);
}

function source(found) {
  const failure = (one) => clean(words.failure(one.reason, one.detail));
  const state = found.fresh ? told.fresh : told.expired;
  const said = [found.age === null ? told.waiting : state(lengthOf(found.age), lengthOf(found.max_age))];
  if (!found.is_member) said.push(told.beside);
  if (found.failure) said.push(told.pollFailed(failure(found.failure)));
  if (found.roster_failure) said.push(told.rosterFailed(failure(found.roster_failure)));
  if (found.costs) said.push(clean(found.costs));
  const made = element("li", found.fresh ? "" : "detail-stale", outside(found.name, "detail-source"));
  made.append(` (${clean(found.vendor)}): ${said.join("; ")}`);
  for (const note of found.notes) made.append(element("div", "detail-note", outside(note)));
  return made;
}
