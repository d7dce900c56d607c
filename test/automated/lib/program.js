// The built program, run once.
import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from './server.js';

/**
 * The configuration in force for an environment, as `sockudo --check-config` prints it.
 * @param {Record<string, string>} environment all variables that are set
 * @param {string} [file] text of config/config.json in the working directory
 * @returns {Promise<{configuration: object, complaints: string}>} complaints: what it says on standard error, empty if all is well
 * @throws if the configuration is refused
 */
export async function checkConfiguration(environment, file) {
  const folder = mkdtempSync(join(tmpdir(), 'sockudo-config-'));
  try {
    if (file !== undefined) {
      mkdirSync(join(folder, 'config'));
      writeFileSync(join(folder, 'config', 'config.json'), file);
    }
    return await new Promise((resolve, reject) =>
      execFile('dotnet', [program, '--check-config'], { cwd: folder, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment } }, (error, stdout, stderr) =>
        error ? reject(new Error(stderr || error.message)) : resolve({ configuration: JSON.parse(stdout), complaints: stderr }),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
