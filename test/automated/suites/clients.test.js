// The examples of docs/clients.md.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sdkFor } from '../lib/clients.js';
import { Examples } from '../lib/examples.js';
import { startServer } from '../lib/server.js';

const examples = new Examples('docs/clients.md');
let server;
let backend;
let address;

before(async () => {
  server = await startServer();
  backend = examples.run('backend.cjs', server, { BACKEND_PORT: '0' });
  address = `http://127.0.0.1:${(await backend.line('listening on')).split(' ').at(-1)}`;
});

after(async () => {
  await examples.close();
  await server.stop();
});

const post = (path, body, headers) => fetch(address + path, { method: 'POST', body, headers });

test('pusher-js, Laravel Echo and a plain WebSocket, with the backend', async () => {
  const [client, echo, socket] = ['client.cjs', 'echo.mjs', 'socket.cjs'].map((name) => examples.run(name, server, { BACKEND: address }));
  await Promise.all([
    client.line('subscribed to private-orders'),
    client.line('signed in'),
    echo.line('subscribed to private-orders'),
    socket.line('subscribed to private-orders'),
  ]);
  assert.equal(await client.line('team of'), 'team of 1 Ann');
  assert.equal(await echo.line('team of'), 'team of 1 Ann');
  assert.deepEqual(await (await post('/orders')).json(), { ok: true });
  for (const example of [client, echo, socket]) assert.equal(await example.line('shipped'), 'shipped 42');
  assert.equal(await client.line('note'), 'note only for Ann');
});

test('the backend takes webhooks, but only those of the server', async () => {
  const body = JSON.stringify({ time_ms: Date.now(), events: [{ name: 'channel_occupied', channel: 'private-orders' }] });
  const { token } = sdkFor(server).config;
  const headers = { 'content-type': 'application/json', 'x-pusher-key': token.key, 'x-pusher-signature': token.sign(body) };
  assert.equal((await post('/pusher/webhooks', body, headers)).status, 200);
  await backend.line('channel_occupied private-orders');
  assert.equal((await post('/pusher/webhooks', `${body} `, headers)).status, 403);
});
