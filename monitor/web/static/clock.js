// The server's time as the browser knows it, so that ages are true on a machine whose clock is wrong.

const REMEMBERED = 6;

export class ServerClock {
  #offsets = [];

  // `at`, in Unix seconds, is when the server wrote what has just arrived; the least delayed of the last few counts.
  hear(at) {
    this.#offsets.push(at - performance.now() / 1000);
    if (this.#offsets.length > REMEMBERED) this.#offsets.shift();
  }

  // Unix seconds. Before anything was heard it is the browser's own time.
  now() {
    if (this.#offsets.length === 0) return Date.now() / 1000;
    return Math.max(...this.#offsets) + performance.now() / 1000;
  }
}
