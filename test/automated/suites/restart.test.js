// A server restart is a short interruption: the client comes back by itself and subscribes again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../lib/server.js';
import { connect, connected, next, sdkFor, subscribed } from '../lib/clients.js';

test('pusher-js reconnects after a restart and has its channels back', { skip: Boolean(process.env.SOCKUDO_URL) }, async () => {
  const first = await startServer();
  const client = connect(first, { user: { id: 'ann' } });
  await connected(client);
  const socketId = client.connection.socket_id;
  await subscribed(client, 'private-a');
  const presence = await subscribed(client, 'presence-b');

  await first.stop();
  const second = await startServer({ PORT: String(first.port) });
  try {
    await next(presence, 'pusher:subscription_succeeded');
    assert.notEqual(client.connection.socket_id, socketId);
    const event = next(client.channel('private-a'), 'e');
    await sdkFor(second).trigger('private-a', 'e', { back: true });
    assert.deepEqual(await event, { back: true });
  } finally {
    client.disconnect();
    await second.stop();
  }
});
