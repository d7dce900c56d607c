// How much has happened since the page was opened.
import { byId } from './dom.js';

/** Counts what the log hears of. */
export function count(log) {
  const add = (name) => (byId(`count-${name}`).textContent = Number(byId(`count-${name}`).textContent) + 1);
  log.addEventListener('entry', ({ detail: { direction, category, event, note } }) => {
    if (direction === 'in') add('received');
    if (direction === 'out') add('sent');
    if (category === 'errors') add('errors');
    if (note === 'cached') add('cached');
    if (event === 'pusher:cache_miss') add('misses');
    if (event === 'webhook') add('webhooks');
  });
}
