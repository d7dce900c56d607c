// The occupied channels of an app.
import { get } from '../api.js';
import { badge, h, link, table, to } from '../dom.js';
import { count } from '../format.js';
import { appFrame } from './app-frame.js';
import { pager, pageSize } from './pager.js';

export const kindOf = (channel) => () =>
  h('span', {}, badge(channel.kind, channel.kind === 'public' ? '' : 'accent'), channel.is_cache ? badge('cache') : null);

export function channels(app) {
  const refresh = () => document.dispatchEvent(new Event('refresh-view'));
  const pages = pager(refresh);
  const prefix = h('input', { type: 'search', name: 'prefix', autocomplete: 'off', spellcheck: 'false', placeholder: 'presence-' });
  let typing = 0;
  prefix.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => { pages.reset(); refresh(); }, 250);
  });
  const list = table('Occupied channels by name, of all nodes',
    [{ name: 'Channel' }, { name: 'Kind' }, { name: 'Subscribed here', number: true }, { name: 'All nodes', number: true }, { name: 'Users', number: true }],
    'No such channel is occupied');
  return {
    title: `Channels of ${app}`,
    element: h('div', {},
      appFrame(app, 'channels'),
      h('section', { class: 'card' },
        h('form', { class: 'row', role: 'search', onsubmit: (event) => event.preventDefault() }, h('label', { class: 'grow' }, 'Names that begin with', prefix)),
        list.element, pages.element)),
    stop: () => clearTimeout(typing),
    async refresh() {
      const page = await get(['apps', app, 'channels'], { prefix: prefix.value, after: pages.after, limit: pageSize });
      pages.shown(page.channels.length, page.total, page.next);
      list.update(page.channels.map((channel) => ({
        key: channel.name,
        cells: [
          () => link(to('apps', app, 'channels', channel.name), channel.name), kindOf(channel),
          count(channel.subscriptions.here), count(channel.subscriptions.cluster), channel.users === null ? '' : count(channel.users),
        ],
      })));
    },
  };
}
