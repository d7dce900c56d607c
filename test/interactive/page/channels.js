// The channels that are subscribed to, and events of clients to them.
import { byId, element, jsonOrText, onSubmit } from './dom.js';
import { ChannelView } from './channel-view.js';
import { kindOf } from './kinds.js';

export class Channels {
  #connection;
  #signIn;
  #views = new Map();

  /** @param {(id: string) => void} signIn signs in, which is what subscribes to the channel of a user */
  constructor(connection, signIn) {
    this.#connection = connection;
    this.#signIn = signIn;
    const name = () => {
      const [prefix, rest] = [byId('channel-kind').value, byId('channel-name').value.trim()];
      return rest.startsWith(prefix) ? rest : prefix + rest;
    };
    const preview = () => {
      byId('channel-full').textContent = name();
      byId('subscribe').textContent = kindOf(name()).user ? 'Sign in' : 'Subscribe';
    };
    byId('channel-kind').addEventListener('change', preview);
    byId('channel-name').addEventListener('input', preview);
    preview();
    onSubmit(byId('channel-form'), () => this.#subscribe(name()));
    onSubmit(byId('client-form'), () => this.#send());
    connection.addEventListener('message', ({ detail }) => this.#hear(detail));
    // pusher-js marks the channels after it has told the state.
    connection.addEventListener('state', () => queueMicrotask(() => this.#stateChanged()));
    this.#show();
  }

  #subscribe(name) {
    const { pusher } = this.#connection;
    if (!pusher) throw new Error('Connect first.');
    const kind = kindOf(name);
    if (kind.user) return this.#signIn(name.slice(kind.prefix.length));
    if (this.#views.has(name) && !this.#views.get(name).failed) throw new Error('You are subscribed to it already.');
    this.#add(this.#connection.follow(pusher.subscribe(name)), () => this.#unsubscribe(name));
  }

  #unsubscribe(name) {
    this.#connection.pusher?.unsubscribe(name);
    this.#remove(name);
  }

  #send() {
    const channel = this.#views.get(byId('client-channel').value)?.channel;
    if (!channel) throw new Error('Subscribe to a private or presence channel first.');
    const event = byId('client-event').value.trim();
    if (!event.startsWith('client-')) throw new Error('The names of client events begin with "client-".');
    channel.trigger(event, jsonOrText(byId('client-data').value));
  }

  #hear(message) {
    const { event, channel: name, data } = message;
    if (event === 'pusher_internal:subscription_succeeded' && kindOf(name).user) this.#add(this.#connection.pusher.user.serverToUserChannel);
    const view = this.#views.get(name);
    if (!view) return;
    if (event === 'pusher:subscription_error') {
      // pusher-js would wait for an answer for ever, and not subscribe again.
      view.channel.disconnect();
      this.#connection.pusher.unsubscribe(name);
      view.fail(data.error);
      this.#show();
      return;
    }
    message.note = view.hear(message) ?? message.note;
    if (event === 'pusher_internal:subscription_succeeded') this.#show();
  }

  #stateChanged() {
    if (this.#connection.pusher) {
      for (const view of this.#views.values()) view.show();
    } else {
      for (const name of [...this.#views.keys()]) this.#remove(name);
    }
  }

  #add(channel, unsubscribe) {
    this.#remove(channel.name);
    const view = new ChannelView(channel, unsubscribe);
    this.#views.set(channel.name, view);
    byId('channel-list').append(view.element);
    this.#show();
  }

  #remove(name) {
    this.#views.get(name)?.element.remove();
    this.#views.delete(name);
    this.#show();
  }

  #show() {
    byId('channel-empty').hidden = this.#views.size > 0;
    const views = [...this.#views.values()].filter(({ channel }) => channel.subscribed);
    byId('subscribed-channels').replaceChildren(...views.map(({ channel: { name } }) => element('option', { value: name })));

    const select = byId('client-channel');
    const chosen = select.value;
    const names = views.map(({ channel: { name } }) => name).filter((name) => kindOf(name).client);
    select.replaceChildren(...names.map((name) => element('option', { value: name }, name)));
    if (names.includes(chosen)) select.value = chosen;
    byId('client-hint').hidden = names.length > 0;
    byId('client-fields').disabled = names.length === 0;
  }
}
