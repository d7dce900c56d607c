// One channel, and who is in it.
import { ApiError, get } from '../api.js';
import { facts, h, link, put, setText, table, to } from '../dom.js';
import { count } from '../format.js';
import { appFrame } from './app-frame.js';
import { kindOf } from './channels.js';
import { pager, pageSize } from './pager.js';

export function channel(app, name) {
  const about = h('div', {});
  const pages = pager(() => document.dispatchEvent(new Event('refresh-view')));
  const note = h('p', { class: 'note' });
  const members = table('Members on all nodes, by id',
    [{ name: 'User' }, { name: 'user_info' }, { name: 'Connections here', number: true }, { name: 'Other nodes', number: true }], 'No member');
  const isPresence = name.startsWith('presence-');
  return {
    title: name,
    element: h('div', {},
      appFrame(app, 'channels', name, name),
      h('section', { class: 'card' }, about, h('p', { class: 'note' }, link(to('events', app, name), 'Watch its events or publish one'))),
      isPresence ? h('section', { class: 'card' }, h('h2', {}, 'Members'), members.element, pages.element, note) : null),
    async refresh() {
      try {
        const found = await get(['apps', app, 'channels', name]);
        put(about, facts([
          ['Kind', kindOf(found)()],
          ['Subscribed on this node', count(found.subscriptions.here)],
          ['Subscribed on all nodes', count(found.subscriptions.cluster)],
          ...(found.users === null ? [] : [['Distinct users', count(found.users)]]),
        ]));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        put(about, h('p', { class: 'soft' }, error.message));
      }

      if (!isPresence) return;
      const [page, { shows_payloads: showsInfo }] = await Promise.all([
        get(['apps', app, 'channels', name, 'members'], { after: pages.after, limit: pageSize }), get(['apps', app])]);
      pages.shown(page.members.length, page.total, page.next);
      setText(note, showsInfo ? '' : 'user_info is not shown: dashboard.show_payloads does not name this app.');
      members.update(page.members.map((member) => ({
        key: member.user_id,
        cells: [member.user_id, member.user_info ?? '', count(member.connections_here), count(member.other_nodes)],
      })));
    },
  };
}
