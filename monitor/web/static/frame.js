// What stands round the tiles: the counts by status, the connection, the sources in trouble, and notices.

import { clean, element, outside, setText } from "./dom.js";
import { lengthOf, shortTime, timeZone } from "./format.js";
import { statusIcon } from "./icons.js";
import { words } from "./words.js";

export class Frame {
  #counts = element("ul", "counts");
  #time = element("span", "time");
  #lost = element("p", "lost");
  #notices = element("ul", "notices");
  #sources = element("ul", "sources");
  #strip;
  #message = element("p", "message", words.connecting);
  #side;

  constructor() {
    const heading = element("h1", "product", words.product, element("span", "unseen", ` – ${words.heading}`));
    const link = element("a", "status-page", words.statusPage);
    link.href = "./";
    this.#counts.setAttribute("aria-label", words.summary);
    this.#time.title = words.clock(timeZone());
    this.#lost.hidden = true;
    this.#side = element("div", "side", link, this.#time);
    this.header = element("header", "header", heading, this.#counts, this.#side, this.#lost);
    const title = element("h2", "sources-title", words.sourcesInTrouble);
    title.id = "sources-title";
    this.#strip = element("section", "strip", title, this.#sources);
    this.#strip.setAttribute("aria-labelledby", title.id);
    this.#strip.hidden = true;
    this.#notices.hidden = true;
    this.room = element("main", "room", this.#notices, this.#message);
    this.footer = element("footer", "footer", this.#strip);
  }

  // Beside the clock.
  add(control) {
    this.#side.prepend(control);
  }

  count(tiles) {
    const counts = new Map();
    for (const { channel } of tiles) counts.set(channel.status, (counts.get(channel.status) ?? 0) + 1);
    const shown = Object.keys(words.statuses).filter((status) => counts.has(status));
    this.#counts.replaceChildren(...shown.map((status) => chip(status, counts.get(status))));
    this.#counts.hidden = shown.length === 0;
  }

  // A sentence instead of tiles; none where there are some.
  say(sentence) {
    setText(this.#message, sentence);
    this.#message.hidden = !sentence;
  }

  notice(sentences) {
    this.#notices.replaceChildren(...sentences.map((text) => element("li", "", clean(text))));
    this.#notices.hidden = sentences.length === 0;
  }

  tick(now) {
    setText(this.#time, shortTime(new Date(now * 1000)));
  }

  troubled(sources, now) {
    this.#sources.replaceChildren(...sources.map((source) => sourceItem(source, now)));
    this.#strip.hidden = sources.length === 0;
  }

  // The sentence that the whole wall is old.
  lost(sentence) {
    setText(this.#lost, sentence);
    this.#lost.hidden = false;
  }

  back() {
    this.#lost.hidden = true;
  }
}

function chip(status, count) {
  const made = element("li", "chip", statusIcon(status), words.summaryOf(count, words.statuses[status]));
  made.dataset.status = status;
  return made;
}

function sourceItem(source, now) {
  const isStale = source.state !== "fresh";
  const failure = source.error ?? source.roster_error;
  const told = [];
  if (isStale || !source.is_up) told.push(words.sourceStates[source.state]);
  if (!source.error && source.roster_error) told.push(words.rosterFailed);
  if (failure) told.push(clean(words.failure(failure.reason, failure.detail)));
  if (isStale && source.data_at !== null) told.push(words.sourceAge(lengthOf(now - source.data_at)));
  if (source.next_poll_at !== null && source.next_poll_at > now) told.push(words.nextTry(lengthOf(source.next_poll_at - now)));
  const made = element("li", isStale ? "source source-stale" : "source", statusIcon(isStale ? "saturated" : "tight"));
  const sentence = element("span", "source-told", told.join(" · "));
  sentence.title = told.join(" · ");
  made.append(outside(source.name, "source-name"), " ", sentence);
  return made;
}
