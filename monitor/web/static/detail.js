// The dialog that explains a tile: read when it opens, and again whenever its team changes.

import { button, clean, element, outside, setText } from "./dom.js";
import { explanation } from "./explanation.js";
import { timeOfDay } from "./format.js";
import { lineIcon, statusIcon } from "./icons.js";
import { words } from "./words.js";

const EVERY = 10_000; // ages and lengths of silence grow though nothing changes
const AT_MOST_EVERY = 2_000;
const told = words.detail;

export class Detail {
  #clock;
  #title = element("h2", "detail-title");
  #notice = element("p", "detail-notice");
  #body = element("div", "detail-body");
  #tile = null;
  #reading = null;
  #readAt = 0;
  #shownAt = null;
  #timer = 0;

  constructor(clock) {
    this.#clock = clock;
    const close = button("detail-close", told.close, () => this.element.close());
    close.append(lineIcon("close"));
    this.#title.id = "detail-title";
    this.#body.tabIndex = 0;
    this.#body.setAttribute("role", "region");
    this.#body.setAttribute("aria-labelledby", this.#title.id);
    this.element = element("dialog", "detail", element("div", "detail-head", this.#title, close), this.#notice, this.#body);
    this.element.setAttribute("aria-labelledby", this.#title.id);
    this.element.addEventListener("close", () => this.#end());
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close(); // beside it
    });
  }

  open(tile) {
    this.#tile = tile;
    this.#shownAt = null;
    this.#entitle(tile.channel.status);
    this.#say("");
    this.#body.replaceChildren(element("p", "", told.loading));
    this.element.showModal();
    this.#body.scrollTop = 0;
    this.#read();
  }

  // These teams have changed.
  refresh(teams) {
    if (!this.#tile || !teams.includes(this.#tile.team.name) || this.#reading) return;
    this.#readIn(Math.max(0, this.#readAt + AT_MOST_EVERY - performance.now()));
  }

  #readIn(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), wait);
  }

  async #read() {
    const reading = new AbortController();
    this.#reading?.abort();
    this.#reading = reading;
    this.#readAt = performance.now();
    try {
      this.#show(await this.#ask(reading.signal));
    } catch (error) {
      if (reading.signal.aborted) return;
      this.#fail(error instanceof Refused ? error.message : told.noAnswer);
    }
    this.#reading = null;
    this.#readIn(EVERY);
  }

  async #ask(signal) {
    const address = `api/v1/teams/${encodeURIComponent(this.#tile.team.name)}/explain`;
    const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
    if (answer.status === 404) throw new Refused(told.gone);
    if (!answer.ok) throw new Refused(told.answered(answer.status));
    return answer.json();
  }

  #show(found) {
    const channel = found.channels.find((one) => one.channel === this.#tile.channel.channel);
    if (!channel) throw new Refused(told.gone);
    this.#shownAt = new Date(found.at * 1000);
    this.#entitle(channel.status);
    this.#say("");
    const folded = new Map([...this.#body.querySelectorAll("details")].map((group) => [group.dataset.group, group.open]));
    const top = this.#body.scrollTop;
    this.#body.replaceChildren(...explanation(found, channel, this.#clock.now()));
    for (const group of this.#body.querySelectorAll("details")) group.open = folded.get(group.dataset.group) ?? group.open;
    this.#body.scrollTop = top;
  }

  #fail(reason) {
    if (this.#shownAt) this.#say(`${told.failed(reason)} ${told.old(timeOfDay(this.#shownAt))}`);
    else this.#body.replaceChildren(element("p", "", told.failed(reason)));
  }

  #say(sentence) {
    setText(this.#notice, sentence);
    this.#notice.hidden = !sentence;
  }

  #entitle(status) {
    const { team, channel } = this.#tile;
    this.#title.dataset.status = status;
    this.#title.replaceChildren(
      statusIcon(status),
      outside(team.name, "detail-name"),
      element("span", "detail-channel", ` ${clean(channel.channel)} `),
      element("span", "detail-status", words.statuses[status]),
    );
  }

  #end() {
    clearTimeout(this.#timer);
    this.#reading?.abort();
    this.#reading = null;
    this.#tile = null;
  }
}

class Refused extends Error {}
