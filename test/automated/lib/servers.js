// Servers of others on free ports of this machine, for one suite.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** Whether a program is installed. */
export const isInstalled = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a program and waits for the line that says it is ready.
 * @param {string} command @param {string[]} args
 * @param {string} ready part of that line, on either output
 * @returns {Promise<{stop: () => Promise<void>}>}
 */
export async function startProgram(command, args, ready) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  await new Promise((resolve, reject) => {
    for (const output of [child.stdout, child.stderr])
      createInterface({ input: output }).on('line', (line) => {
        lines.push(line);
        if (line.includes(ready)) resolve();
      });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${command} ended:\n${lines.join('\n')}`)));
  });
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** A Redis without a disk; resolves to its URL and how to stop it. */
export async function startRedis() {
  const port = await freePort();
  const redis = await startProgram('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], 'Ready to accept connections');
  return { ...redis, url: `redis://127.0.0.1:${port}` };
}
