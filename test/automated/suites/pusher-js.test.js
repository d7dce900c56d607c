// Stock pusher-js in Node, all kinds of channels.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app } from '../lib/server.js';
import { useServer } from '../lib/suite.js';
import { connected, next, Pusher, subscribed, unique } from '../lib/clients.js';

const suite = useServer();
const { open } = suite;

test('connects and learns its socket id', async () => {
  const client = await connected(open());
  assert.match(client.connection.socket_id, /^\d+\.\d+$/);
});

for (const prefix of ['public-', 'private-', 'cache-', 'private-cache-']) {
  test(`receives events on ${prefix}*`, async () => {
    const channel = await subscribed(open(), unique(prefix));
    const event = next(channel, 'news');
    await suite.sdk.trigger(channel.name, 'news', { text: 'é😀\u2028', n: 1.5 });
    assert.deepEqual(await event, { text: 'é😀\u2028', n: 1.5 });
  });
}

test('a cache channel replays the last event, or says that there is none', async () => {
  const name = unique('cache-');
  const early = open().subscribe(name);
  await next(early, 'pusher:cache_miss');
  await suite.sdk.trigger(name, 'price', { v: 1 });
  await suite.sdk.trigger(name, 'price', { v: 2 });
  const late = open().subscribe(name);
  assert.deepEqual(await next(late, 'price'), { v: 2 });
});

for (const prefix of ['private-encrypted-', 'private-encrypted-cache-']) {
  test(`decrypts events on ${prefix}*`, async () => {
    const channel = await subscribed(open(), unique(prefix));
    const event = next(channel, 'secret');
    await suite.sdk.trigger(channel.name, 'secret', { text: 'for us only' });
    assert.deepEqual(await event, { text: 'for us only' });
  });
}

test('presence with several tabs of one user', async () => {
  const name = unique('presence-');
  const ann = await subscribed(open({ user: { id: 'ann', user_info: { name: 'Ann' } } }), name);
  assert.equal(ann.members.count, 1);
  assert.deepEqual(ann.members.me, { id: 'ann', info: { name: 'Ann' } });

  const added = next(ann, 'pusher:member_added');
  const firstTab = open({ user: { id: 'bob', user_info: { tab: 1 } } });
  await subscribed(firstTab, name);
  assert.deepEqual(await added, { id: 'bob', info: { tab: 1 } });

  let announced = 0;
  ann.bind('pusher:member_added', () => announced++);
  ann.bind('pusher:member_removed', () => announced++);
  const secondTab = open({ user: { id: 'bob', user_info: { tab: 2 } } });
  const second = await subscribed(secondTab, name);
  assert.equal(second.members.count, 2);
  assert.deepEqual(second.members.get('bob'), { id: 'bob', info: { tab: 1 } });
  firstTab.disconnect();
  const fence = next(ann, 'fence');
  await suite.sdk.trigger(name, 'fence', {});
  await fence;
  assert.equal(announced, 0);

  const removed = next(ann, 'pusher:member_removed');
  secondTab.disconnect();
  assert.equal((await removed).id, 'bob');
  assert.equal(ann.members.count, 1);
});

test('client events reach the others with the sender of a presence channel', async () => {
  const name = unique('presence-');
  const ann = await subscribed(open({ user: { id: 'ann' } }), name);
  const bob = await subscribed(open({ user: { id: 'bob' } }), name);
  const received = new Promise((resolve) => bob.bind('client-move', (data, metadata) => resolve([data, metadata])));
  assert.equal(ann.trigger('client-move', { x: 1 }), true);
  assert.deepEqual(await received, [{ x: 1 }, { user_id: 'ann' }]);
});

test('subscription counts', async () => {
  const channel = await subscribed(open(), unique('public-'));
  const count = next(channel, 'pusher:subscription_count');
  await subscribed(open(), channel.name);
  assert.deepEqual(await count, { subscription_count: 2 });
  assert.equal(channel.subscriptionCount, 2);
});

test('sign-in, server-to-user events, and a watchlist', async () => {
  const id = unique('user-');
  const watcher = open({ user: { id: unique('watcher-'), watchlist: [id] } });
  const offline = new Promise((resolve) => watcher.user.watchlist.bind('offline', resolve));
  watcher.signin();
  assert.deepEqual((await offline).user_ids, [id]);

  const online = new Promise((resolve) => watcher.user.watchlist.bind('online', resolve));
  const client = open({ user: { id, user_info: { name: 'A' } } });
  const signedIn = next(client, 'pusher:signin_success');
  client.signin();
  await signedIn;
  await client.user.signinDonePromise;
  assert.deepEqual((await online).user_ids, [id]);
  const hello = new Promise((resolve) => client.user.bind('hello', resolve));
  await suite.sdk.sendToUser(id, 'hello', { text: 'only you' });
  assert.deepEqual(await hello, { text: 'only you' });

  const error = next(client.connection, 'error');
  await suite.sdk.terminateUserConnections(id);
  assert.equal((await error).data.code, 4009);
});

test('an unknown key is refused for good', async () => {
  const stranger = new Pusher('nope', { cluster: 'x', wsHost: suite.server.host, wsPort: suite.server.port, forceTLS: false, enabledTransports: ['ws'] });
  suite.keep(stranger);
  const { error } = await next(stranger.connection, 'error');
  assert.equal(error.data.code, 4001);
  assert.notEqual(stranger.connection.state, 'connected');
});

test('a wrong signature is an error, and the connection goes on', async () => {
  const client = open({
    channelAuthorization: { customHandler: (_, callback) => callback(null, { auth: `${app.key}:00` }) },
  });
  const name = unique('private-');
  const error = next(client.connection, 'error');
  const failed = next(client.subscribe(name), 'pusher:subscription_error');
  assert.match((await error).data.message, /Invalid signature/);
  assert.equal((await failed).status, 401);
  await subscribed(client, unique('public-'));
});

test('after unsubscribing nothing arrives', async () => {
  const client = open();
  const channel = await subscribed(client, unique('public-'));
  let heard = 0;
  channel.bind('e', () => heard++);
  client.unsubscribe(channel.name);
  const fence = await subscribed(client, unique('public-'));
  const event = next(fence, 'e');
  await suite.sdk.trigger([channel.name, fence.name], 'e', {});
  await event;
  assert.equal(heard, 0);
});
