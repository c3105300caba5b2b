// The wall: joins what the server tells with what is shown.

import { Attention } from "./attention.js";
import { ServerClock } from "./clock.js";
import { Detail } from "./detail.js";
import { timeOfDay } from "./format.js";
import { Frame } from "./frame.js";
import { History } from "./history.js";
import { Holdings } from "./holdings.js";
import { readQuery } from "./query.js";
import { Rotation } from "./rotation.js";
import { Speaker } from "./speaker.js";
import { Stream } from "./stream.js";
import { followTheme } from "./theme.js";
import { Tiles } from "./tiles.js";
import { LANGUAGE, words } from "./words.js";

const REDRAW = 15_000; // the hour moves on

class Wall {
  #query = readQuery(location.search);
  #startedAt = new Date();
  #heardAt = null;
  #clock = new ServerClock();
  #holdings = new Holdings();
  #speaker = new Speaker();
  #frame = new Frame();
  #detail = new Detail(this.#clock);
  #history = new History(this.#clock, (key) => this.#drawOne(key));
  #tiles;
  #rotation = null;
  #version = null;
  #troubled = 0;
  #stream = new Stream("api/v1/stream", this);

  start() {
    document.documentElement.lang = LANGUAGE;
    followTheme(this.#query.theme);
    document.body.append(this.#frame.header, this.#frame.room, this.#frame.footer, this.#speaker.region, this.#detail.element);
    const attention = new Attention(this.#frame.room);
    this.#tiles = new Tiles(this.#frame, attention, {
      turns: this.#query.rotate !== null,
      onOpen: (tile) => this.#detail.open(tile),
    });
    if (this.#query.rotate !== null) {
      this.#rotation = new Rotation(this.#tiles, attention, this.#query.rotate);
      this.#frame.add(this.#rotation.element);
    }
    this.#frame.notice(this.#query.problems);
    this.#frame.tick(this.#clock.now());
    setInterval(() => this.#tick(), 1_000);
    setInterval(() => this.#draw(), REDRAW);
    this.#stream.start();
  }

  state(told) {
    if (this.#version !== null && this.#version !== told.version) {
      location.reload(); // another agentmon answers: this page belongs to the old one
      return;
    }
    this.#version = told.version;
    this.#hear(told);
    this.#holdings.replace(told);
    this.#show(told.at);
  }

  change(told) {
    this.#hear(told);
    this.#holdings.change(told);
    this.#show(told.at);
    this.#detail.refresh(told.teams.map(({ name }) => name));
  }

  beat(told) {
    this.#hear(told);
  }

  #hear({ at }) {
    this.#clock.hear(at);
    this.#heardAt = this.#clock.now();
  }

  lost() {
    document.documentElement.dataset.lost = "";
    document.title = words.tabLost;
    const since = this.#heardAt ?? this.#startedAt.getTime() / 1000;
    const text = (this.#heardAt === null ? words.neverConnected : words.lost)(timeOfDay(new Date(since * 1000)));
    this.#frame.lost(text);
    this.#speaker.announce(text);
    if (this.#heardAt !== null) this.#history.gap(since);
  }

  back() {
    delete document.documentElement.dataset.lost;
    this.#frame.back();
    this.#entitle();
    this.#speaker.announce(words.back);
    this.#history.reread();
  }

  #show(at) {
    const tiles = this.#holdings.tiles(this.#query);
    const now = this.#clock.now();
    this.#frame.tick(now);
    this.#frame.say(tiles.length ? "" : this.#holdings.hasTeams ? words.nothingChosen : words.noTeams);
    this.#frame.notice([...this.#query.problems, ...this.#missing()]);
    this.#frame.count(tiles);
    this.#frame.troubled(this.#holdings.troubledSources(this.#query), now);
    for (const [tile, before] of this.#tiles.show(tiles, now)) this.#speaker.changed(tile, before);
    this.#history.keep(tiles, at);
    this.#draw();
    this.#troubled = tiles.filter(({ channel }) => !["ok", "closed"].includes(channel.status)).length;
    this.#entitle();
    this.#rotation?.show();
  }

  #missing() {
    const teams = this.#holdings.missingTeams(this.#query);
    const told = this.#holdings.missingChannels(this.#query).map((name) => words.unknownChannel(name));
    return teams.length ? [words.unknownTeams(teams), ...told] : told;
  }

  #entitle() {
    document.title = words.tab(this.#troubled);
  }

  #tick() {
    const now = this.#clock.now();
    this.#frame.tick(now);
    this.#frame.troubled(this.#holdings.troubledSources(this.#query), now);
    this.#tiles.tick(now);
    this.#tiles.settle();
  }

  #draw() {
    this.#tiles.draw(this.#history, this.#clock.now());
  }

  #drawOne(key) {
    this.#tiles.find(key)?.tile.draw(this.#history.of(key), this.#clock.now());
  }
}

new Wall().start();
