// One tile: a team on a channel, as a button whose label is the whole of it in sentences.

import { clean, element, outside, setAttribute, setText } from "./dom.js";
import { lengthOf, moment, timeOfDay } from "./format.js";
import { statusIcon } from "./icons.js";
import { sparkline } from "./spark.js";
import { words } from "./words.js";

const CALM = new Set(["ok", "closed"]);

export class Tile {
  #parts;
  #spark = sparkline();
  #told = null;

  constructor(onOpen) {
    const figures = { available: figure("figure-main"), free: figure() };
    this.#parts = {
      face: element("button", "face"),
      name: outside("", "name"),
      channel: element("span", "channel"),
      status: element("span", "status"),
      why: element("span", "why"),
      ...figures,
      bar: element("span", "bar", element("span", "bar-fill"), element("span", "bar-target")),
      barText: element("span", "bar-text"),
      opening: element("span", "opening"),
      waiting: element("span", "waiting"),
      age: element("span", "age"),
    };
    this.element = element("li", "tile", this.#parts.face);
    this.#build();
    this.#parts.face.addEventListener("click", () => onOpen(this.#told));
  }

  get face() {
    return this.#parts.face;
  }

  #build() {
    const part = this.#parts;
    part.face.type = "button";
    part.face.setAttribute("aria-haspopup", "dialog");
    part.face.append(
      element("span", "edge"),
      element("span", "head", part.name, part.channel),
      element("span", "state", part.status, part.why),
      element("span", "figures", part.available.root, part.free.root, this.#spark.chart),
      element("span", "load", part.bar, part.barText),
      element("span", "foot", part.opening, part.waiting, part.age),
    );
  }

  // Shows what the server told; `now` is the server's time.
  show(tile, { now, showsChannel }) {
    const { team, channel } = tile;
    const part = this.#parts;
    if (this.#told?.channel.status !== channel.status) {
      this.element.dataset.status = channel.status;
      part.status.replaceChildren(statusIcon(channel.status), words.statuses[channel.status]);
    }
    this.#told = tile;
    setText(part.name, clean(team.name));
    part.name.title = clean(team.name);
    setText(part.channel, showsChannel ? channel.channel : "");
    const remark = clean(remarkOn(channel));
    setText(part.why, remark);
    part.why.title = remark;
    setText(part.opening, openingWords(team, now));
    this.#showFigures(channel);
    this.#showLoad(channel);
    this.tick(now);
  }

  #showFigures(channel) {
    const { available, free, waiting } = this.#parts;
    const goal = channel.targets.available_agents;
    const freeGoal = channel.targets.free_slots;
    available.show(channel.available, channel.is_floor, goal, words.available);
    available.explain(channel.available === null ? words.absent(words.available, channel.absent.available) : "");
    free.show(channel.free_slots, channel.is_floor, freeGoal, words.freeSlots(channel.free_slots));
    free.explain(channel.free_slots === null ? words.absent(words.freeSlots(0), channel.absent.free_slots) : "");
    setText(waiting, channel.queue_length ? words.waiting(channel.queue_length) : "");
    waiting.hidden = !channel.queue_length;
    const longest = channel.queue_longest_wait;
    setAttribute(waiting, "title", longest === null ? "" : words.waitingSince(lengthOf(longest)));
  }

  #showLoad(channel) {
    const { bar, barText } = this.#parts;
    const goal = channel.targets.occupancy;
    const isKnown = channel.occupancy !== null;
    bar.classList.toggle("bar-unknown", !isKnown);
    bar.classList.toggle("bar-over", isKnown && goal !== null && channel.occupancy > goal);
    bar.classList.toggle("bar-aimed", goal !== null);
    bar.style.setProperty("--fill", isKnown ? channel.occupancy : 0);
    bar.style.setProperty("--target", goal ?? 0);
    setText(barText, isKnown ? words.occupied(words.percent(channel.occupancy)) : words.noOccupancy);
    bar.parentElement.title = isKnown
      ? goal === null ? "" : words.occupancyTarget(words.percent(goal))
      : words.absent(words.occupancy, channel.absent.occupancy);
  }

  // What changes by time alone: the age of the data.
  tick(now) {
    const { team } = this.#told;
    setText(this.#parts.age, team.data_at === null ? words.noData : words.age(lengthOf(now - team.data_at)));
    setAttribute(this.#parts.face, "aria-label", sentences(this.#told, now));
  }

  draw(points, now) {
    this.#spark.draw(points, this.#told.channel.targets.available_agents, now);
  }
}

function figure(className = "") {
  const floor = element("span", "figure-floor");
  const number = element("span");
  const value = element("span", "figure-value", floor, number);
  const goal = element("span", "figure-goal");
  const label = element("span", "figure-label");
  const root = element("span", `figure ${className}`, element("span", "figure-line", value, goal), label);
  return {
    root,
    show(count, isFloor, target, name) {
      setText(floor, isFloor && count !== null ? words.atLeast : "");
      setText(number, count === null ? words.none : String(count));
      setText(goal, target === null ? "" : `/${target}`);
      setAttribute(goal, "title", target === null ? "" : words.target(target));
      setText(label, name);
    },
    explain: (text) => setAttribute(root, "title", text),
  };
}

// Why it is troubled; of a calm tile, what is not known and why.
function remarkOn(channel) {
  if (!CALM.has(channel.status)) return channel.why;
  const { absent } = channel;
  return channel.status === "closed" ? "" : (absent.available ?? absent.free_slots ?? absent.occupancy ?? "");
}

function openingWords(team, now) {
  if (team.changes_at === null) return team.is_open ? "" : words.neverOpens;
  const when = moment(new Date(team.changes_at * 1000), new Date(now * 1000));
  return team.is_open ? words.closes(when) : words.opens(when);
}

// The tile for a screen reader. The time of the data stands for its age, so that nothing changes every second.
function sentences(tile, now) {
  const { team, channel } = tile;
  const { targets } = channel;
  const told = [words.sayTile(clean(team.name), channel.channel, words.statuses[channel.status])];
  const remark = remarkOn(channel);
  if (remark) told.push(words.saySentence(clean(remark)));
  told.push(words.sayAvailable(spoken(channel.available, channel.is_floor), targets.available_agents));
  const free = spoken(channel.free_slots, channel.is_floor);
  told.push(targets.free_slots === null ? words.sayFree(free) : words.sayFreeTarget(free, targets.free_slots));
  if (channel.queue_length) told.push(words.saySentence(words.waiting(channel.queue_length)));
  const load = channel.occupancy === null ? words.occupancyUnknown : words.occupied(words.percent(channel.occupancy));
  told.push(words.saySentence(load));
  const opening = openingWords(team, now);
  if (opening) told.push(words.saySentence(opening));
  told.push(team.data_at === null ? words.saySentence(words.noData) : words.sayDataOf(timeOfDay(new Date(team.data_at * 1000))));
  return told.join(" ");
}

function spoken(count, isFloor) {
  if (count === null) return words.unknown;
  return isFloor ? words.sayAtLeast(count) : count;
}
