// The people of an explanation, grouped by what they count as.

import { clean, element, outside } from "./dom.js";
import { lengthOf } from "./format.js";
import { words } from "./words.js";

const told = words.detail;
const SHOWN = 100; // of a group; the API has everybody
const GROUPS_SHOWN = 3;
const WORTH_TELLING = 60; // seconds without activity
const FOLDED = new Set(["offline", "silent"]);

export function peopleOf(channel) {
  const groups = new Map(Object.keys(told.states).map((state) => [state, []]));
  for (const person of channel.people) groups.get(groupOf(person)).push(person);
  const shown = [...groups].filter(([, people]) => people.length);
  if (!shown.length) return [element("p", "", told.nobody)];
  return shown.map(([state, people]) => group(state, people));
}

function groupOf(person) {
  if (person.counts_as !== null) return person.counts_as;
  return person.is_uncertain ? "doubtful" : "silent";
}

function group(state, people) {
  const [title, meaning] = told.states[state];
  const items = people.slice(0, SHOWN).map(personItem);
  if (people.length > SHOWN) items.push(element("li", "", told.more(people.length - SHOWN)));
  const name = element("span", "group-name", told.group(people.length, title));
  const made = element("details", "group", element("summary", "", name, ` ${meaning}`), element("ul", "", ...items));
  made.dataset.group = state;
  made.open = !FOLDED.has(state);
  return made;
}

function personItem(person) {
  const made = element("li", "person", outside(person.name, "person-name"));
  if (person.accounts.length === 1) made.append(" ", ...oneAccount(person.accounts[0]));
  else made.append(element("ul", "", ...person.accounts.map(accountItem)));
  if (person.is_inactive) made.append(element("div", "remark", told.isInactive));
  if (person.limit) made.append(element("div", "remark", told.limit(person.limit)));
  if (person.why) made.append(element("div", "remark", clean(person.why)));
  return made;
}

function oneAccount(found) {
  const id = found.id ? [" ", outside(found.id)] : [];
  return [outside(found.source), ...id, `: ${account(found)}`];
}

function accountItem(found) {
  const id = found.id && found.id !== found.name ? [" ", outside(found.id)] : [];
  return element("li", "", outside(found.source), " ", outside(found.name), ...id, `: ${account(found)}`);
}

function account(found) {
  const said = [];
  if (found.presence === null) said.push(told.nothingSaid);
  else said.push(found.accepting ? told.accepting : told.presences[found.presence]);
  if (found.reason) said.push(told.reason(clean(found.reason)));
  if (found.used !== null) said.push(told.slotsUsed(found.used));
  if (found.free !== null) said.push(told.slotsFree(found.free, found.is_configured));
  if (found.idle !== null && found.idle >= WORTH_TELLING) said.push(told.idle(lengthOf(found.idle)));
  const groups = found.groups.map(clean);
  if (groups.length) said.push(told.inGroups(groups.slice(0, GROUPS_SHOWN), Math.max(0, groups.length - GROUPS_SHOWN)));
  if (found.is_unread) said.push(told.unread);
  return said.join(", ");
}
