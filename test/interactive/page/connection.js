// The connection to the server: one pusher-js client at a time, and everything it says and hears.
import { byId, onSubmit } from './dom.js';
import { kindOf } from './kinds.js';

/**
 * Events: `state` whenever the connection's state changes; `message` for each message of the server, decrypted, with
 * `{ event, channel, data, userId, note }` as detail, where listeners may set `note` before it is logged.
 */
export class Connection extends EventTarget {
  /** The client, or undefined when there is none. */
  pusher;
  #log;
  #user;

  /**
   * @param {{ key: string, host: string, port: number, useTLS: boolean }} config what the form begins with
   * @param {() => Record<string, string>} user what the backend is told about the user when it signs
   */
  constructor(config, log, user) {
    super();
    this.#log = log;
    this.#user = user;
    byId('key').value = config.key;
    byId('host').value = config.host;
    byId('port').value = config.port;
    byId('tls').checked = config.useTLS;
    onSubmit(byId('connection-form'), () => (this.pusher ? this.#disconnect() : this.#connect()));
    byId('socket-id').addEventListener('click', () => navigator.clipboard?.writeText(this.socketId));
    this.#show();
  }

  /** `connected`, or what else pusher-js says. */
  get state() {
    return this.pusher?.connection.state ?? 'disconnected';
  }

  get socketId() {
    return this.state === 'connected' ? this.pusher.connection.socket_id : '';
  }

  /**
   * Follows a channel. What is encrypted can only be read here, and an authorisation that fails is told only here.
   * @returns the channel
   */
  follow(channel) {
    const { encrypted } = kindOf(channel.name);
    channel.bind_global((event, data) => {
      if (event === 'pusher:subscription_error' || (encrypted && !event.startsWith('pusher:'))) this.#hear({ event, channel: channel.name, data });
    });
    return channel;
  }

  #connect() {
    const port = Number(byId('port').value);
    const pusher = new window.Pusher(byId('key').value, {
      cluster: 'unused',
      wsHost: byId('host').value,
      wsPort: port,
      wssPort: port,
      forceTLS: byId('tls').checked,
      enabledTransports: ['ws'],
      channelAuthorization: { endpoint: 'pusher/auth', transport: 'ajax', paramsProvider: this.#user },
      userAuthentication: { endpoint: 'pusher/user-auth', transport: 'ajax', paramsProvider: this.#user },
    });
    this.pusher = pusher;

    // pusher-js does not tell what it sends; all of it goes through this method.
    const send = pusher.send_event.bind(pusher);
    pusher.send_event = (event, data, channel) => {
      this.#log.add({ direction: 'out', event, channel: channel ?? data?.channel, data });
      return send(event, data, channel);
    };
    pusher.connection.bind('message', ({ event, channel, data, user_id: userId }) => {
      const byChannel = event === 'pusher:subscription_error' || (channel && kindOf(channel).encrypted && !/^pusher(_internal)?:/.test(event));
      if (!byChannel) this.#hear({ event, channel, data, userId });
    });
    pusher.connection.bind('state_change', ({ current }) => {
      this.#log.add({ direction: 'page', event: current, data: current === 'connected' ? { socket_id: this.socketId } : undefined });
      // The server has sent it away for good: the next click connects anew.
      if (['disconnected', 'failed'].includes(current)) this.pusher = undefined;
      this.#show();
    });
    pusher.connection.bind('error', (error) => {
      // Errors that came as a message are in the log already.
      if (error.type === 'PusherError') return;
      this.#log.add({ direction: 'page', event: 'connection error', data: error.error?.data ?? `${error.type}: the connection failed`, failed: true });
    });
    pusher.user.bind('pusher:signin_error', (data) => this.#hear({ event: 'pusher:signin_error', data }));
    this.#show();
  }

  #disconnect() {
    this.pusher.disconnect();
  }

  #hear(message) {
    this.dispatchEvent(new CustomEvent('message', { detail: message }));
    this.#log.add({ direction: 'in', ...message });
  }

  #show() {
    const { state } = this;
    byId('state').textContent = state;
    byId('state').dataset.state = state;
    byId('socket-id').textContent = this.socketId;
    byId('socket-id').hidden = !this.socketId;
    byId('connect').textContent = this.pusher ? 'Disconnect' : 'Connect';
    byId('connection-fields').disabled = Boolean(this.pusher);
    this.dispatchEvent(new Event('state'));
  }
}
