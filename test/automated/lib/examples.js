// The examples of a document, taken from it and run as they are.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTimeout } from './clients.js';

/**
 * The examples of a document that stand below `<!-- example: name -->`.
 * @param {string} document its path from the root of the repository
 */
export class Examples {
  #text;
  #folder = mkdtempSync(join(tmpdir(), 'sockudo-examples-'));
  #children = new Set();

  constructor(document) {
    this.#text = readFileSync(new URL(`../../../${document}`, import.meta.url), 'utf8');
    symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(this.#folder, 'node_modules'));
  }

  /** The names of all of them. */
  get names() {
    return [...this.#text.matchAll(/<!-- example: (\S+) -->/g)].map(([, name]) => name);
  }

  /**
   * Writes an example to a file and starts it.
   * @returns {{ line: (text: string) => Promise<string>, stop: () => Promise<void> }} `line` waits for the first line, printed already or not yet, that contains a text
   */
  run(name, { host, port }, environment = {}) {
    const code = new RegExp(`<!-- example: ${name.replace('.', '\\.')} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``).exec(this.#text)[1];
    const file = join(this.#folder, name);
    writeFileSync(file, code);
    const child = spawn(name.endsWith('.sh') ? 'bash' : 'node', [file], {
      env: { ...process.env, HOST: host, PORT: String(port), ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed = [];
    const waiting = new Set();
    createInterface({ input: child.stdout }).on('line', (text) => {
      printed.push(text);
      for (const check of waiting) check(text);
    });
    const line = (text) =>
      withTimeout(
        new Promise((resolve) => {
          const check = (one) => one.includes(text) && resolve(one);
          waiting.add(check);
          printed.forEach(check);
        }),
        `"${text}" of ${name}`,
      );
    const exited = once(child, 'exit');
    const stop = async () => {
      child.kill();
      await exited;
    };
    const example = { line, stop };
    this.#children.add(example);
    return example;
  }

  /** Stops what still runs and removes the files. */
  async close() {
    await Promise.all([...this.#children].map((example) => example.stop()));
    rmSync(this.#folder, { recursive: true });
  }
}
