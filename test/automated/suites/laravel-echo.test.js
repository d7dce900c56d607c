// laravel-echo on top of pusher-js, as a Laravel front end uses it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Echo from 'laravel-echo';
import { app } from '../lib/server.js';
import { useServer } from '../lib/suite.js';
import { nacl, Pusher, unique, withTimeout } from '../lib/clients.js';

const suite = useServer();

function open(user = { user_id: unique('u') }, options = { broadcaster: 'pusher', cluster: 'unused' }) {
  const echo = new Echo({
    ...options,
    Pusher,
    nacl,
    key: app.key,
    wsHost: suite.server.host,
    wsPort: suite.server.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    authorizer: (channel) => ({
      authorize: (socketId, callback) =>
        callback(null, suite.sdk.authorizeChannel(socketId, channel.name, channel.name.startsWith('presence-') ? user : undefined)),
    }),
  });
  return suite.keep(echo);
}

const happens = (register, what) => withTimeout(new Promise(register), what);
const ready = (channel) => happens((resolve) => channel.subscribed(resolve), `subscription to ${channel.name}`);

test('channel().listen() hears an event of the App\\Events namespace', async () => {
  const channel = open().channel(unique('orders-'));
  await ready(channel);
  const event = happens((resolve) => channel.listen('OrderShipped', resolve), 'OrderShipped');
  await suite.sdk.trigger(channel.name, 'App\\Events\\OrderShipped', { id: 7 });
  assert.deepEqual(await event, { id: 7 });
});

test('private().listen() and notification()', async () => {
  const channel = open().private(unique('orders-'));
  await ready(channel);
  const event = happens((resolve) => channel.listen('.custom', resolve), 'custom');
  await suite.sdk.trigger(channel.name, 'custom', { a: 1 });
  assert.deepEqual(await event, { a: 1 });
  const notification = happens((resolve) => channel.notification(resolve), 'notification');
  await suite.sdk.trigger(channel.name, 'Illuminate\\Notifications\\Events\\BroadcastNotificationCreated', { type: 'x' });
  assert.deepEqual(await notification, { type: 'x' });
});

test('encryptedPrivate() decrypts', async () => {
  const channel = open().encryptedPrivate(unique('orders-'));
  await ready(channel);
  const event = happens((resolve) => channel.listen('.secret', resolve), 'secret');
  await suite.sdk.trigger(channel.name, 'secret', { hidden: true });
  assert.deepEqual(await event, { hidden: true });
});

test('join(): here, joining, leaving, whisper', async () => {
  const room = unique('room-');
  const first = open({ user_id: 'ann', user_info: { name: 'Ann' } }).join(room);
  const here = await happens((resolve) => first.here(resolve), 'here');
  assert.deepEqual(here, [{ name: 'Ann' }]);

  const joining = happens((resolve) => first.joining(resolve), 'joining');
  const whisper = happens((resolve) => first.listenForWhisper('typing', resolve), 'whisper');
  const leaving = happens((resolve) => first.leaving(resolve), 'leaving');
  const echo = open({ user_id: 'bob', user_info: { name: 'Bob' } });
  const second = echo.join(room);
  await happens((resolve) => second.here(resolve), 'here of the second');
  assert.deepEqual(await joining, { name: 'Bob' });
  second.whisper('typing', { on: true });
  assert.deepEqual(await whisper, { on: true });
  echo.leave(room);
  assert.deepEqual(await leaving, { name: 'Bob' });
});

test('error() hears of a refused subscription', async () => {
  const refused = new Echo({
    ...open().options,
    authorizer: () => ({ authorize: (_, callback) => callback(null, { auth: `${app.key}:bad` }) }),
  });
  suite.keep(refused);
  const error = await happens((resolve) => refused.private(unique('x-')).error(resolve), 'error');
  assert.equal(error.status, 401);
});

test('a front end made for Reverb works as it is', async () => {
  const channel = open(undefined, { broadcaster: 'reverb' }).private(unique('orders-'));
  await ready(channel);
  const event = happens((resolve) => channel.listen('.custom', resolve), 'custom');
  await suite.sdk.trigger(channel.name, 'custom', { a: 1 });
  assert.deepEqual(await event, { a: 1 });
});
