// pusher-js in headless Chromium: a page subscribes and shows an event triggered through the SDK.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { startServer } from '../lib/server.js';
import { patience, sdkFor, unique } from '../lib/clients.js';

const require = createRequire(import.meta.url);
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

test('a page shows an event', { skip: chromium ? false : 'chromium is not installed' }, async () => {
  const files = {
    '/': [fileURLToPath(new URL('../pages/index.html', import.meta.url)), 'text/html'],
    '/pusher.js': [require.resolve('pusher-js/dist/web/pusher.js'), 'text/javascript'],
  };
  const web = createServer((request, response) => {
    const [file, type] = files[new URL(request.url, 'http://x').pathname] ?? [];
    response.writeHead(file ? 200 : 404, { 'content-type': type ?? 'text/plain' });
    response.end(file ? readFileSync(file) : '');
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const server = await startServer();
  const browser = await require('playwright-core').chromium.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    const channel = unique('page-');
    await page.goto(`http://127.0.0.1:${web.address().port}/?host=${server.host}&port=${server.port}&channel=${channel}`);
    await page.locator('#state', { hasText: 'subscribed' }).waitFor();
    await sdkFor(server).trigger(channel, 'my-event', { message: 'hello from the SDK é😀' });
    await page.locator('#events li').waitFor();
    assert.equal(await page.locator('#events li').textContent(), 'hello from the SDK é😀');
  } finally {
    await browser.close();
    web.close();
    await server.stop();
  }
});
