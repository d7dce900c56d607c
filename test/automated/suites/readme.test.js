// The examples of the README.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../lib/server.js';
import { Workplace, end, examplesOf, line, missing } from '../lib/workplace.js';

const examples = examplesOf('README.md');
const workplace = new Workplace();
let server;

before(async () => {
  server = await startServer();
});

after(async () => {
  await workplace.close();
  await server.stop();
});

const start = (name) => workplace.start(name, examples.get(name), { HOST: server.host, PORT: String(server.port) });

for (const [publisher, needs] of [
  ['publish.sh', ['curl', 'openssl', 'md5sum']],
  ['publish.cjs', []],
]) {
  test(`${publisher} is received by native.cjs and subscribe.cjs`, { skip: missing(...needs) }, async () => {
    const native = start('native.cjs');
    const subscriber = start('subscribe.cjs');
    await line(native, 'subscription_succeeded');
    // Nothing tells from outside when the other one has subscribed, so it is published until both have heard it.
    const publishing = setInterval(() => start(publisher), 500);
    try {
      assert.equal(await line(subscriber, 'received'), 'received hello');
      assert.equal(await line(native, 'my-event'), 'my-event {"message":"hello"}');
    } finally {
      clearInterval(publishing);
      await end(native, subscriber);
    }
  });
}
