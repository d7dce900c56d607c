// The nodes, as this one sees them.
import { get } from '../api.js';
import { badge, h, setText, table } from '../dom.js';
import { count } from '../format.js';

const tones = { up: 'good', draining: 'warn', catching_up: 'warn', left: '' };
const names = { up: 'up', draining: 'stopping', catching_up: 'catching up', left: 'has left' };

export function cluster() {
  const lead = h('p', { class: 'lead' });
  const state = h('p', { class: 'bad', role: 'status' });
  const nodes = table('Nodes, this one first',
    [{ name: 'Node' }, { name: 'State' }, { name: 'Knowledge of it' }, { name: 'Last heard of' }, { name: 'Connections', number: true }, { name: 'Epoch' }], 'None');
  return {
    title: 'Cluster',
    interval: 2000,
    element: h('div', {}, h('h1', {}, 'Cluster'), lead, state, h('section', { class: 'card' }, nodes.element)),
    async refresh() {
      const found = await get(['cluster']);
      const isAlone = found.adapter === 'local';
      setText(lead, isAlone
        ? 'adapter.driver is local: this node is by itself.'
        : `The nodes on ${found.adapter}, as this one sees them; another may see them differently for a moment.`);
      setText(state, isAlone || (found.is_connected && !found.is_isolated) ? ''
        : found.is_isolated ? 'This node is cut off: what it knows of the others is frozen, and it publishes nothing.' : 'The broker cannot be reached.');
      nodes.update(found.peers.map((peer) => ({
        key: `${peer.epoch}${peer.state}${peer.is_synchronised}`,
        cells: [
          () => h('span', {}, peer.name, ' ', peer.is_self ? badge('this node', 'accent') : null),
          () => badge(names[peer.state], tones[peer.state]),
          peer.is_self ? '' : peer.is_synchronised ? 'complete' : 'being asked for',
          peer.heard_milliseconds_ago === null ? '' : `${count(peer.heard_milliseconds_ago)} ms ago`,
          count(peer.connections), peer.epoch ?? '',
        ],
      })));
    },
  };
}
