// The forms in which the server is given away.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
// test.sh has made it; by hand: docs/deployment.md.
const native = join(root, 'artifacts/native/sockudo');

async function answersUp(program) {
  const child = spawn(program, ['--port', '0', '--set', 'host=127.0.0.1', '--set', 'metrics.enabled=false'], { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /addresses=(http:\/\/[\d.:]+)/.exec(line)?.[1];
      if (!address) continue;
      child.stdout.resume();
      assert.equal((await fetch(`${address}/up`)).status, 200);
      return;
    }
    assert.fail(`${program} did not start`);
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

test('dotnet tool install', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sockudo-tool-'));
  try {
    execFileSync('dotnet', ['pack', 'src/Sockudo', '-c', 'Release', '--no-build', '-o', directory, '-v', 'q', '-nologo'], { cwd: root });
    execFileSync('dotnet', ['tool', 'install', 'Sockudo', '--tool-path', join(directory, 'bin'), '--add-source', directory], { cwd: directory });
    await answersUp(join(directory, 'bin/sockudo'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('the native program is one file', { skip: !existsSync(native) && `${native} is missing` }, async () => {
  assert.deepEqual(readdirSync(dirname(native)), ['sockudo']);
  assert.ok(statSync(native).size < 40_000_000, `${statSync(native).size} bytes`);
  await answersUp(native);
});
