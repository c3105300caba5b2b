// Turns the pages of a wall that has more tiles than fit, unless somebody is looking closer.

import { button, element, setText } from "./dom.js";
import { lineIcon } from "./icons.js";
import { words } from "./words.js";

export class Rotation {
  #tiles;
  #attention;
  #every;
  #isPaused = false;
  #turnedAt = performance.now();
  #position = element("span", "page-position");
  #pausing;

  // `every` is in milliseconds.
  constructor(tiles, attention, every) {
    this.#tiles = tiles;
    this.#attention = attention;
    this.#every = every;
    this.#pausing = control("pause", words.pause, () => this.#pause());
    this.element = element(
      "nav",
      "pages",
      control("previous", words.previous, () => this.#turn(-1)),
      this.#position,
      this.#pausing,
      control("next", words.next, () => this.#turn(1)),
    );
    this.element.setAttribute("aria-label", words.pages);
    document.addEventListener("keydown", (event) => this.#key(event));
    setInterval(() => this.#tick(), Math.min(250, every / 4));
    this.show();
  }

  show() {
    const { page, pages } = this.#tiles;
    this.element.hidden = pages < 2;
    const text = words.page(page + 1, pages);
    setText(this.#position, this.#isHeld() ? `${text} · ${words.paused}` : text);
  }

  #isHeld() {
    return this.#isPaused || this.#attention.isHere;
  }

  #tick() {
    if (this.#isHeld() || document.querySelector("dialog[open]")) this.#turnedAt = performance.now();
    else if (performance.now() - this.#turnedAt >= this.#every) this.#turn(1);
    this.show();
  }

  #turn(by) {
    const { page, pages } = this.#tiles;
    this.#turnedAt = performance.now();
    this.#tiles.turnTo((page + by + pages) % pages);
    this.show();
  }

  #pause() {
    this.#isPaused = !this.#isPaused;
    dress(this.#pausing, this.#isPaused ? "resume" : "pause", this.#isPaused ? words.resume : words.pause);
    this.show();
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === "ArrowRight") this.#turn(1);
    else if (event.key === "ArrowLeft") this.#turn(-1);
  }
}

function control(icon, label, onClick) {
  return dress(button("page-control", label, onClick), icon, label);
}

function dress(control_, icon, label) {
  control_.setAttribute("aria-label", label);
  control_.title = label;
  control_.replaceChildren(lineIcon(icon));
  return control_;
}
