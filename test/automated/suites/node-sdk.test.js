// Every call of the official Node server library.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { app } from '../lib/server.js';
import { useServer } from '../lib/suite.js';
import { connected, next, sdkFor, subscribed, unique } from '../lib/clients.js';
import { chance, disagreement, oddParameters, oddText } from '../lib/odd-parameters.js';

const suite = useServer();
const { open } = suite;

test('trigger: one channel, several channels, exclusion of a socket, info', async () => {
  const sender = await connected(open());
  const [a, b] = [await subscribed(sender, unique('a-')), await subscribed(open(), unique('b-'))];
  let echoed = 0;
  a.bind('e', () => echoed++);
  const event = next(b, 'e');
  const response = await suite.sdk.trigger([a.name, b.name], 'e', 'text', { socket_id: sender.connection.socket_id, info: 'subscription_count' });
  assert.equal(response.status, 200);
  const { channels } = await response.json();
  assert.deepEqual(channels, { [a.name]: { subscription_count: 1 }, [b.name]: { subscription_count: 1 } });
  assert.equal(await event, 'text');
  const fence = next(a, 'fence');
  await suite.sdk.trigger(a.name, 'fence', {});
  await fence;
  assert.equal(echoed, 0);
});

test('triggerBatch: in order, with info per event', async () => {
  const channel = await subscribed(open(), unique('batch-'));
  const seen = [];
  const done = new Promise((resolve) => channel.bind('n', (n) => seen.push(n) === 3 && resolve()));
  const response = await suite.sdk.triggerBatch([
    { channel: channel.name, name: 'n', data: 1, info: 'subscription_count' },
    { channel: channel.name, name: 'n', data: 2 },
    { channel: channel.name, name: 'n', data: 3 },
  ]);
  assert.deepEqual(await response.json(), { batch: [{ subscription_count: 1 }, {}, {}] });
  await done;
  assert.deepEqual(seen, [1, 2, 3]);
});

test('get: channels, one channel, users', async () => {
  const name = unique('presence-sdk-');
  await subscribed(open({ user: { id: 'ann' } }), name);
  await subscribed(open({ user: { id: 'ann' } }), name);
  const list = await suite.sdk.get({ path: '/channels', params: { filter_by_prefix: 'presence-sdk-', info: 'user_count' } });
  assert.deepEqual((await list.json()).channels[name], { user_count: 1 });
  const one = await suite.sdk.get({ path: `/channels/${name}`, params: { info: 'user_count,subscription_count' } });
  assert.deepEqual(await one.json(), { occupied: true, user_count: 1, subscription_count: 2 });
  const users = await suite.sdk.get({ path: `/channels/${name}/users` });
  assert.deepEqual(await users.json(), { users: [{ id: 'ann' }] });
});

test('post: any path', async () => {
  const response = await suite.sdk.post({ path: '/events', body: { name: 'e', data: 'x', channels: ['somewhere'] } });
  assert.deepEqual(await response.json(), { ok: true });
});

test('sendToUser and terminateUserConnections', async () => {
  const id = unique('user-');
  const client = open({ user: { id } });
  const success = next(client, 'pusher:signin_success');
  client.signin();
  await success;
  const hello = new Promise((resolve) => client.user.bind('hello', resolve));
  await suite.sdk.sendToUser(id, 'hello', 'you');
  assert.equal(await hello, 'you');
  const gone = next(client.connection, 'disconnected');
  assert.equal((await suite.sdk.terminateUserConnections(id)).status, 200);
  await gone;
});

test('errors are told in the words of the API', async () => {
  const refused = suite.sdk.post({ path: '/events', body: { name: 'pusher:mine', data: 'x', channels: ['a'] } });
  await assert.rejects(refused, (error) => error.status === 400 && /reserved/.test(error.body));
  const wrong = sdkFor(suite.server);
  wrong.config.token.secret = 'wrong';
  await assert.rejects(wrong.get({ path: '/channels' }), (error) => error.status === 401 && /Invalid signature/.test(error.body));
});

/** The status of a request of the library, whatever it is. */
const statusOf = (request) => request.then(({ status }) => status, (error) => error.status ?? error);

test('requests with any parameters and bodies are genuine as the library signs them', async () => {
  const random = chance(1);
  let agreed = 0;
  for (let number = 0; number < 500; number++) {
    const params = oddParameters(random);
    const data = oddText(random, 9);
    const status = await statusOf(
      number % 2 === 0 ? suite.sdk.get({ path: '/channels', params }) : suite.sdk.post({ path: '/events', params, body: { name: 'e', channels: ['a'], data } }),
    );
    const reason = disagreement(params);
    if (reason === undefined) agreed++;
    // Half a surrogate pair is sent as an escape, which is no text.
    const genuine = number % 2 === 1 && !data.isWellFormed() ? 400 : 200;
    assert.ok(status === genuine || (reason && status === 401), `${number}: ${status} for ${JSON.stringify(params)} ${reason ?? ''}`);
  }

  assert.ok(agreed > 100, `only ${agreed} of them could be compared`);
});

test('requests for channels with any name are genuine as the library signs them', async () => {
  const random = chance(2);
  for (let number = 0; number < 200; number++) {
    // Slashes, dots and backslashes are another path, and a percent sign is not encoded by anybody.
    const name = oddText(random).replace(/[/\\.?#%\t\n]/g, '');
    const status = await statusOf(suite.sdk.get({ path: `/channels/x${name}` }));
    assert.ok([200, 400].includes(status), `${number}: ${status} for ${JSON.stringify(name)}`);
  }
});

test('webhook: verifies a signature made with the secret', () => {
  const body = JSON.stringify({ time_ms: 1327078148132, events: [{ name: 'channel_occupied', channel: 'test_channel' }] });
  const signature = createHmac('sha256', app.secret).update(body).digest('hex');
  const webhook = suite.sdk.webhook({ rawBody: body, headers: { 'content-type': 'application/json', 'x-pusher-key': app.key, 'x-pusher-signature': signature } });
  assert.equal(webhook.isValid(), true);
  assert.equal(webhook.getEvents()[0].channel, 'test_channel');
});
