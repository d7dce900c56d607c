// One channel in the list.
import { element } from './dom.js';
import { kindOf } from './kinds.js';

export class ChannelView {
  /** The channel of pusher-js. */
  channel;
  element;
  #status = element('span', { class: 'status' });
  #members = element('ul', { class: 'members', 'aria-label': 'Members' });
  #cache = element('p', { class: 'cache' });
  #count;
  #problem;
  // The first message after the confirmation is the cached event, or says that there is none.
  #expectsCached = false;

  /** @param {() => void} [unsubscribe] left out for channels that cannot be left */
  constructor(channel, unsubscribe) {
    this.channel = channel;
    this.element = element(
      'li',
      { class: 'channel-item' },
      element(
        'div',
        { class: 'channel-head' },
        element('span', { class: 'kind' }, kindOf(channel.name).label),
        element('strong', { class: 'name' }, channel.name),
        this.#status,
        unsubscribe && element('button', { type: 'button', class: 'quiet', 'aria-label': `Unsubscribe from ${channel.name}`, click: unsubscribe }, 'Unsubscribe'),
      ),
      this.#cache,
      this.#members,
    );
    this.show();
  }

  /** Takes a message of this channel. Returns `cached` for an event that was not live. */
  hear({ event, data }) {
    const { cache, presence } = kindOf(this.channel.name);
    let note;
    if (event === 'pusher_internal:subscription_succeeded') {
      this.#problem = undefined;
      this.#expectsCached = Boolean(cache);
    } else if (this.#expectsCached && !event.startsWith('pusher_internal:')) {
      this.#expectsCached = false;
      note = event === 'pusher:cache_miss' ? undefined : 'cached';
      this.#cache.textContent = note ? `Cached event on subscribing: ${event}` : 'Cache miss on subscribing: no event is kept';
    }
    if (event === 'pusher_internal:subscription_count') this.#count = data.subscription_count;
    if (presence || event.startsWith('pusher')) this.show();
    return note;
  }

  /** Whether the subscription was refused. */
  get failed() {
    return Boolean(this.#problem);
  }

  /** Shows that the subscription was refused. */
  fail(problem) {
    this.#problem = problem;
    this.show();
  }

  show() {
    const { channel } = this;
    const members = channel.subscribed ? channel.members : undefined;
    this.element.dataset.status = this.#problem ? 'refused' : channel.subscribed ? 'subscribed' : 'waiting';
    this.#status.textContent =
      this.#problem ? `refused: ${this.#problem}`
      : !channel.subscribed ? 'waiting'
      : members ? `${members.count} ${members.count === 1 ? 'member' : 'members'}`
      : this.#count ? `${this.#count} ${this.#count === 1 ? 'subscription' : 'subscriptions'}`
      : 'subscribed';
    const items = [];
    members?.each(({ id, info }) => items.push(member(id, info, id === members.myID)));
    this.#members.replaceChildren(...items);
  }
}

function member(id, info, isMe) {
  return element('li', {}, element('strong', {}, id), isMe ? ' (this page)' : '', info ? element('span', { class: 'info' }, JSON.stringify(info)) : '');
}
