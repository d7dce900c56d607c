// Everything that happens, newest first.
import { byId, clock, element, readable } from './dom.js';

const capacity = 1000;
const arrows = { in: ['↓', 'received'], out: ['↑', 'sent'], api: ['⇡', 'HTTP API'], page: ['·', 'this page'] };

/**
 * One line of the log.
 * @typedef {{ time?: string, direction: 'in' | 'out' | 'api' | 'page', event: string, channel?: string, data?: any, userId?: string, note?: string, failed?: boolean }} Entry
 */

/** Keeps and shows entries. Tells of each by an `entry` event, whose detail is the entry. */
export class Log extends EventTarget {
  #entries = [];
  #list = byId('log-list');

  constructor() {
    super();
    for (const input of document.querySelectorAll('[name=filter]')) input.addEventListener('change', () => this.#show());
    byId('log-search').addEventListener('input', () => this.#show());
    byId('log-clear').addEventListener('click', () => this.#clear());
    byId('log-export').addEventListener('click', () => this.#export());
    this.#show();
  }

  /** @param {Entry} entry */
  add(entry) {
    entry = { time: new Date().toISOString(), ...entry, category: categoryOf(entry) };
    this.#entries.push(entry);
    if (this.#matches(entry)) this.#list.prepend(row(entry));
    if (this.#entries.length > capacity) this.#entries.shift();
    if (this.#list.children.length > capacity) this.#list.lastElementChild.remove();
    this.#count();
    this.dispatchEvent(new CustomEvent('entry', { detail: entry }));
  }

  #matches({ category, event, channel = '', data }) {
    const filter = document.querySelector('[name=filter]:checked').value;
    const search = byId('log-search').value.toLowerCase();
    if (filter !== 'all' && filter !== category) return false;
    return !search || `${event} ${channel} ${JSON.stringify(data)}`.toLowerCase().includes(search);
  }

  #show() {
    this.#list.replaceChildren(...this.#entries.filter((entry) => this.#matches(entry)).reverse().map(row));
    this.#count();
  }

  #count() {
    const count = this.#list.children.length;
    byId('log-shown').textContent = count === this.#entries.length ? `${count}` : `${count} of ${this.#entries.length}`;
    byId('log-empty').hidden = count > 0;
    byId('log-empty').textContent = this.#entries.length > 0 ? 'Nothing matches the filter.' : 'Nothing has happened yet.';
  }

  #clear() {
    this.#entries = [];
    this.#show();
  }

  #export() {
    const file = new Blob([JSON.stringify(this.#entries, null, 2)], { type: 'application/json' });
    const link = element('a', { href: URL.createObjectURL(file), download: `sockudo-log-${new Date().toISOString().replaceAll(':', '-')}.json` });
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

/** The filter that an entry belongs to. */
function categoryOf({ event, direction, failed }) {
  if (failed || ['pusher:error', 'pusher:subscription_error', 'pusher:signin_error'].includes(event)) return 'errors';
  if (event.startsWith('client-')) return 'client';
  return direction === 'page' || direction === 'api' || /^pusher(_internal)?:/.test(event) ? 'system' : 'custom';
}

function row({ time, direction, category, event, channel, data, userId, note }) {
  const [arrow, meaning] = arrows[direction];
  const text = data === undefined ? '' : readable(data);
  return element(
    'li',
    { class: `entry ${category}` },
    element(
      'details',
      {},
      element(
        'summary',
        {},
        element('time', { datetime: time }, clock(time)),
        element('span', { class: 'arrow', title: meaning }, arrow),
        element('span', { class: 'event' }, event),
        channel ? element('span', { class: 'channel' }, channel) : undefined,
        userId ? element('span', { class: 'tag' }, `from ${userId}`) : undefined,
        note ? element('span', { class: 'tag' }, note) : undefined,
        element('span', { class: 'preview' }, text.replace(/\s+/g, ' ').slice(0, 300)),
      ),
      element('pre', { tabindex: '0' }, text || 'no data'),
    ),
  );
}
