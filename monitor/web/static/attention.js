// Whether somebody is at the wall with pointer or keys: then tiles stay where they are, and pages do not turn.

const IDLE = 60_000; // a pointer that was left lying on a wall is nobody

export class Attention {
  #room;
  #until = 0;

  // `room` is where the tiles are.
  constructor(room) {
    this.#room = room;
    room.addEventListener("pointermove", () => this.#extend());
    room.addEventListener("pointerleave", () => this.#end());
    room.addEventListener("focusin", () => this.#extend());
    room.addEventListener("focusout", (event) => {
      if (!room.contains(event.relatedTarget)) this.#end();
    });
    document.addEventListener("keydown", () => this.#extend());
  }

  get isHere() {
    return performance.now() < this.#until;
  }

  #extend() {
    this.#until = performance.now() + IDLE;
  }

  #end() {
    this.#until = 0;
  }
}
