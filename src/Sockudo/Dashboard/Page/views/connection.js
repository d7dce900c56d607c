// One connection.
import { ApiError, get } from '../api.js';
import { facts, h, link, outcome, put, table, to } from '../dom.js';
import { bytes, count, moment, since } from '../format.js';
import { appFrame } from './app-frame.js';
import { pager, pageSize } from './pager.js';
import { terminate } from './terminate.js';

export function connection(app, socket, node) {
  const refresh = () => document.dispatchEvent(new Event('refresh-view'));
  const about = h('div', {});
  const said = outcome();
  const pages = pager(refresh);
  const list = table('Channels that it is subscribed to, by name', [{ name: 'Channel' }], 'None');
  const close = h('button', {
    type: 'button', class: 'danger',
    onclick: async () => { if (await terminate(app, socket, said)) refresh(); },
  }, 'Close connection');
  return {
    title: socket,
    element: h('div', {},
      appFrame(app, 'connections', socket, link(to('apps', app, 'connections'), 'Connections'), socket),
      h('section', { class: 'card' }, about, h('div', { class: 'buttons' }, close), said.element),
      h('section', { class: 'card' }, h('h2', {}, 'Channels'), list.element, pages.element)),
    async refresh() {
      try {
        const one = await get(['apps', app, 'connections', socket]);
        const page = await get(['apps', app, 'connections', socket, 'channels'], { after: pages.after, limit: pageSize });
        close.disabled = false;
        put(about, facts([
          ['Node', node], ['Address', one.address ?? '–'], ['Origin', one.origin ?? '–'], ['Signed in as', one.user_id ?? '–'],
          ['Since', `${moment(one.since)} (${since(one.since)})`], ['Channels', count(one.channels)], ['Queued for it', bytes(one.pending_bytes)],
          ['Authorised', one.is_authorized ? 'yes' : 'not yet'],
        ]));
        pages.shown(page.channels.length, page.total, page.next);
        list.update(page.channels.map((name) => ({ key: name, cells: [() => link(to('apps', app, 'channels', name), name)] })));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        close.disabled = true;
        put(about, h('p', { class: 'soft' }, error.message));
        list.update([]);
      }
    },
  };
}
