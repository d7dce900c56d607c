// Starts the built server on a free port, or uses the one that SOCKUDO_URL names.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The built program, for `dotnet`. */
export const program = fileURLToPath(new URL('../../../src/Sockudo/bin/Release/net10.0/sockudo.dll', import.meta.url));

export const app = { appId: 'demo-app', key: 'demo-key', secret: 'demo-secret' };

/** @param {Record<string, string>} environment variables on top of the ones that the suites need */
export async function startServer(environment = {}) {
  if (process.env.SOCKUDO_URL) {
    const url = new URL(process.env.SOCKUDO_URL);
    return { host: url.hostname, port: Number(url.port || 80), isOwn: false, stop: async () => {} };
  }

  const child = spawn('dotnet', [program], {
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_ENABLED: 'false',
      SOCKUDO_DEFAULT_APP_ENABLE_CLIENT_MESSAGES: 'true',
      SOCKUDO_DEFAULT_APP_ENABLE_WATCHLIST_EVENTS: 'true',
      SOCKUDO_DEFAULT_APP_ENABLE_SUBSCRIPTION_COUNT: 'true',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const seen = [];
  let hasEnded = false;
  // Whatever it logs must not fill the pipe.
  lines.on('line', (line) => seen.push(line));
  lines.on('close', () => { hasEnded = true; });

  /** Waits for a line of the log; resolves to the match. */
  async function logged(pattern) {
    for (let index = 0; ; index++) {
      while (index === seen.length) {
        if (hasEnded) throw new Error(`the server did not start; is it built? (${program})`);
        await Promise.race([once(lines, 'line'), once(lines, 'close')]);
      }

      const match = pattern.exec(seen[index]);
      if (match) return match;
    }
  }

  const [, host, port, metrics] = await logged(/addresses=https?:\/\/([\d.]+):(\d+) metrics=(?:http:\/\/)?(\S+)/);
  return {
    host,
    port: Number(port),
    /** host:port of the metrics, or "off". */
    metrics,
    isOwn: true,
    logged,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
