// Who the user of this page is: for presence channels, and by signing in.
import { byId, element, onSubmit } from './dom.js';
import { publish } from './backend.js';

/** What the backend is told about the user when it signs. */
export function identity() {
  return { user_id: byId('user-id').value.trim(), user_info: byId('user-info').value, watchlist: JSON.stringify(words(byId('watchlist').value)) };
}

export const words = (text) => text.split(/\s+/).filter(Boolean);

export class User {
  #connection;
  // Whom the watchlist has told about: id to `online` or `offline`.
  #watched = new Map();

  constructor(log) {
    const id = `user-${Math.floor(1000 + Math.random() * 9000)}`;
    byId('user-id').value = id;
    byId('user-info').value = JSON.stringify({ name: `User ${id.slice(5)}` });
    byId('user-info').addEventListener('input', ({ target }) => target.setCustomValidity(isObject(target.value) ? '' : 'A JSON object such as {"name":"Ann"}, or nothing.'));
    onSubmit(byId('user-form'), () => this.signIn(byId('user-id').value.trim()));
    onSubmit(byId('terminate-form'), () => publish(log, 'terminate', { user_id: byId('terminate-id').value }));
  }

  /** Follows a connection. */
  follow(connection) {
    this.#connection = connection;
    connection.addEventListener('state', () => this.#show());
    connection.addEventListener('message', ({ detail }) => this.#hear(detail));
    this.#show();
  }

  /** Signs in as a user. A connection has one user for as long as it lasts. */
  signIn(id) {
    const { pusher } = this.#connection;
    if (!pusher) throw new Error('Connect first.');
    if (pusher.user.user_data) throw new Error(`You are signed in as ${pusher.user.user_data.id}. Disconnect to become somebody else.`);
    if (!id) throw new Error('Give a user id.');
    byId('user-id').value = id;
    // A request that failed must not stop the next one.
    pusher.user.signin_requested = false;
    pusher.signin();
  }

  #hear({ event, data }) {
    if (event === 'pusher:signin_success') this.#show();
    if (event === 'pusher_internal:watchlist_events') {
      for (const { name, user_ids: ids } of data.events) for (const id of ids) this.#watched.set(id, name);
      this.#show();
    }
  }

  #show() {
    const { pusher, state } = this.#connection;
    const user = state === 'connected' ? pusher.user.user_data : undefined;
    if (!user) this.#watched.clear();
    byId('signed-in').textContent = user ? `Signed in as ${user.id}` : 'Not signed in';
    byId('signed-in').dataset.state = user ? 'connected' : 'disconnected';
    byId('watchlist-state').replaceChildren(...[...this.#watched].map(([id, name]) => element('li', { class: name }, element('strong', {}, id), ` ${name}`)));
  }
}

function isObject(text) {
  if (!text.trim()) return true;
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}
