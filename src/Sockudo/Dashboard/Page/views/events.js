// What is published on this node, as it happens, and a form to publish something.
import { address, ApiError, get, post } from '../api.js';
import { badge, h, link, outcome, setText, to } from '../dom.js';
import { bytes, clock, count } from '../format.js';

const kept = 200;

function entryOf(event) {
  return h('li', {},
    h('div', { class: 'what' },
      h('time', { datetime: event.at }, clock(event.at, true)),
      h('strong', {}, event.name),
      h('span', {}, 'on ', link(to('apps', event.app, 'channels', event.channel), event.channel)),
      h('span', { class: 'soft' }, `${event.app}, ${bytes(event.bytes)}`),
      badge(event.source === 'http' ? 'HTTP API' : 'client', event.source === 'http' ? '' : 'accent'),
      event.socket_id === null ? null : link(to('apps', event.app, 'connections', event.socket_id), event.socket_id)),
    event.data === null ? null : h('div', { class: 'clip' }, event.is_data_cut ? `${event.data}…` : event.data));
}

// The tail: a list of the latest events, filled in the browser's own time.
function tail(filter) {
  const list = h('ol', { class: 'log', 'aria-label': 'Events, the latest first' });
  const state = h('p', { class: 'soft', role: 'status', 'aria-live': 'polite' }, 'Connecting…');
  const missed = h('p', { class: 'warn', role: 'status', hidden: true });
  let source = null;
  let waiting = [];
  let seen = 0;
  let dropped = 0;
  let isPaused = false;
  let drawing = 0;
  let telling = 0;

  const sinceYouLook = () => `${count(seen)} ${seen === 1 ? 'event' : 'events'} since you look`;

  function draw() {
    drawing = 0;
    const latest = waiting.splice(0).slice(-kept).reverse();
    list.prepend(...latest.map(entryOf));
    while (list.children.length > kept) list.lastChild.remove();
    // Not with each event: somebody may be listening to this.
    telling ||= setTimeout(() => { telling = 0; setText(state, sinceYouLook()); }, 1000);
  }

  function open() {
    source?.close();
    source = new EventSource(address(['events'], filter()));
    source.addEventListener('open', () => setText(state, seen === 0 ? 'Watching; nothing yet' : sinceYouLook()));
    source.addEventListener('event', (message) => {
      seen++;
      if (isPaused) return;
      waiting.push(JSON.parse(message.data));
      if (waiting.length > kept) waiting.shift();
      drawing ||= requestAnimationFrame(draw);
    });
    source.addEventListener('dropped', (message) => {
      dropped += JSON.parse(message.data).count;
      missed.hidden = false;
      setText(missed, `${count(dropped)} events came too fast for this page and are not shown.`);
    });
    source.addEventListener('error', () => {
      setText(state, 'The connection is lost; it is tried again…');
      // Refused for good: perhaps one has to sign in again.
      if (source.readyState === EventSource.CLOSED) document.dispatchEvent(new Event('signed-out'));
    });
  }

  return {
    elements: [state, missed, list],
    open,
    clear() {
      waiting = [];
      list.replaceChildren();
    },
    pause(yes) {
      isPaused = yes;
    },
    stop() {
      source?.close();
      cancelAnimationFrame(drawing);
      clearTimeout(telling);
    },
  };
}

function publishForm(app, channel) {
  const said = outcome();
  const channels = h('input', { name: 'channels', value: channel ?? '', required: true, autocomplete: 'off', spellcheck: 'false', placeholder: 'my-channel' });
  const name = h('input', { name: 'name', required: true, autocomplete: 'off', spellcheck: 'false', placeholder: 'my-event' });
  const data = h('textarea', { name: 'data', spellcheck: 'false' }, '{"message":"hello"}');
  const button = h('button', { type: 'submit' }, 'Publish');

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    try {
      const names = channels.value.split(',').map((one) => one.trim()).filter(Boolean);
      await post(['apps', app.value, 'events'], { name: name.value, channels: names, data: data.value });
      said.say(`Published at ${clock(Date.now())}.`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      said.say(error.message, 'bad');
    } finally {
      button.disabled = false;
    }
  }

  return h('form', { class: 'card', onsubmit: submit },
    h('h2', {}, 'Publish an event'),
    h('label', { class: 'field' }, 'App', app),
    h('label', { class: 'field' }, 'Channels, separated by commas', channels),
    h('label', { class: 'field' }, 'Name of the event', name),
    h('label', { class: 'field' }, 'Data, sent as it stands here', data),
    button,
    said.element);
}

function fill(select, ids, chosen, first) {
  select.replaceChildren(...(first ? [h('option', { value: '' }, first)] : []), ...ids.map((id) => h('option', { value: id, selected: id === chosen }, id)));
}

export function events(app, channel) {
  const watched = h('select', { name: 'watched' });
  const target = h('select', { name: 'app', required: true });
  const prefix = h('input', { type: 'search', name: 'prefix', value: channel ?? '', autocomplete: 'off', spellcheck: 'false' });
  const pause = h('button', { type: 'button', class: 'quiet', 'aria-pressed': 'false' }, 'Pause');
  const clear = h('button', { type: 'button', class: 'quiet' }, 'Clear');
  const note = h('p', { class: 'note' });
  const log = tail(() => ({ app: watched.value, prefix: prefix.value }));
  let typing = 0;
  let isReady = false;

  const again = () => { log.clear(); log.open(); };
  watched.addEventListener('change', again);
  prefix.addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(again, 300); });
  clear.addEventListener('click', () => log.clear());
  pause.addEventListener('click', () => {
    const isPaused = pause.getAttribute('aria-pressed') !== 'true';
    pause.setAttribute('aria-pressed', String(isPaused));
    setText(pause, isPaused ? 'Go on' : 'Pause');
    log.pause(isPaused);
  });

  return {
    title: 'Events',
    element: h('div', {},
      h('h1', {}, 'Events'),
      h('p', { class: 'lead' }, 'What this node accepts from the HTTP API and from clients, as it happens. What other nodes accept is shown by their own dashboards.'),
      h('div', { class: 'columns' },
        h('section', { class: 'card', 'aria-label': 'Tail' },
          h('div', { class: 'row' },
            h('label', { class: 'grow' }, 'App', watched),
            h('label', { class: 'grow' }, 'Channels that begin with', prefix),
            pause, clear),
          log.elements,
          note),
        publishForm(target, channel))),
    stop() {
      clearTimeout(typing);
      log.stop();
    },
    interval: 60_000,
    async refresh() {
      if (isReady) return;
      const found = (await get(['apps'])).apps;
      isReady = true;
      fill(watched, found.map((one) => one.id), app, 'all apps');
      fill(target, found.map((one) => one.id), app);
      const shown = found.filter((one) => one.shows_payloads).map((one) => one.id);
      setText(note, shown.length === 0 ? 'Data is not shown: dashboard.show_payloads names no app.' : `Data is shown for ${shown.join(', ')} (dashboard.show_payloads).`);
      log.open();
    },
  };
}
