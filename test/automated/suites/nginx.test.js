// The configuration of nginx that the Compose files mount, in a real nginx in front of a real server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { app, startServer } from '../lib/server.js';
import { connect, connected, next, sdkFor, subscribed, unique } from '../lib/clients.js';
import { read } from '../lib/repository.js';
import { freePort, isInstalled, startProgram } from '../lib/servers.js';

const missing = ['nginx', 'openssl'].filter((program) => !isInstalled(program));
const skip = process.env.SOCKUDO_URL ? 'starts its own server' : missing.length > 0 && `${missing.join(', ')} not installed`;

describe('nginx', { skip }, () => {
  let folder;
  let server;
  let nginx;
  const proxy = { host: '127.0.0.1' };
  const secure = { host: '127.0.0.1' };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sockudo-nginx-'));
    mkdirSync(join(folder, 'conf.d'));
    server = await startServer({ RATE_LIMITER_ENABLED: 'true', RATE_LIMITER_API_TRUST_HOPS: '1', RATE_LIMITER_WS_TRUST_HOPS: '1', RATE_LIMITER_API_MAX_REQUESTS: '20', RATE_LIMITER_WS_MAX_REQUESTS: '20' });
    for (const where of [proxy, secure]) where.port = await freePort();
    const redirected = await freePort();
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });

    // What is different from a container: addresses, paths, and that Debian's nginx is older than the image's.
    const adapt = (text) => text
      .replaceAll('/etc/nginx/ssl/', `${folder}/`).replaceAll('/etc/nginx/', `${folder}/`)
      .replace('server sockudo:6001 resolve;', `server ${server.host}:${server.port};`)
      .replace(/^ *resolver .*$/m, '').replace(/^ *http2 on;$/m, '')
      .replace('worker_rlimit_nofile 200000;', '').replace('worker_connections 100000;', 'worker_connections 500;')
      .replace('/dev/stdout main', 'off')
      .replaceAll('${DOMAIN}', 'localhost');
    const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
    writeFileSync(join(folder, 'nginx.conf'), adapt(read('deploy/nginx/nginx.conf')).replace('http {', `http { ${own}`));
    writeFileSync(join(folder, 'locations.inc'), read('deploy/nginx/locations.inc'));
    writeFileSync(join(folder, 'conf.d', 'http.conf'), adapt(read('deploy/nginx/http.conf')).replace('listen 80;', `listen 127.0.0.1:${proxy.port};`));
    writeFileSync(join(folder, 'conf.d', 'https.conf'),
      adapt(read('deploy/nginx/https.conf.template')).replace('listen 80;', `listen 127.0.0.1:${redirected};`).replace('listen 443 ssl;', `listen 127.0.0.1:${secure.port} ssl;`));
    proxy.redirected = redirected;
    nginx = await startProgram('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', `daemon off; pid ${folder}/pid; error_log stderr notice;`], 'start worker process');
  });

  after(async () => {
    await nginx?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  test('hands on WebSockets and the HTTP API', async () => {
    const client = connect(proxy);
    try {
      await connected(client);
      const channel = await subscribed(client, unique('private-'));
      const arrived = next(channel, 'event');
      await sdkFor(proxy).trigger(channel.name, 'event', { hello: 'world' });
      assert.deepEqual(await arrived, { hello: 'world' });
    } finally {
      client.disconnect();
    }
  });

  test('keeps to itself what is not for the internet', async () => {
    const status = async (path) => (await fetch(`http://${proxy.host}:${proxy.port}${path}`)).status;
    for (const path of ['/up', `/up/${app.appId}`, '/live']) assert.equal(await status(path), 200, path);
    for (const path of ['/', '/metrics', '/usage', '/dashboard']) assert.equal(await status(path), 404, path);
    assert.equal((await fetch(`http://${server.host}:${server.port}/usage`)).status, 200);
  });

  test('does not believe the address that a client claims', async () => {
    const ask = (address) => fetch(`http://${proxy.host}:${proxy.port}/apps/${app.appId}/channels`, { headers: { 'X-Forwarded-For': address } });
    const answers = [];
    for (let i = 0; i < 25; i++) answers.push((await ask(`10.0.0.${i}`)).status);
    assert.equal(answers.at(-1), 429);
  });

  test('serves HTTPS, and sends HTTP there', async () => {
    const plain = await fetch(`http://${proxy.host}:${proxy.redirected}/apps/x?y=1`, { redirect: 'manual' });
    assert.equal(plain.status, 308);
    assert.equal(plain.headers.get('location'), 'https://127.0.0.1/apps/x?y=1');
    const response = await new Promise((resolve, reject) =>
      get({ host: secure.host, port: secure.port, path: '/up', rejectUnauthorized: false }, resolve).on('error', reject));
    response.resume();
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['strict-transport-security'], 'max-age=31536000');
    assert.equal(response.headers.server, 'nginx');
  });
});
