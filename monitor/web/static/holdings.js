// What the server has told so far, and the tiles that the page's address asks for.

import { LANGUAGE } from "./words.js";

const byName = new Intl.Collator(LANGUAGE, { numeric: true });

export class Holdings {
  #teams = new Map();
  #sources = new Map();

  replace(state) {
    this.#teams = new Map(state.teams.map((team) => [team.name, team]));
    this.#sources = new Map(state.sources.map((source) => [source.name, source]));
  }

  change(told) {
    for (const team of told.teams) this.#teams.set(team.name, team);
    for (const source of told.sources) this.#sources.set(source.name, source);
    for (const name of told.removed_teams) this.#teams.delete(name);
    for (const name of told.removed_sources) this.#sources.delete(name);
  }

  get hasTeams() {
    return this.#teams.size > 0;
  }

  // One for each wanted team and channel, the worst first, then by name.
  tiles(query) {
    const found = this.#wanted(query).flatMap((team) =>
      team.channels
        .filter((channel) => !query.channels || query.channels.includes(channel.channel))
        .map((channel) => ({ key: `${team.name}/${channel.channel}`, team, channel })),
    );
    return found.sort(
      (one, other) =>
        one.channel.trouble - other.channel.trouble ||
        byName.compare(one.team.name, other.team.name) ||
        byName.compare(one.channel.channel, other.channel.channel),
    );
  }

  // Sources of the wanted teams that do not do what they should.
  troubledSources(query) {
    const ours = query.teams ? new Set(this.#wanted(query).flatMap((team) => team.sources.map(({ name }) => name))) : null;
    return [...this.#sources.values()].filter(
      (source) => (!ours || ours.has(source.name)) && (source.state !== "fresh" || !source.is_up || source.roster_error),
    );
  }

  missingTeams(query) {
    return (query.teams ?? []).filter((name) => !this.#teams.has(name));
  }

  missingChannels(query) {
    const known = new Set([...this.#teams.values()].flatMap((team) => team.channels.map(({ channel }) => channel)));
    return (query.channels ?? []).filter((name) => !known.has(name));
  }

  #wanted(query) {
    return [...this.#teams.values()].filter((team) => !query.teams || query.teams.includes(team.name));
  }
}
