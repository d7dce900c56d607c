#!/usr/bin/env node
// What a kill -9 costs: 1,000 client events per second, each of them a webhook event too; the server is killed at some moment and started again. Tells which events
// had reached their subscriber, but never the application, and how long before the kill the first of them was.
//   bench/webhook-loss.mjs sqlite|redis [ROUNDS]     npm ci --prefix test/automated, and redis-server for redis, must have been done before
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const root = new URL('..', import.meta.url).pathname;
const { WebSocket } = createRequire(join(root, 'test/automated/package.json'))('ws');
const [queue = 'sqlite', rounds = '20'] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'sockudo-loss-'));
const redisPort = 16399;
const leaseMs = 6000;
const children = new Set();

const delivered = new Map();
const receiver = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    for (const event of JSON.parse(Buffer.concat(parts)).events) {
      const number = JSON.parse(event.data).n;
      delivered.set(number, (delivered.get(number) ?? 0) + 1);
    }
    response.end();
  });
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));

const app = {
  id: 'demo-app', key: 'demo-key', secret: 'demo-secret', enable_client_messages: true, max_client_events_per_second: 0,
  webhooks: [{ url: `http://127.0.0.1:${receiver.address().port}/`, event_types: ['client_event'] }],
};

function start(program, args) {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function startServer() {
  const options = [
    'host=127.0.0.1', 'port=0', 'metrics.enabled=false', `queue.driver=${queue}`, `database.sqlite.path=${work}/queue.db`, 'database.redis.host=127.0.0.1',
    `database.redis.port=${redisPort}`, 'webhooks.request_timeout_ms=1000', `queue.redis.lease_ms=${leaseMs}`,
    `app_manager.array.apps=${JSON.stringify([app])}`,
  ];
  const child = start('dotnet', ['src/Sockudo/bin/Release/net10.0/sockudo.dll', ...options.flatMap((option) => ['--set', option])]);
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('exit', () => reject(new Error('the server has ended')));
    child.stdout.on('data', (part) => {
      const address = /addresses=http:\/\/([0-9.:]+)/.exec((text += part));
      if (address) resolve({ child, address: address[1] });
    });
  });
}

async function subscribe(address, onEvent) {
  const socket = new WebSocket(`ws://${address}/app/demo-key?protocol=7`);
  await new Promise((resolve) => {
    socket.on('message', (text) => {
      const { event, data } = JSON.parse(text);
      if (event === 'pusher:connection_established') {
        const auth = createHmac('sha256', app.secret).update(`${JSON.parse(data).socket_id}:private-loss`).digest('hex');
        socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel: 'private-loss', auth: `demo-key:${auth}` } }));
      } else if (event === 'pusher_internal:subscription_succeeded') {
        resolve();
      } else if (event === 'client-e') {
        onEvent(data.n ?? JSON.parse(data).n);
      }
    });
    socket.on('error', () => {});
  });
  return socket;
}

// Until nothing has come for longer than what the killed server was sending is held for it.
async function settled() {
  for (let before = -1; before !== delivered.size;) {
    before = delivered.size;
    await delay(1.5 * leaseMs);
  }
}

const results = [];
let next = 0;
try {
  if (queue === 'redis') {
    start('redis-server', ['--bind', '127.0.0.1', '--port', String(redisPort), '--save', '', '--appendonly', 'no', '--dir', work]);
    await delay(500);
  }
  for (let round = 0; round < Number(rounds); round++) {
    const server = await startServer();
    const heard = new Map();
    const listener = await subscribe(server.address, (number) => heard.set(number, performance.now()));
    const speaker = await subscribe(server.address, () => {});
    const began = performance.now();
    const first = next;
    const end = 3000 + Math.random() * 500;
    while (performance.now() - began < end) {
      for (const due = first + (performance.now() - began); next < due; next++) {
        speaker.send(JSON.stringify({ event: 'client-e', channel: 'private-loss', data: { n: next } }));
      }
      await delay(1);
    }
    const killed = performance.now();
    server.child.kill('SIGKILL');
    await new Promise((resolve) => server.child.once('exit', resolve));
    listener.terminate();
    speaker.terminate();
    const again = await startServer();
    await settled();
    again.child.kill('SIGKILL');
    await new Promise((resolve) => again.child.once('exit', resolve));
    const lost = [...heard.keys()].filter((number) => !delivered.has(number));
    const window = lost.length === 0 ? 0 : killed - heard.get(Math.min(...lost));
    const twice = [...heard.keys()].filter((number) => delivered.get(number) > 1).length;
    results.push({ lost: lost.length, window });
    console.log(`round ${round + 1}: ${heard.size} events, lost ${lost.length}, the first of them ${window.toFixed(0)} ms before the kill, ${twice} came twice`);
  }
  const windows = results.map(({ window }) => window).sort((a, b) => a - b);
  console.log(`${queue}: loss reaches back ${windows[windows.length >> 1].toFixed(0)} ms (median), ${windows.at(-1).toFixed(0)} ms (worst of ${windows.length})`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  receiver.close();
  rmSync(work, { recursive: true, force: true });
}
