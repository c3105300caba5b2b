// What a screen reader is told by itself: changes of status only, and at most one sentence every few seconds.

import { clean, element, setText } from "./dom.js";
import { words } from "./words.js";

const PAUSE = 5_000;
const NAMED = 3;

export class Speaker {
  #region = element("p", "unseen");
  #pending = new Map();
  #spokeAt = -PAUSE;
  #timer = 0;

  constructor() {
    this.#region.setAttribute("role", "status");
    this.#region.setAttribute("aria-live", "polite");
  }

  get region() {
    return this.#region;
  }

  // A tile whose status changed; one that changes back before it was told is not told.
  changed(tile, before) {
    const first = this.#pending.get(tile.key)?.before ?? before;
    if (first === tile.channel.status) this.#pending.delete(tile.key);
    else this.#pending.set(tile.key, { tile, before: first });
    this.#speakLater();
  }

  // Something about the whole wall: it comes first, and what single tiles had to say is past.
  announce(sentence) {
    this.#pending.clear();
    this.#say(sentence);
  }

  #speakLater() {
    if (this.#timer) return;
    const wait = Math.max(0, this.#spokeAt + PAUSE - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      const told = [...this.#pending.values()];
      this.#pending.clear();
      if (told.length) this.#say(sentenceOf(told));
    }, wait);
  }

  #say(sentence) {
    this.#spokeAt = performance.now();
    setText(this.#region, sentence);
  }
}

function sentenceOf(told) {
  if (told.length > NAMED) return words.sayMany(told.length, countsOf(told));
  return told
    .map(({ tile, before }) =>
      words.sayNow(clean(tile.team.name), tile.channel.channel, words.statuses[tile.channel.status], words.statuses[before]),
    )
    .join(" ");
}

function countsOf(told) {
  const counts = new Map();
  for (const { tile } of told) {
    const status = words.statuses[tile.channel.status];
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return [...counts].map(([status, count]) => words.summaryOf(count, status)).join(", ");
}
