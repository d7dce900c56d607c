// A list that forgets.

/** Keeps the last entries, each with a growing `id` and the `time` it was added (ISO 8601). */
export class Recent {
  #entries = [];
  #capacity;
  // Goes on after a restart, so that a page that comes back misses nothing.
  #id = Date.now();

  constructor(capacity) {
    this.#capacity = capacity;
  }

  /** Adds an entry; the oldest goes when there are too many. */
  add(entry) {
    const added = { id: ++this.#id, time: new Date().toISOString(), ...entry };
    this.#entries.push(added);
    if (this.#entries.length > this.#capacity) this.#entries.shift();
    return added;
  }

  /** The entries after an id, oldest first. */
  after(id = 0) {
    return this.#entries.filter((entry) => entry.id > id);
  }
}
