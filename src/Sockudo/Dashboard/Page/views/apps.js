// All apps.
import { get } from '../api.js';
import { badge, h, link, setText, table, to } from '../dom.js';
import { bytes, count } from '../format.js';

export function apps() {
  const note = h('p', { class: 'lead' });
  const list = table('Apps by id',
    [{ name: 'App' }, { name: 'State' }, { name: 'Connections here', number: true }, { name: 'All nodes', number: true }, { name: 'Channels here', number: true },
      { name: 'Events published here', number: true }, { name: 'Sent here', number: true }],
    'No app yet');
  return {
    title: 'Apps',
    element: h('div', {}, h('h1', {}, 'Apps'), note, h('section', { class: 'card' }, list.element)),
    async refresh() {
      const found = await get(['apps']);
      setText(note, found.is_complete
        ? 'The apps of the configuration. Channels, events and bytes are those of this node since its start.'
        : 'Apps are in a database; these are the ones that this node has met since its start. Channels, events and bytes are those of this node.');
      list.update(found.apps.map((app) => ({
        key: `${app.id}/${app.is_enabled}`,
        cells: [
          () => link(to('apps', app.id, 'channels'), app.id),
          () => badge(app.is_enabled ? 'enabled' : 'disabled', app.is_enabled ? 'good' : 'warn'),
          count(app.connections.here), count(app.connections.cluster), count(app.channels),
          count(app.totals.events_http + app.totals.events_client), bytes(app.totals.bytes_sent),
        ],
      })));
    },
  };
}
