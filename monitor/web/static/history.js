// The last hour of each tile: read once from the server, and continued from what the stream tells.

const SPAN = 3600;
const AT_ONCE = 3; // requests; a browser keeps few connections to one host, and the stream holds one of them

export class History {
  #clock;
  #filled;
  #tiles = [];
  #points = new Map();
  #unread = [];
  #running = 0;

  // `filled` is called with the key of a tile whose past has arrived.
  constructor(clock, filled) {
    this.#clock = clock;
    this.#filled = filled;
  }

  // Points {at, available}, oldest first; each holds until the next, and null is not known.
  of(key) {
    return this.#points.get(key) ?? [];
  }

  // What is kept may have holes, as after a lost connection: it is read again, and stays until that has arrived.
  reread() {
    this.#unread = [];
    for (const tile of this.#tiles) this.#readLater(tile);
  }

  // From `at` on nothing was heard.
  gap(at) {
    for (const [key, points] of this.#points) this.#points.set(key, [...points, { at, available: null }]);
  }

  // `at`, in Unix seconds, is when the tiles became what they are.
  keep(tiles, at) {
    this.#tiles = tiles;
    const wanted = new Set(tiles.map(({ key }) => key));
    for (const key of this.#points.keys()) if (!wanted.has(key)) this.#points.delete(key);
    this.#unread = this.#unread.filter(({ key }) => wanted.has(key));
    const since = this.#clock.now() - SPAN;
    for (const tile of tiles) {
      const isNew = !this.#points.has(tile.key);
      this.#points.set(tile.key, joined(this.of(tile.key), [{ at, available: tile.channel.available }], since));
      if (isNew) this.#readLater(tile);
    }
  }

  #readLater({ key, team, channel }) {
    this.#unread.push({ key, asked: new URLSearchParams({ team: team.name, channel: channel.channel, minutes: SPAN / 60 }) });
    if (this.#running < AT_ONCE) this.#read();
  }

  async #read() {
    this.#running += 1;
    while (this.#unread.length) {
      const { key, asked } = this.#unread.shift();
      try {
        const answer = await fetch(`api/v1/history?${asked}`);
        if (answer.ok) this.#take(key, (await answer.json()).series[0]?.points ?? []);
      } catch {
        // The line then begins now; that the connection is lost, the stream tells.
      }
    }
    this.#running -= 1;
  }

  #take(key, past) {
    if (!this.#points.has(key)) return;
    // An agentmon that was started anew has forgotten what this page still knows.
    const [from, until] = [past[0]?.at ?? Infinity, past[past.length - 1]?.at ?? Infinity];
    const before = this.of(key).filter(({ at }) => at < from);
    const after = this.of(key).filter(({ at }) => at > until);
    this.#points.set(key, joined([...before, ...past], after, this.#clock.now() - SPAN));
    this.#filled(key);
  }
}

// Points only where something changes; of those that are older than `since` one stays, to begin with.
function joined(points, more, since) {
  const all = [];
  for (const { at, available } of [...points, ...more]) {
    if (!all.length || all[all.length - 1].available !== available) all.push({ at, available });
  }
  let first = 0;
  while (first + 1 < all.length && all[first + 1].at <= since) first += 1;
  return all.slice(first);
}
