// The grid of tiles: each tile keeps its element, so that focus, pointer and screen reader do not lose it.

import { element } from "./dom.js";
import { fit, SHEET } from "./layout.js";
import { Tile } from "./tile.js";
import { words } from "./words.js";

const LOWEST = 200; // px that the tiles take at least, on whatever screen
const ROOMY = SHEET.height + 2.5; // height in type sizes from which on there is room for whole sentences
const MOVE = { duration: 500, easing: "ease-in-out" };
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Tiles {
  #list = element("ul", "tiles");
  #below;
  #attention;
  #onOpen;
  #shown = new Map();
  #order = [];
  #fit = null;
  #page = 0;
  #turns;

  // `turns`: what does not fit is on further pages, else further down. `onOpen` gets the tile to be explained.
  constructor({ header, room, footer }, attention, { turns, onOpen }) {
    this.#below = footer;
    this.#attention = attention;
    this.#turns = turns;
    this.#onOpen = onOpen;
    const title = element("h2", "unseen", words.tiles);
    title.id = "tiles-title";
    this.#list.setAttribute("aria-labelledby", title.id);
    room.append(title, this.#list);
    const resized = new ResizeObserver(() => this.arrange());
    for (const part of [header, room, footer]) resized.observe(part);
    window.addEventListener("resize", () => this.arrange());
  }

  // Shows these tiles in this order, and says which changed their status: [tile, the status before].
  show(tiles, now) {
    const before = new Map([...this.#shown].map(([key, { told }]) => [key, told.channel.status]));
    const showsChannel = new Set(tiles.map(({ channel }) => channel.channel)).size > 1;
    this.#drop(new Set(tiles.map(({ key }) => key)));
    for (const told of tiles) {
      const shown = this.#shown.get(told.key) ?? { tile: new Tile(this.#onOpen) };
      shown.told = told;
      shown.tile.show(told, { now, showsChannel });
      this.#shown.set(told.key, shown);
    }
    this.#order = tiles.map(({ key }) => key);
    this.#list.hidden = tiles.length === 0;
    this.settle();
    return tiles.filter(({ key, channel }) => before.has(key) && before.get(key) !== channel.status)
      .map((tile) => [tile, before.get(tile.key)]);
  }

  // Brings tiles to their places, unless somebody is pointing at one of them. New ones then wait at the end.
  settle() {
    const present = [...this.#list.children];
    const wanted = this.#order.map((key) => this.#shown.get(key).tile.element);
    if (this.#attention.isHere) {
      const added = wanted.filter((tile) => tile.parentElement !== this.#list);
      this.#list.append(...added);
      if (added.length) this.arrange();
    } else if (wanted.length !== present.length || wanted.some((tile, place) => tile !== present[place])) {
      this.#move(wanted);
    }
  }

  #move(wanted) {
    const places = new Map(wanted.filter((tile) => tile.isConnected).map((tile) => [tile, tile.getBoundingClientRect()]));
    const focused = document.activeElement;
    this.#list.replaceChildren(...wanted);
    if (focused !== document.activeElement && this.#list.contains(focused)) focused.focus({ preventScroll: true });
    this.arrange();
    if (still.matches) return;
    for (const [tile, was] of places) slide(tile, was);
  }

  #drop(kept) {
    for (const [key, { tile }] of this.#shown) {
      if (kept.has(key)) continue;
      this.#shown.delete(key);
      const heir = tile.element.nextElementSibling ?? tile.element.previousElementSibling;
      const hadFocus = tile.face === document.activeElement;
      tile.element.remove();
      if (hadFocus) heir?.querySelector("button").focus();
    }
  }

  // Chooses columns and type size for the room that there is.
  arrange() {
    const count = this.#list.children.length;
    if (!count) return;
    const above = this.#list.getBoundingClientRect().top + window.scrollY;
    const height = window.innerHeight - above - this.#below.offsetHeight;
    const found = fit(count, this.#list.clientWidth, Math.max(LOWEST, height));
    this.#fit = found;
    this.#list.classList.toggle("roomy", found.rowHeight > ROOMY * found.type);
    this.#list.style.setProperty("--columns", found.columns);
    this.#list.style.setProperty("--row", `${found.rowHeight}px`);
    this.#list.style.setProperty("--type", `${found.type}px`);
    this.turnTo(Math.min(this.#page, this.pages - 1));
  }

  get pages() {
    if (!this.#turns || !this.#fit) return 1;
    return Math.max(1, Math.ceil(this.#list.children.length / this.#fit.atOnce));
  }

  get page() {
    return this.#page;
  }

  turnTo(page) {
    if (!this.#fit) return;
    this.#page = Math.max(0, page);
    const first = this.#page * this.#fit.atOnce;
    [...this.#list.children].forEach((tile, place) => {
      tile.hidden = this.pages > 1 && (place < first || place >= first + this.#fit.atOnce);
    });
  }

  tick(now) {
    for (const { tile } of this.#shown.values()) tile.tick(now);
  }

  draw(history, now) {
    for (const [key, { tile }] of this.#shown) tile.draw(history.of(key), now);
  }

  find(key) {
    return this.#shown.get(key);
  }
}

function slide(tile, was) {
  const is = tile.getBoundingClientRect();
  const [x, y] = [was.left - is.left, was.top - is.top];
  if (!is.width || (!x && !y)) return;
  tile.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], MOVE);
}
