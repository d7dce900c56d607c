// This node at a glance, with the last two minutes of what moves.
import { get } from '../api.js';
import { sparkline } from '../chart.js';
import { badge, facts, h, put, setText, table } from '../dom.js';
import { bytes, count, duration, moment, rate } from '../format.js';

function tile(name, note = '') {
  const value = h('div', { class: 'tile-value' }, '–');
  const remark = h('div', { class: 'tile-note' }, note);
  const chart = sparkline();
  return {
    element: h('section', { class: 'card', 'aria-label': name }, h('div', { class: 'tile-name' }, name), value, remark, chart.element),
    set(number, text, more) {
      if (number !== null) chart.add(number);
      setText(value, text);
      if (more !== undefined) setText(remark, more);
    },
  };
}

export function overview() {
  const tiles = {
    connections: tile('Connections'),
    sent: tile('Messages to clients per second'),
    received: tile('Messages from clients per second'),
    published: tile('Events published per second'),
    requests: tile('HTTP API requests per second'),
    memory: tile('Memory'),
    cpu: tile('Processor'),
    channels: tile('Channels'),
  };
  const about = h('div', {});
  const queue = h('div', {});
  const backends = table('Whether each can be used, as last seen', [{ name: 'What for' }, { name: 'Driver' }, { name: 'State' }], 'None');
  const lead = h('p', { class: 'lead' }, 'Everything here is of this node.');
  let before = null;

  function perSecond(now, read) {
    if (!before) return null;
    const seconds = (Date.parse(now.at) - Date.parse(before.at)) / 1000;
    return seconds > 0 ? Math.max(0, read(now) - read(before)) / seconds : null;
  }

  function setRate(entry, now, read, total) {
    const value = perSecond(now, read);
    entry.set(value, value === null ? '–' : rate(value), total);
  }

  return {
    title: 'Overview',
    interval: 2000,
    element: h('div', {},
      h('h1', {}, 'Overview'),
      lead,
      h('div', { class: 'tiles' }, Object.values(tiles).map((entry) => entry.element)),
      h('div', { class: 'columns' },
        h('section', { class: 'card' }, h('h2', {}, 'Node'), about),
        h('section', { class: 'card' }, h('h2', {}, 'Backends'), backends.element),
        h('section', { class: 'card' }, h('h2', {}, 'Webhook queue'), queue))),
    async refresh() {
      const now = await get(['overview']);
      const { node, memory, totals } = now;
      tiles.connections.set(now.connections, count(now.connections), `${bytes(now.pending_bytes)} queued for them`);
      setRate(tiles.sent, now, (one) => one.totals.messages_sent, `${count(totals.messages_sent)} since the start, ${bytes(totals.bytes_sent)}`);
      setRate(tiles.received, now, (one) => one.totals.messages_received, `${count(totals.messages_received)} since the start, ${bytes(totals.bytes_received)}`);
      setRate(tiles.published, now, (one) => one.totals.events_http + one.totals.events_client,
        `${count(totals.events_http)} by HTTP, ${count(totals.events_client)} by clients`);
      setRate(tiles.requests, now, (one) => one.totals.http_requests, `${count(totals.http_requests)} since the start`);
      tiles.memory.set(memory.used_bytes, bytes(memory.used_bytes), `of ${bytes(memory.total_bytes)}; heap ${bytes(memory.heap_bytes)}`);
      const cpu = perSecond(now, (one) => one.node.cpu_seconds);
      tiles.cpu.set(cpu, cpu === null ? '–' : `${rate(cpu * 100)} %`, `of one of ${node.processors}`);
      tiles.channels.set(now.channels, count(now.channels), `${count(now.subscriptions)} subscriptions`);
      before = now;

      setText(lead, now.nodes > 1
        ? `Everything here is of this node, ${node.name}; the cluster has ${now.nodes} nodes.`
        : `Everything here is of this node, ${node.name}.`);
      const state = node.is_draining ? badge('stopping', 'warn') : node.is_ready ? badge('ready', 'good') : badge('not ready', 'bad');
      put(about, facts([
        ['State', state], ['Name', node.name], ['Version', node.version], ['Mode', node.mode],
        ['Started', moment(node.started_at)], ['Up for', duration(node.uptime_seconds)],
        ['Connections ever', count(totals.connections_opened)], ['Closed as too slow', count(totals.slow_consumers)],
      ]));
      backends.update(now.backends.map((backend) => ({
        key: `${backend.component}${backend.state}`,
        cells: [backend.component, backend.driver, () => badge(backend.state, backend.state === 'ok' ? 'good' : 'bad')],
      })));
      put(queue, now.queue === null
        ? h('p', { class: 'soft' }, 'There is no queue: queue.driver is none.')
        : facts([
          ['Ready', count(now.queue.ready)], ['Being sent', count(now.queue.leased)], ['Waiting for another attempt', count(now.queue.delayed)],
          ['Given up', count(now.queue.dead)], ['Paused targets', count(now.queue.paused_targets)],
          ['Oldest', now.queue.oldest_at === null ? '–' : moment(now.queue.oldest_at)],
        ]));
    },
  };
}
