// What becomes of webhooks, and those that were given up.
import { ApiError, get, post, remove } from '../api.js';
import { ask, badge, facts, h, outcome, put, table } from '../dom.js';
import { clock, count, moment } from '../format.js';

const tones = { delivered: 'good', failed: 'warn', given_up: 'bad', dropped: 'bad' };
const names = { delivered: 'delivered', failed: 'failed, again later', given_up: 'given up', dropped: 'dropped' };

export function webhooks() {
  const refresh = () => document.dispatchEvent(new Event('refresh-view'));
  const queue = h('div', {});
  const totals = h('div', {});
  const said = outcome();
  const deliveries = table('The latest attempts of this node, the latest first',
    [{ name: 'At' }, { name: 'App' }, { name: 'Target' }, { name: 'Events' }, { name: 'Result' }, { name: 'Attempt', number: true }, { name: 'Status', number: true },
      { name: 'ms', number: true }, { name: 'Reason' }],
    'Nothing was sent since this node started');
  const dead = table('Given up and kept in the queue, which the nodes share unless it is in memory; the latest first',
    [{ name: 'Made' }, { name: 'App' }, { name: 'Target' }, { name: 'Events' }, { name: 'Attempts', number: true }, { name: 'Status', number: true }, { name: 'Reason' }, { name: 'Body' },
      { name: 'Change', action: true }],
    'No webhook was given up');
  const more = h('p', { class: 'note', hidden: true }, 'There are older ones: sockudo webhooks list shows all.');
  const buttons = h('div', { class: 'buttons', hidden: true },
    h('button', { type: 'button', class: 'quiet', onclick: () => change(null, true) }, 'Send all again'),
    h('button', { type: 'button', class: 'danger', onclick: () => change(null, false) }, 'Forget all'));

  async function change(job, isRetry) {
    const what = job === null ? 'all of them' : 'it';
    if (!isRetry && !await ask('Forget?', `Nobody can send ${what} any more.`, 'Forget')) return;
    const path = ['webhooks', 'dead-letters', ...(job === null ? [] : [job])];
    try {
      const { count: changed } = isRetry ? await post([...path, 'retry']) : await remove(path);
      said.say(`${count(changed)} ${isRetry ? 'put back into the queue' : 'forgotten'}.`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      said.say(error.message, 'bad');
    }

    refresh();
  }

  async function showDead() {
    try {
      const found = await get(['webhooks', 'dead-letters'], { limit: 100 });
      more.hidden = !found.has_more;
      buttons.hidden = found.dead_letters.length === 0;
      dead.update(found.dead_letters.map((letter) => ({
        key: letter.id,
        cells: [
          moment(letter.created_at), letter.app, letter.target ?? '', letter.events.join(', '), count(letter.attempts), letter.last_status === null ? '' : String(letter.last_status), letter.reason,
          () => (letter.body === null ? h('span', { class: 'soft' }, 'not shown') : h('div', { class: 'clip' }, letter.body)),
          () => h('span', {},
            h('button', { type: 'button', class: 'quiet small', 'aria-label': `Send ${letter.id} again`, onclick: () => change(letter.id, true) }, 'Send again'), ' ',
            h('button', { type: 'button', class: 'danger small', 'aria-label': `Forget ${letter.id}`, onclick: () => change(letter.id, false) }, 'Forget')),
        ],
      })));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 401 || error.status === 0) throw error;
      said.say(error.message, 'bad');
    }
  }

  return {
    title: 'Webhooks',
    element: h('div', {},
      h('h1', {}, 'Webhooks'),
      h('div', { class: 'columns' },
        h('section', { class: 'card' }, h('h2', {}, 'Queue'), queue),
        h('section', { class: 'card' }, h('h2', {}, 'On this node since its start'), totals)),
      h('section', { class: 'card' }, h('h2', {}, 'Given up'), dead.element, more, buttons, said.element),
      h('section', { class: 'card' }, h('h2', {}, 'Deliveries'), deliveries.element)),
    async refresh() {
      const found = await get(['webhooks']);
      put(queue, found.queue === null
        ? h('p', { class: 'soft' }, 'There is no queue: queue.driver is none.')
        : facts([
          ['Ready', count(found.queue.ready)], ['Being sent', count(found.queue.leased)], ['Waiting for another attempt', count(found.queue.delayed)],
          ['Given up', count(found.queue.dead)], ['Paused targets', count(found.queue.paused_targets)],
          ['Oldest', found.queue.oldest_at === null ? '–' : moment(found.queue.oldest_at)],
        ]));
      put(totals, facts([
        ['Delivered', count(found.totals.delivered)], ['Failed attempts', count(found.totals.failed_attempts)],
        ['Given up', count(found.totals.given_up)], ['Dropped', count(found.totals.dropped)],
      ]));
      deliveries.update(found.deliveries.map((one) => ({
        key: `${one.id}${one.at}${one.result}`,
        cells: [
          clock(one.at, true), one.app, one.target, one.events.join(', '), () => badge(names[one.result], tones[one.result]), count(one.attempts),
          one.status === null ? '' : String(one.status), one.milliseconds === null ? '' : count(one.milliseconds), one.reason ?? '',
        ],
      })));
      if (found.queue !== null) await showDead();
    },
  };
}
