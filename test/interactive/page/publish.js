// Publishing through the backend: one event, a batch, and what was published before.
import { byId, element, jsonOrText, onSubmit } from './dom.js';
import { get, publish } from './backend.js';
import { words } from './user.js';

export class Publish {
  #log;
  #batch = [];

  constructor(connection, log) {
    this.#log = log;
    byId('exclude-me').addEventListener('click', () => (byId('publish-socket').value = connection.socketId));
    onSubmit(byId('publish-form'), (button) => (button?.value === 'add' ? this.#add() : this.#send('trigger-event', event())));
    onSubmit(byId('batch-form'), async () => {
      await this.#send('trigger-batch-events', { batch: this.#batch });
      this.#batch = [];
      this.#showBatch();
    });
    byId('history').addEventListener('toggle', () => this.#showHistory());
    this.#showBatch();
  }

  async #send(path, body) {
    byId('publish-answer').textContent = '';
    try {
      byId('publish-answer').textContent = JSON.stringify(await publish(this.#log, path, body));
    } finally {
      this.#showHistory();
    }
  }

  #add() {
    const { channels, ...rest } = event();
    this.#batch.push(...channels.map((channel) => ({ ...rest, channel })));
    this.#showBatch();
  }

  #showBatch() {
    byId('batch-form').hidden = this.#batch.length === 0;
    byId('batch-send').textContent = this.#batch.length === 1 ? 'Send batch of 1 event' : `Send batch of ${this.#batch.length} events`;
    byId('batch-list').replaceChildren(
      ...this.#batch.map((item, index) => {
        const remove = () => {
          this.#batch.splice(index, 1);
          this.#showBatch();
        };
        const label = `Remove ${item.name} to ${item.channel}`;
        return element('li', {}, element('span', {}, `${item.name} → ${item.channel}`), element('button', { type: 'button', class: 'quiet', 'aria-label': label, click: remove }, 'Remove'));
      }),
    );
  }

  async #showHistory() {
    if (!byId('history').open) return;
    const { events } = await get('event-history').catch((error) => ({ events: [{ kind: 'error', error: error.message }] }));
    byId('history-list').replaceChildren(...events.reverse().map(past));
  }
}

/** The event that the form describes. */
function event() {
  const channels = words(byId('publish-channels').value);
  if (channels.length === 0) throw new Error('Give at least one channel.');
  const info = [...document.querySelectorAll('[name=publish-info]:checked')].map(({ value }) => value).join(',');
  const socketId = byId('publish-socket').value.trim();
  return {
    name: byId('publish-event').value,
    channels,
    data: jsonOrText(byId('publish-data').value),
    ...(socketId && { socket_id: socketId }),
    ...(info && { info }),
  };
}

/** A request of the past; an event can be brought back into the form. */
function past({ kind, request, error }) {
  const titles = {
    event: () => `${request.name} → ${[request.channels ?? request.channel].flat().join(' ')}`,
    batch: () => `batch: ${request.batch.map(({ name, channel }) => `${name} → ${channel}`).join(', ')}`,
    terminate: () => `terminate ${request.user_id}`,
    error: () => '',
  };
  const again = () => {
    byId('publish-channels').value = [request.channels ?? request.channel].flat().join(' ');
    byId('publish-event').value = request.name;
    byId('publish-data').value = typeof request.data === 'string' ? request.data : JSON.stringify(request.data, null, 2);
    byId('publish-event').focus();
  };
  return element(
    'li',
    {},
    element('span', {}, titles[kind](), error ? element('span', { class: 'problem' }, ` ${error}`) : ''),
    kind === 'event' ? element('button', { type: 'button', class: 'quiet', click: again }, 'Edit again') : undefined,
  );
}
