// The server's events, for as long as the page lives: it notices silence, and never stops trying.

const SILENCE = 8_000; // the server sends a beat at least every 5 s
const GRACE = 3_000; // an error that the browser's first new try mends is not worth a word
const BACK_OFF = [1_000, 2_000, 4_000, 8_000, 15_000];

export class Stream {
  #address;
  #listener;
  #source = null;
  #attempts = 0;
  #isLost = false;
  #silence = 0;
  #grace = 0;
  #retry = 0;

  // The listener is told each event by `state`, `change` and `beat`, and `lost` and `back` once each time.
  constructor(address, listener) {
    this.#address = address;
    this.#listener = listener;
  }

  start() {
    window.addEventListener("online", () => this.#open());
    this.#open();
  }

  #open() {
    clearTimeout(this.#retry);
    this.#source?.close();
    const source = new EventSource(this.#address);
    this.#source = source;
    for (const name of ["state", "change", "beat"]) {
      source.addEventListener(name, (event) => this.#hear(name, event.data));
    }
    source.addEventListener("error", () => this.#fail());
    this.#awaitSound();
  }

  #hear(name, data) {
    let told;
    try {
      told = JSON.parse(data);
    } catch {
      this.#lose(); // cut off or garbled on its way: only a whole state mends that
      this.#openLater();
      return;
    }
    clearTimeout(this.#grace);
    this.#grace = 0;
    this.#attempts = 0;
    this.#awaitSound();
    if (this.#isLost) {
      this.#isLost = false;
      this.#listener.back();
    }
    this.#listener[name](told);
  }

  // The browser reconnects by itself as long as it has not given up, as it does when the answer is an error.
  #fail() {
    if (!this.#isLost && !this.#grace) this.#grace = setTimeout(() => this.#lose(), GRACE);
    if (this.#source.readyState === EventSource.CLOSED) this.#openLater();
  }

  #awaitSound() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#lose();
      this.#openLater();
    }, SILENCE);
  }

  #lose() {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#listener.lost();
  }

  #openLater() {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#source.close();
    const longest = BACK_OFF[Math.min(this.#attempts, BACK_OFF.length - 1)];
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#open(), longest * (0.75 + Math.random() / 4));
  }
}
