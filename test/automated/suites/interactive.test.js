// The interactive tester: its backend against a real server, and its page in headless Chromium.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { app, startServer } from '../lib/server.js';
import { patience, unique } from '../lib/clients.js';

const require = createRequire(import.meta.url);
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const skip = chromium ? false : 'chromium is not installed';
const program = fileURLToPath(new URL('../../interactive/server.js', import.meta.url));
const kinds = ['', 'private-', 'presence-', 'private-encrypted-', 'cache-', 'private-cache-', 'presence-cache-', 'private-encrypted-cache-'];

let server;
let backend;
let browser;
// One for all pages: they share a process and what they have loaded. A page behind another one is slow, so tests bring forward the one they use.
let context;
// The server must know where to send webhooks before the backend, which must know the server, is there.
let door;
const strangers = new Set();

before(async () => {
  door = createServer((incoming, answer) => {
    const { method, url: path, headers } = incoming;
    incoming.pipe(httpRequest({ host: '127.0.0.1', port: backend.port, method, path, headers }, (response) => answer.writeHead(response.statusCode) && response.pipe(answer)));
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  server = await startServer({
    WEBHOOK_SMOOTHING_MS: '100',
    SOCKUDO_DEFAULT_APP_WEBHOOKS: JSON.stringify([
      { url: `http://127.0.0.1:${door.address().port}/pusher/webhooks`, event_types: ['channel_occupied', 'channel_vacated', 'client_event'], filter: { channel_prefix: 'presence-hooked' } },
    ]),
  });
  backend = await startBackend({ PUSHER_HOST: server.host, PUSHER_PORT: String(server.port) });
  if (!chromium) return;
  browser = await require('playwright-core').chromium.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  context = await browser.newContext({ reducedMotion: 'reduce' });
});

after(async () => {
  await browser?.close();
  await backend?.stop();
  await server?.stop();
  door.close();
});

function run(environment) {
  return spawn('node', [program], {
    env: { ...process.env, PUSHER_APP_ID: app.appId, PUSHER_APP_KEY: app.key, PUSHER_APP_SECRET: app.secret, BACKEND_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function startBackend(environment) {
  const child = run(environment);
  child.stderr.pipe(process.stderr);
  for await (const line of createInterface({ input: child.stdout })) {
    const port = Number(/http:\/\/localhost:(\d+)/.exec(line)?.[1]);
    assert.ok(port, line);
    const url = `http://127.0.0.1:${port}`;
    const stop = async () => {
      child.kill();
      await once(child, 'exit');
    };
    return { port, url, stop };
  }
  throw new Error('the tester did not start; are its packages installed? (npm ci --prefix test/interactive)');
}

/** Opens the page and connects. */
async function open({ user, connect = true } = {}) {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.on('request', (request) => new URL(request.url()).hostname === '127.0.0.1' || request.url().startsWith('blob:') || strangers.add(request.url()));
  page.on('pageerror', (error) => strangers.add(error.stack));
  await page.goto(backend.url);
  if (user) await page.fill('#user-id', user);
  if (connect) {
    await page.click('#connect');
    await page.locator('#state[data-state=connected]').waitFor();
  }
  return page;
}

const item = (page, name) => page.locator('.channel-item', { has: page.locator('.name', { hasText: name }) });
const entry = (page, text, category = '') => page.locator(`.entry${category}`, { hasText: text }).first();
const counter = async (page, name) => Number(await page.textContent(`#count-${name}`));

async function subscribe(page, prefix, name, status = 'subscribed') {
  await page.bringToFront();
  await page.selectOption('#channel-kind', prefix);
  await page.fill('#channel-name', name);
  await page.click('#subscribe');
  await page.locator(`.channel-item[data-status=${status}]`, { hasText: prefix + name }).waitFor();
}

async function publish(page, channels, data, event = 'my-event') {
  await page.bringToFront();
  await page.fill('#publish-channels', channels);
  await page.fill('#publish-event', event);
  await page.fill('#publish-data', data);
  await page.click('#trigger');
}

const post = (path, body, headers = {}) =>
  fetch(`${backend.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });

test('connects and disconnects', { skip }, async () => {
  const page = await open();
  assert.match(await page.textContent('#socket-id'), /^\d+\.\d+$/);
  await page.click('#connect');
  await page.locator('#state[data-state=disconnected]').waitFor();
  assert.equal(await page.textContent('#connect'), 'Connect');
  await page.close();
});

test('subscribes to every kind of channel and shows its events', { skip }, async () => {
  const page = await open();
  const name = unique('all-');
  for (const [index, prefix] of kinds.entries()) {
    await subscribe(page, prefix, name);
    if (prefix.includes('cache-')) await item(page, prefix + name).locator('.cache', { hasText: 'Cache miss' }).waitFor();
    await publish(page, prefix + name, JSON.stringify({ number: index }));
    await entry(page, `{ "number": ${index} }`, '.custom').waitFor();
  }
  assert.equal(await counter(page, 'misses'), 4);
  await item(page, `private-${name}`).locator('button').click();
  await entry(page, 'pusher:unsubscribe').waitFor();
  assert.equal(await page.locator('.channel-item').count(), kinds.length - 1);
  await page.close();
});

test('shows the cached event', { skip }, async () => {
  const page = await open();
  for (const prefix of ['cache-', 'private-encrypted-cache-']) {
    const name = unique('kept-');
    await publish(page, prefix + name, '{"price":42}', 'price');
    await page.locator('#publish-answer', { hasText: 'ok' }).waitFor();
    await subscribe(page, prefix, name);
    await item(page, prefix + name).locator('.cache', { hasText: 'Cached event on subscribing: price' }).waitFor();
    await entry(page, '{ "price": 42 }', '.custom').locator('.tag', { hasText: 'cached' }).waitFor();
  }
  assert.equal(await counter(page, 'cached'), 2);
  await page.close();
});

test('shows members, and passes client events between two pages', { skip }, async () => {
  const [ann, bob] = [await open({ user: 'ann' }), await open({ user: 'bob' })];
  const name = unique('room-');
  await ann.fill('#user-info', '{"name":"Ann é😀"}');
  await subscribe(ann, 'presence-', name);
  await subscribe(bob, 'presence-', name);
  await item(ann, name).locator('.status', { hasText: '2 members' }).waitFor();
  await item(bob, name).locator('.members li', { hasText: '{"name":"Ann é😀"}' }).waitFor();
  assert.match(await item(bob, name).locator('.members').textContent(), /bob \(this page\)/);

  await bob.fill('#client-data', '{"typing":"yes"}');
  await bob.click('#client-form button');
  await entry(ann, 'client-typing', '.client').locator('.tag', { hasText: 'from bob' }).waitFor();
  await entry(ann, '{ "typing": "yes" }', '.client').waitFor();

  await bob.close();
  await item(ann, name).locator('.status', { hasText: '1 member' }).waitFor();
  await ann.close();
});

test('signs in with a watchlist, hears what is for the user, and is terminated', { skip }, async () => {
  const [watched, id] = [unique('watched-'), unique('user-')];
  const page = await open();
  await page.fill('#watchlist', watched);
  await page.selectOption('#channel-kind', '#server-to-user-');
  await page.fill('#channel-name', id);
  await page.click('#subscribe');
  await page.locator('#signed-in', { hasText: `Signed in as ${id}` }).waitFor();
  await page.locator('#watchlist-state .offline', { hasText: watched }).waitFor();
  await page.locator('.channel-item[data-status=subscribed]', { hasText: `#server-to-user-${id}` }).waitFor();

  const other = await open({ user: watched });
  await other.click('#sign-in');
  await page.locator('#watchlist-state .online', { hasText: watched }).waitFor();

  await publish(other, `#server-to-user-${id}`, '"only you"');
  await entry(page, 'only you', '.custom').waitFor();

  await other.fill('#terminate-id', id);
  await other.click('#terminate-form button');
  await page.locator('#state[data-state=disconnected]').waitFor();
  await entry(page, '4009', '.errors').waitFor();
  assert.equal(await page.locator('.channel-item').count(), 0);
  await page.close();
  await other.close();
});

test('publishes with counts and without one connection, alone and in a batch', { skip }, async () => {
  const [sender, receiver] = [await open(), await open()];
  const name = unique('batch-');
  await subscribe(sender, '', name);
  await subscribe(receiver, '', name);
  await sender.bringToFront();
  await sender.click('#exclude-me');
  await sender.locator('[name=publish-info][value=subscription_count]').check();
  await publish(sender, name, '{"n":1}');
  await entry(receiver, '{ "n": 1 }', '.custom').waitFor();
  await sender.locator('#publish-answer', { hasText: `{"channels":{"${name}":{"subscription_count":2}}}` }).waitFor();

  await sender.fill('#publish-data', '{"n":2}');
  await sender.click('#add-to-batch');
  await sender.fill('#publish-socket', '');
  await sender.fill('#publish-data', '{"n":3}');
  await sender.click('#add-to-batch');
  assert.equal(await sender.textContent('#batch-send'), 'Send batch of 2 events');
  await sender.click('#batch-send');
  await entry(receiver, '{ "n": 2 }', '.custom').waitFor();
  await entry(receiver, '{ "n": 3 }', '.custom').waitFor();
  await entry(sender, '{ "n": 3 }', '.custom').waitFor();
  assert.equal(await sender.locator('.entry.custom').count(), 1, 'the sender hears only what does not leave it out');

  await sender.click('#history summary');
  const { events } = await (await fetch(`${backend.url}/event-history`)).json();
  assert.deepEqual(events.at(-1).request.batch.map(({ data }) => data), [{ n: 2 }, { n: 3 }]);
  await sender.locator('#history-list li', { hasText: `my-event → ${name}` }).first().waitFor();

  await sender.fill('#lookup-name', name);
  await sender.click('#lookup-form [value=info]');
  await sender.locator('#lookup-answer', { hasText: '"subscription_count": 2' }).waitFor();
  await sender.close();
  await receiver.close();
});

test('shows webhooks with the verdict on their signature', { skip }, async () => {
  const page = await open();
  if (server.isOwn) {
    const name = unique('hooked-');
    await subscribe(page, 'presence-', name);
    await page.locator('.webhook', { hasText: `channel_occupied presence-${name}` }).locator('.verdict.valid').waitFor();
    await page.click('#client-form button');
    await page.locator('.webhook', { hasText: 'client-typing' }).locator('.verdict.valid').waitFor();
  }

  const forged = await post('/pusher/webhooks', { time_ms: 1, events: [] }, { 'x-pusher-key': app.key, 'x-pusher-signature': '0'.repeat(64) });
  assert.equal(forged.status, 401);
  await page.locator('.webhook .verdict.invalid', { hasText: 'the signature is wrong' }).waitFor();
  await entry(page, 'webhook', '.errors').waitFor();
  const { webhooks } = await (await fetch(`${backend.url}/webhooks-log`)).json();
  assert.equal(webhooks.at(-1).valid, false);
  await page.close();
});

test('filters, searches, exports and clears the log', { skip }, async () => {
  const page = await open();
  const name = unique('filter-');
  await subscribe(page, 'private-', name);
  await page.click('#client-form button');
  await publish(page, `private-${name}`, '{"found":"here"}', 'news');
  await entry(page, 'news', '.custom').waitFor();
  await subscribe(page, '', 'not allowed', 'refused');

  const only = async (filter) => {
    await page.locator(`[name=filter][value=${filter}]`).check();
    return page.locator('#log-list .entry').evaluateAll((entries) => [...new Set(entries.map(({ className }) => className))]);
  };
  for (const filter of ['system', 'custom', 'client', 'errors']) assert.deepEqual(await only(filter), [`entry ${filter}`]);
  assert.equal((await only('all')).length, 4);
  await page.fill('#log-search', 'HERE');
  assert.deepEqual((await page.locator('#log-list .entry .event').allTextContents()).sort(), ['news', 'trigger-event']);

  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#log-export')]);
  const entries = JSON.parse(readFileSync(await download.path(), 'utf8'));
  const { time, ...news } = entries.find(({ category }) => category === 'custom');
  assert.ok(!Number.isNaN(Date.parse(time)));
  assert.deepEqual(news, { direction: 'in', event: 'news', channel: `private-${name}`, data: { found: 'here' }, category: 'custom' });

  await page.click('#log-clear');
  assert.equal(await page.locator('#log-list .entry').count(), 0);
  await page.close();
});

test('shows what others write as text', { skip }, async () => {
  const markup = `<img src=x onerror="document.title='taken over'">`;
  const [page, other] = [await open(), await open({ user: `other${markup}` })];
  const title = await page.title();
  const name = unique('markup-');
  await subscribe(page, 'presence-', name);
  await other.fill('#user-info', JSON.stringify({ name: markup }));
  await subscribe(other, 'presence-', name);
  await item(page, name).locator('.members li', { hasText: `other${markup}` }).waitFor();
  await publish(other, `presence-${name}`, JSON.stringify({ text: markup }), `event${markup}`);
  await entry(page, `event${markup}`, '.custom').waitFor();
  await other.fill('#client-event', `client-${markup}`);
  await other.fill('#client-data', markup);
  await other.click('#client-form button');
  await entry(page, `client-${markup}`, '.client').waitFor();
  await subscribe(page, '', markup, 'refused');
  await page.locator('.channel-item .name', { hasText: markup }).waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  assert.equal(await page.title(), title);
  await page.close();
  await other.close();
});

test('fits a phone', { skip }, async () => {
  const page = await open({ connect: false });
  await page.setViewportSize({ width: 390, height: 844 });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await page.close();
});

test('loads nothing from elsewhere, fails nowhere, and does not know the secret', { skip }, async () => {
  assert.deepEqual([...strangers], []);
  const config = await (await fetch(`${backend.url}/config`)).json();
  assert.deepEqual(config, { key: app.key, host: server.host, port: server.port, useTLS: false, webhookUrl: `http://localhost:${backend.port}/pusher/webhooks` });
});

test('the files of the page, and no way to others', async () => {
  const status = (path) => new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port: backend.port, path }, (response) => response.resume() && resolve(response.statusCode)).on('error', reject).end();
  });
  for (const path of ['/../server.js', '/%2e%2e/server.js', '/..%2fserver.js', '/..%5cserver.js', '/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '//etc/passwd', '/../package.json', '/index.html%00', '/.env', '/../backend/settings.js']) {
    assert.ok([400, 403, 404].includes(await status(path)), path);
  }
});

test('the backend answers plain errors', async () => {
  const error = async (response) => [response.status, (await response.json()).error];
  assert.deepEqual(await error(await post('/trigger-event', { name: 'e', channel: 'a b', data: 1 })), [400, "Invalid channel name: 'a b'"]);
  assert.deepEqual(await error(await post('/trigger-event', { name: 'e', data: 1 })), [400, 'channel or channels is missing']);
  assert.deepEqual(await error(await post('/pusher/auth', { socket_id: '1.2', channel_name: 'presence-a' })), [400, 'user_id is missing']);
  assert.equal((await post('/trigger-event', '{')).status, 400);
  assert.equal((await post('/trigger-event', { name: 'e', channel: 'a', data: 'x'.repeat(3_000_000) })).status, 413);
  const [status, text] = await error(await post('/trigger-event', { name: 'e', channel: 'a', data: 'x'.repeat(200_000) }));
  assert.equal(status, 502);
  assert.match(text, /^the server answered 413: /);
  assert.deepEqual(await error(await fetch(`${backend.url}/nothing`)), [404, 'there is no GET /nothing']);
  // A page elsewhere cannot make a browser publish: a form is not JSON, and its own name for this machine is not known here.
  assert.equal((await post('/terminate', 'user_id=ann', { 'content-type': 'application/x-www-form-urlencoded' })).status, 400);
  const [rebound] = await once(httpRequest({ port: backend.port, host: '127.0.0.1', path: '/config', headers: { host: 'evil.example' } }).end(), 'response');
  rebound.resume();
  assert.equal(rebound.statusCode, 403);
});

test('a server that is not there is told', async () => {
  const alone = await startBackend({ PUSHER_HOST: '127.0.0.1', PUSHER_PORT: '1' });
  try {
    const response = await fetch(`${alone.url}/channels`);
    assert.deepEqual([response.status, await response.json()], [502, { error: 'the server cannot be reached: ECONNREFUSED' }]);
  } finally {
    await alone.stop();
  }
});

test('mistakes in the settings are told at once', async () => {
  const child = run({ PUSHER_PORT: 'many', PUSHER_USE_TLS: 'perhaps', BACKEND_BASE_URL: 'here' });
  const [lines, [code]] = await Promise.all([child.stderr.toArray(), once(child, 'exit')]);
  assert.equal(code, 78);
  for (const name of ['PUSHER_PORT', 'PUSHER_USE_TLS', 'BACKEND_BASE_URL']) assert.match(lines.join(''), new RegExp(`error: ${name} = `));
});
