// The webhooks of the server, as they arrive.
import { byId, clock, element } from './dom.js';

const shown = 100;

export function webhooks(url, log) {
  const types = ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event', 'cache_miss', 'subscription_count'];
  byId('webhook-entry').textContent = JSON.stringify({ url, event_types: types }, null, 2);
  const opened = new Date().toISOString();
  const list = byId('webhook-list');
  // The browser connects again by itself, and says what it has seen.
  new EventSource('webhooks-log').addEventListener('message', ({ data }) => {
    const webhook = JSON.parse(data);
    list.prepend(item(webhook));
    if (list.children.length > shown) list.lastElementChild.remove();
    byId('webhook-help').open = false;
    byId('webhook-empty').hidden = true;
    // Older ones are shown, but did not happen while this page was open.
    if (webhook.time < opened) return;
    log.add({ direction: 'api', event: 'webhook', data: webhook, note: webhook.valid ? 'valid' : 'not valid', failed: !webhook.valid });
  });
}

function item({ time, valid, reason, events = [] }) {
  return element(
    'li',
    { class: 'webhook' },
    element('time', { datetime: time }, clock(time)),
    element('span', { class: `verdict ${valid ? 'valid' : 'invalid'}` }, valid ? 'valid' : `not valid: ${reason}`),
    element('ul', {}, ...events.map(({ name, channel, ...rest }) => element('li', {}, element('strong', {}, String(name)), ` ${channel} `, details(rest)))),
  );
}

const details = (rest) => (Object.keys(rest).length > 0 ? element('code', {}, JSON.stringify(rest)) : '');
