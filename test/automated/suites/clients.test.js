// The examples of docs/clients.md.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sdkFor } from '../lib/clients.js';
import { startServer } from '../lib/server.js';
import { Workplace, examplesOf, line } from '../lib/workplace.js';

const examples = examplesOf('docs/clients.md');
const workplace = new Workplace();
let server;
let backend;
let address;

before(async () => {
  server = await startServer();
  backend = start('backend.cjs', { BACKEND_PORT: '0' });
  address = `http://127.0.0.1:${(await line(backend, 'listening on')).split(' ').at(-1)}`;
});

after(async () => {
  await workplace.close();
  await server.stop();
});

const start = (name, environment) => workplace.start(name, examples.get(name), { HOST: server.host, PORT: String(server.port), ...environment });
const post = (path, body, headers) => fetch(address + path, { method: 'POST', body, headers });

test('pusher-js, Laravel Echo and a plain WebSocket, with the backend', async () => {
  const [client, echo, socket] = ['client.cjs', 'echo.mjs', 'socket.cjs'].map((name) => start(name, { BACKEND: address }));
  await Promise.all([
    line(client, 'subscribed to private-orders'),
    line(client, 'signed in'),
    line(echo, 'subscribed to private-orders'),
    line(socket, 'subscribed to private-orders'),
  ]);
  assert.equal(await line(client, 'team of'), 'team of 1 Ann');
  assert.equal(await line(echo, 'team of'), 'team of 1 Ann');
  assert.deepEqual(await (await post('/orders')).json(), { ok: true });
  for (const example of [client, echo, socket]) assert.equal(await line(example, 'shipped'), 'shipped 42');
  assert.equal(await line(client, 'note'), 'note only for Ann');
});

test('the backend takes webhooks, but only those of the server', async () => {
  const body = JSON.stringify({ time_ms: Date.now(), events: [{ name: 'channel_occupied', channel: 'private-orders' }] });
  const { token } = sdkFor(server).config;
  const headers = { 'content-type': 'application/json', 'x-pusher-key': token.key, 'x-pusher-signature': token.sign(body) };
  assert.equal((await post('/pusher/webhooks', body, headers)).status, 200);
  await line(backend, 'channel_occupied private-orders');
  assert.equal((await post('/pusher/webhooks', `${body} `, headers)).status, 403);
});
