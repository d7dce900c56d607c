// The examples of the README, taken from it and run as they are.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { startServer } from '../lib/server.js';
import { withTimeout } from '../lib/clients.js';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
let server;
let folder;

before(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'sockudo-readme-'));
  symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'));
});

after(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
});

/** Writes an example to a file and starts it. */
function run(name) {
  const code = new RegExp(`<!-- example: ${name.replace('.', '\\.')} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(readme)[1];
  const file = join(folder, name);
  writeFileSync(file, code);
  return spawn(name.endsWith('.sh') ? 'bash' : 'node', [file], {
    env: { ...process.env, HOST: server.host, PORT: String(server.port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The next line of a process that contains a text. */
async function line(lines, text) {
  return withTimeout(
    (async () => {
      for await (const one of lines) if (one.includes(text)) return one;
      throw new Error(`ended without "${text}"`);
    })(),
    text,
  );
}

/** The programs of a list that are not installed. */
const missing = (...programs) => programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);

for (const [publisher, needs] of [
  ['publish.sh', ['curl', 'openssl', 'md5sum']],
  ['publish.cjs', []],
]) {
  const skip = missing(...needs).length > 0 && `${missing(...needs).join(', ')} not installed`;
  test(`${publisher} is received by native.cjs and subscribe.cjs`, { skip }, async () => {
    const native = run('native.cjs');
    const subscriber = run('subscribe.cjs');
    const received = line(createInterface({ input: subscriber.stdout }), 'received');
    const nativeLines = createInterface({ input: native.stdout });
    const arrived = new Promise((resolve) => nativeLines.on('line', (text) => text.startsWith('my-event') && resolve(text)));
    const subscribed = new Promise((resolve) => nativeLines.on('line', (text) => text.includes('subscription_succeeded') && resolve()));
    try {
      await withTimeout(subscribed, 'subscription');
      // Nothing tells from outside when the other one has subscribed, so it is published until both have heard it.
      const publishing = setInterval(() => run(publisher), 500);
      try {
        assert.equal(await received, 'received hello');
        assert.equal(await withTimeout(arrived, 'event'), 'my-event {"message":"hello"}');
      } finally {
        clearInterval(publishing);
      }
    } finally {
      native.kill();
      subscriber.kill();
      await Promise.all([native, subscriber].map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
    }
  });
}
