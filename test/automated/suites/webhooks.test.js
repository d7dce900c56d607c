// Webhooks as an application with the Node SDK takes them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import { startServer } from '../lib/server.js';
import { connect, connected, next, patience, sdkFor, unique } from '../lib/clients.js';

test('the Node SDK verifies and reads them', async () => {
  let server;
  const events = [];
  let arrived = () => {};
  const application = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const webhook = sdkFor(server).webhook({ headers: request.headers, rawBody: Buffer.concat(parts).toString() });
      if (webhook.isValid()) {
        assert.ok(webhook.getTime() instanceof Date);
        events.push(...webhook.getEvents());
      } else {
        events.push('an invalid webhook');
      }
      response.end();
      arrived();
    });
  }).listen(0, '127.0.0.1');
  await once(application, 'listening');
  const url = `http://127.0.0.1:${application.address().port}/`;
  server = await startServer({
    SOCKUDO_ENABLE_CLIENT_MESSAGES: 'true',
    WEBHOOK_SMOOTHING_MS: '100',
    SOCKUDO_DEFAULT_APP_WEBHOOKS: JSON.stringify([{ url, event_types: ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event'] }]),
  });
  try {
    const channel = unique('presence-');
    const client = connect(server, { user: { id: 'ann' } });
    await connected(client);
    const subscription = client.subscribe(channel);
    await next(subscription, 'pusher:subscription_succeeded');
    subscription.trigger('client-hello', { message: 'é😀' });
    const { socket_id: socketId } = client.connection;
    while (events.length < 3) await new Promise((resolve, reject) => ((arrived = resolve), setTimeout(() => reject(new Error(`only ${JSON.stringify(events)}`)), patience).unref()));
    client.disconnect();
    while (events.length < 5) await new Promise((resolve, reject) => ((arrived = resolve), setTimeout(() => reject(new Error(`only ${JSON.stringify(events)}`)), patience).unref()));
    assert.deepEqual(events, [
      { name: 'channel_occupied', channel },
      { name: 'member_added', channel, user_id: 'ann' },
      { name: 'client_event', channel, event: 'client-hello', data: JSON.stringify({ message: 'é😀' }), socket_id: socketId, user_id: 'ann' },
      { name: 'member_removed', channel, user_id: 'ann' },
      { name: 'channel_vacated', channel },
    ]);
  } finally {
    application.close();
    await server.stop();
  }
});
