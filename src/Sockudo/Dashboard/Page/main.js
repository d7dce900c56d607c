// Finds the view of an address, keeps it up to date while somebody looks at it, and lets people in and out.
import { ApiError, get, remove } from './api.js';
import { h, setText } from './dom.js';
import { apps } from './views/apps.js';
import { channel } from './views/channel.js';
import { channels } from './views/channels.js';
import { cluster } from './views/cluster.js';
import { connection } from './views/connection.js';
import { connections } from './views/connections.js';
import { events } from './views/events.js';
import { overview } from './views/overview.js';
import { settings } from './views/settings.js';
import { signIn } from './views/sign-in.js';
import { webhooks } from './views/webhooks.js';

const main = document.getElementById('main');
const nav = document.querySelector('.bar nav');
const offline = document.getElementById('offline');
const signOut = document.getElementById('sign-out');

// What is shown: { element, title, refresh?, interval?, stop? }.
let view = null;
let timer = 0;
let turn = 0;
let session = { needs_sign_in: false, is_signed_in: false };

function viewOf(path) {
  const [name = '', app, part, key] = path;
  if (name === '' && path.length <= 1) return overview();
  if (name === 'events' && path.length <= 3) return events(app, part);
  if (name === 'webhooks' && path.length === 1) return webhooks();
  if (name === 'cluster' && path.length === 1) return cluster();
  if (name === 'apps' && path.length === 1) return apps();
  if (name === 'apps' && path.length === 3 && part === 'channels') return channels(app);
  if (name === 'apps' && path.length === 3 && part === 'connections') return connections(app, session.node);
  if (name === 'apps' && path.length === 3 && part === 'settings') return settings(app);
  if (name === 'apps' && path.length === 4 && part === 'channels') return channel(app, key);
  if (name === 'apps' && path.length === 4 && part === 'connections') return connection(app, key, session.node);
  return { title: 'Not found', element: h('div', {}, h('h1', {}, 'There is no such view')) };
}

function show(next, path) {
  clearTimeout(timer);
  view?.stop?.();
  view = next;
  turn++;
  main.replaceChildren(next.element);
  if (next.refresh) main.setAttribute('aria-busy', 'true');
  else main.removeAttribute('aria-busy');
  document.title = `${next.title} · Sockudo`;
  for (const entry of nav.children) {
    const own = entry.getAttribute('href').split('/')[1];
    if (own === (path[0] ?? '')) entry.setAttribute('aria-current', 'page');
    else entry.removeAttribute('aria-current');
  }

  const heading = main.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  (main.querySelector('[autofocus]') ?? heading)?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  refresh();
}

async function refresh() {
  clearTimeout(timer);
  const mine = turn;
  if (view?.refresh && document.visibilityState === 'visible') {
    try {
      await view.refresh();
      if (mine === turn) main.removeAttribute('aria-busy');
      offline.hidden = true;
    } catch (error) {
      if (mine !== turn || error.name === 'AbortError') return;
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) return start();
      offline.hidden = false;
      setText(offline, error.message);
    }
  }

  if (mine === turn && view?.refresh) timer = setTimeout(refresh, view.interval ?? 3000);
}

function segmentsOf(hash) {
  if (!hash.startsWith('#/')) return [];
  try {
    return hash.slice(2).split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return ['?'];
  }
}

function route() {
  const path = segmentsOf(location.hash);
  show(viewOf(path), path);
}

async function start() {
  try {
    session = await get(['session']);
  } catch (error) {
    offline.hidden = false;
    setText(offline, error.message);
    setTimeout(start, 3000);
    return;
  }

  offline.hidden = true;
  const isIn = session.is_signed_in;
  nav.hidden = !isIn;
  signOut.hidden = !isIn || !session.needs_sign_in;
  setText(document.getElementById('node'), isIn ? `${session.node} · ${session.version}` : '');
  if (isIn) route();
  else show(signIn(start), []);
}

signOut.addEventListener('click', async () => {
  await remove(['session']);
  await start();
});
// "Skip to the content" is no view.
addEventListener('hashchange', () => {
  if (location.hash === '#main') main.focus();
  else if (session.is_signed_in) route();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && session.is_signed_in) refresh();
});
document.addEventListener('signed-out', start);
document.addEventListener('refresh-view', refresh);
start();
