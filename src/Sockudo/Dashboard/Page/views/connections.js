// The connections of an app to this node.
import { get } from '../api.js';
import { h, link, outcome, table, to } from '../dom.js';
import { bytes, count, since } from '../format.js';
import { appFrame } from './app-frame.js';
import { pager, pageSize } from './pager.js';
import { terminate } from './terminate.js';

export function connections(app, node) {
  const refresh = () => document.dispatchEvent(new Event('refresh-view'));
  const pages = pager(refresh);
  const said = outcome();
  const list = table(`Connections to this node, ${node}, the oldest first; those of other nodes are shown by their own dashboards`,
    [{ name: 'Connection' }, { name: 'Address' }, { name: 'Origin' }, { name: 'User' }, { name: 'For' }, { name: 'Channels', number: true },
      { name: 'Queued', number: true }, { name: 'Close', action: true }],
    'Nobody is connected to this node');
  return {
    title: `Connections of ${app}`,
    element: h('div', {}, appFrame(app, 'connections'), h('section', { class: 'card' }, list.element, pages.element, said.element)),
    async refresh() {
      const page = await get(['apps', app, 'connections'], { after: pages.after, limit: pageSize });
      pages.shown(page.connections.length, page.total, page.next);
      list.update(page.connections.map((one) => ({
        key: one.socket_id,
        cells: [
          () => link(to('apps', app, 'connections', one.socket_id), one.socket_id), one.address ?? '', one.origin ?? '', one.user_id ?? '', since(one.since),
          count(one.channels), bytes(one.pending_bytes),
          () => h('button', {
            type: 'button', class: 'danger small', 'aria-label': `Close connection ${one.socket_id}`,
            onclick: async () => { if (await terminate(app, one.socket_id, said)) refresh(); },
          }, 'Close'),
        ],
      })));
    },
  };
}
