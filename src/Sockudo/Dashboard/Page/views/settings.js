// What one app may do.
import { get } from '../api.js';
import { badge, facts, h, put } from '../dom.js';
import { bytes, count, limit } from '../format.js';
import { appFrame } from './app-frame.js';

const onOff = (value) => badge(value ? 'on' : 'off', value ? 'good' : '');

export function settings(id) {
  const features = h('div', {});
  const limits = h('div', {});
  const totals = h('div', {});
  return {
    title: id,
    interval: 5000,
    element: h('div', {},
      appFrame(id, 'settings'),
      h('div', { class: 'columns' },
        h('section', { class: 'card' }, h('h2', {}, 'Settings'), features),
        h('section', { class: 'card' }, h('h2', {}, 'Limits in force'), limits),
        h('section', { class: 'card' }, h('h2', {}, 'On this node since its start'), totals))),
    async refresh() {
      const app = await get(['apps', id]);
      const { features: has, limits: may, totals: sum } = app;
      put(features, facts([
        ['State', badge(app.is_enabled ? 'enabled' : 'disabled', app.is_enabled ? 'good' : 'warn')],
        ['Key', h('code', {}, app.key)],
        ['Client events', onOff(has.enable_client_messages)],
        ['Sign-in', onOff(has.enable_user_authentication)],
        ['Must authorise', onOff(has.enable_authorized_connections)],
        ['Watchlists', onOff(has.enable_watchlist_events)],
        ['Subscription counts', onOff(has.enable_subscription_count)],
        ['TLS required', onOff(has.require_tls)],
        ['Origins', has.allowed_origins.length === 0 ? 'any' : has.allowed_origins.join(', ')],
        ['Webhooks', count(app.webhooks)],
        ['Payloads shown here', onOff(app.shows_payloads)],
      ]));
      put(limits, facts([
        ['Connections', limit(may.max_connections)],
        ['Client events per second', limit(may.max_client_events_per_second)],
        ['API events per second', limit(may.max_backend_events_per_second)],
        ['API reads per second', limit(may.max_read_requests_per_second)],
        ['Members of a channel', limit(may.max_presence_members_per_channel)],
        ['Size of user_info', may.max_presence_member_bytes === null ? 'no limit' : bytes(may.max_presence_member_bytes)],
        ['Length of a channel name', limit(may.max_channel_name_length)],
        ['Channels of an event', limit(may.max_event_channels_at_once)],
        ['Length of an event name', limit(may.max_event_name_length)],
        ['Size of an event', may.max_event_data_bytes === null ? 'no limit' : bytes(may.max_event_data_bytes)],
        ['Events of a batch', limit(may.max_event_batch_size)],
      ]));
      put(totals, facts([
        ['Connections', count(sum.connections_opened)],
        ['Messages received', `${count(sum.messages_received)}, ${bytes(sum.bytes_received)}`],
        ['Messages sent', `${count(sum.messages_sent)}, ${bytes(sum.bytes_sent)}`],
        ['Events by HTTP', count(sum.events_http)],
        ['Client events', count(sum.events_client)],
        ['API requests', count(sum.http_requests)],
        ['Closed as too slow', count(sum.slow_consumers)],
      ]));
    },
  };
}
