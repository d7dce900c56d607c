// The examples of the README.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Examples } from '../lib/examples.js';
import { startServer } from '../lib/server.js';

const examples = new Examples('README.md');
let server;

before(async () => {
  server = await startServer();
});

after(async () => {
  await examples.close();
  await server.stop();
});

/** The programs of a list that are not installed. */
const missing = (...programs) => programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);

for (const [publisher, needs] of [
  ['publish.sh', ['curl', 'openssl', 'md5sum']],
  ['publish.cjs', []],
]) {
  const skip = missing(...needs).length > 0 && `${missing(...needs).join(', ')} not installed`;
  test(`${publisher} is received by native.cjs and subscribe.cjs`, { skip }, async () => {
    const native = examples.run('native.cjs', server);
    const subscriber = examples.run('subscribe.cjs', server);
    await native.line('subscription_succeeded');
    // Nothing tells from outside when the other one has subscribed, so it is published until both have heard it.
    const publishing = setInterval(() => examples.run(publisher, server), 500);
    try {
      assert.equal(await subscriber.line('received'), 'received hello');
      assert.equal(await native.line('my-event'), 'my-event {"message":"hello"}');
    } finally {
      clearInterval(publishing);
      await Promise.all([native.stop(), subscriber.stop()]);
    }
  });
}
