// The examples of the documents, taken from them and run as they are.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTimeout } from './clients.js';
import { program } from './server.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The examples of a document by name: `<!-- example: name -->` before a code block. */
export function examplesOf(document) {
  const text = readFileSync(join(root, document), 'utf8');
  return new Map([...text.matchAll(/<!-- example: (\S+) -->\n```\w+\n([\s\S]*?)```/g)].map(([, name, code]) => [name, code]));
}

/** A directory in which examples find the npm packages, and the program as `sockudo`. */
export class Workplace {
  #children = new Set();

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'sockudo-examples-'));
    symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(this.folder, 'node_modules'));
    this.write('sockudo', `#!/bin/sh\nexec dotnet '${program}' "$@"\n`);
    chmodSync(join(this.folder, 'sockudo'), 0o755);
  }

  /** Writes a file; its path. */
  write(name, code) {
    const file = join(this.folder, name);
    writeFileSync(file, code);
    return file;
  }

  read = (name) => readFileSync(join(this.folder, name), 'utf8');

  /** Starts an example; what it prints is for `line`. */
  start(name, code, environment = {}) {
    const child = spawn(name.endsWith('.sh') ? 'bash' : 'node', [this.write(name, code)], {
      cwd: this.folder,
      env: { ...process.env, PATH: `${this.folder}${delimiter}${process.env.PATH}`, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
      // A script and what it has started are one group, so that `end` reaches both.
      detached: true,
    });
    this.#children.add(child);
    child.on('close', () => this.#children.delete(child));
    remember(child);
    return child;
  }

  /** Runs an example to its end; what it has printed, and its exit code. */
  async run(name, code, environment) {
    const child = this.start(name, code, environment);
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    const [exitCode] = await withTimeout(once(child, 'close'), name);
    return { output, exitCode };
  }

  /** Ends what still runs and removes the files. */
  async close() {
    await end(...this.#children);
    rmSync(this.folder, { recursive: true });
  }
}

// What each process has printed, and who waits for more.
const outputs = new WeakMap();

function remember(child) {
  const output = { printed: [], waiting: new Set(), hasEnded: false };
  outputs.set(child, output);
  createInterface({ input: child.stdout })
    .on('line', (text) => {
      output.printed.push(text);
      for (const check of output.waiting) check();
    })
    .on('close', () => {
      output.hasEnded = true;
      for (const check of output.waiting) check();
    });
}

/** The first line of a process, printed already or not yet, that contains a text. */
export function line(child, text) {
  const output = outputs.get(child);
  const found = new Promise((resolve, reject) => {
    const check = () => {
      const one = output.printed.find((printed) => printed.includes(text));
      if (one !== undefined) resolve(one);
      else if (output.hasEnded) reject(new Error(`ended without "${text}"`));
      else output.waiting.add(check);
    };
    check();
  });
  return withTimeout(found, text);
}

/** Ends processes, with all that they have started, and waits for them. */
export async function end(...children) {
  for (const child of children) {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  }
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
}

/** The programs of a list that are not installed, for a skip; false if all are. */
export function missing(...programs) {
  const absent = programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  return absent.length > 0 && `${absent.join(', ')} not installed`;
}
