// The dashboard in headless Chromium: what people see and do, and what hostile names and payloads cannot do.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { connect, connected, next, patience, sdkFor, subscribed } from '../lib/clients.js';
import { startServer } from '../lib/server.js';

const require = createRequire(import.meta.url);
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const password = 'open-sesame-42';
const hostile = '<img src=x onerror="window.hacked=true"><script>window.hacked=true</script>';
const skip = process.env.SOCKUDO_URL ? 'another server has another dashboard' : chromium ? false : 'chromium is not installed';

describe('dashboard', { skip }, () => {
  const clients = [];
  const mistakes = [];
  let server, browser, context, page, origin;

  before(async () => {
    server = await startServer({
      DASHBOARD_ENABLED: 'true', DASHBOARD_PORT: '0', DASHBOARD_PASSWORD: password, DASHBOARD_SHOW_PAYLOADS: 'demo-app', INSTANCE_PROCESS_ID: 'node-a',
    });
    [, origin] = await server.logged(/the dashboard is at.*dashboard=(http:\S+)/);
    browser = await require('playwright-core').chromium.launch({ executablePath: chromium, args: ['--no-sandbox'] });
    context = await browser.newContext();
    // Nothing may be needed from anywhere else.
    await context.route((url) => url.origin !== new URL(origin).origin, (route) => {
      mistakes.push(`asked for ${route.request().url()}`);
      return route.abort();
    });
    page = await context.newPage();
    page.setDefaultTimeout(patience);
    page.on('pageerror', (error) => mistakes.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && !message.text().includes('401') && mistakes.push(message.text()));
  });

  after(async () => {
    for (const client of clients) client.disconnect();
    await browser?.close();
    await server?.stop();
  });

  const open = async (options) => {
    const client = connect(server, options);
    clients.push(client);
    return connected(client);
  };
  const show = (path) => page.goto(`${origin}/${path}`);

  test('nobody sees anything before he has signed in', async () => {
    await show('#/apps');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(await page.getByRole('navigation').count(), 0);
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('Wrong password').waitFor();
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
    await page.getByText('node-a').first().waitFor();
  });

  test('the overview, the apps and the channels show what is there', async () => {
    const client = await open();
    await subscribed(client, 'orders');
    await subscribed(client, 'private-cache-orders');
    await show('#/');
    await page.locator('section[aria-label="Connections"] .tile-value', { hasText: '1' }).waitFor();
    await page.getByText('Everything here is of this node, node-a.').waitFor();
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Apps' }).click();
    await page.getByRole('link', { name: 'demo-app' }).click();
    await page.getByRole('row', { name: /^orders public 1 1/ }).waitFor();
    await page.getByLabel('Names that begin with').fill('private-');
    await page.getByRole('row', { name: /^private-cache-orders private ?cache 1 1/ }).waitFor();
    await page.getByRole('link', { name: 'orders', exact: true }).waitFor({ state: 'detached' });
  });

  test('a connection is closed after asking', async () => {
    const client = await open();
    const socket = client.connection.socket_id;
    const refused = next(client.connection, 'error');
    await show('#/apps/demo-app/connections');
    const close = page.getByRole('button', { name: `Close connection ${socket}` });
    await close.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(client.connection.state, 'connected');
    await close.click();
    await page.getByRole('button', { name: 'Close connection', exact: true }).click();
    await page.getByText(`Connection ${socket} was closed.`).waitFor();
    assert.equal((await refused).data?.code ?? (await refused).error?.data?.code, 4009);
    await close.waitFor({ state: 'detached' });
  });

  test('what is published by the form arrives, and is in the tail', async () => {
    const client = await open();
    const channel = await subscribed(client, 'my-channel');
    const arrived = next(channel, 'my-event');
    await show('#/events/demo-app');
    await page.getByText('Watching; nothing yet').waitFor();
    await page.getByLabel('Channels, separated by commas').fill('my-channel, other');
    await page.getByLabel('Name of the event').fill('my-event');
    await page.getByLabel('Data, sent as it stands here').fill('{"message":"hello"}');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText(/^Published at/).waitFor();
    assert.deepEqual(await arrived, { message: 'hello' });
    await page.locator('.log li', { hasText: 'my-event' }).nth(1).waitFor();
    await page.getByText('2 events since you look').waitFor();
    await page.getByLabel('Name of the event').fill('pusher:nonsense');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('reserved').waitFor();
  });

  test('a channel leads to its events, and to a form that names it', async () => {
    await subscribed(await open(), 'private-orders');
    await show('#/apps/demo-app/channels/private-orders');
    await page.getByRole('link', { name: 'Watch its events or publish one' }).click();
    await page.getByText('Watching; nothing yet').waitFor();
    assert.equal(await page.getByLabel('Channels that begin with').inputValue(), 'private-orders');
    assert.equal(await page.getByLabel('Channels, separated by commas').inputValue(), 'private-orders');
  });

  test('hostile names, users and data are shown as text', async () => {
    const client = await open({ user: { id: hostile, user_info: { name: hostile } } });
    await subscribed(client, 'presence-x');
    await show('#/apps/demo-app/channels/presence-x');
    await page.getByRole('cell', { name: hostile, exact: true }).waitFor();
    await page.getByText(JSON.stringify({ name: hostile })).waitFor();
    await show('#/events/demo-app');
    await page.getByText('Watching; nothing yet').waitFor();
    await sdkFor(server).trigger('presence-x', hostile, { html: hostile });
    await page.locator('.log strong', { hasText: hostile }).waitFor();
    await page.locator('.log .clip', { hasText: JSON.stringify({ html: hostile }) }).waitFor();
    for (const path of [`#/apps/demo-app/channels/${encodeURIComponent(hostile)}`, `#/apps/${encodeURIComponent(hostile)}/channels`, `#/${encodeURIComponent(hostile)}`]) {
      await show(path);
      await page.locator('h1').waitFor();
    }

    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('main img, main script').count(), 0);
  });

  test('every view fits on a phone and can be used by keyboard', async () => {
    const client = await open();
    await subscribed(client, `a-${'long-'.repeat(30)}name`);
    await page.setViewportSize({ width: 390, height: 844 });
    const socket = client.connection.socket_id;
    for (const path of ['#/', '#/apps', '#/apps/demo-app/channels', `#/apps/demo-app/channels/a-${'long-'.repeat(30)}name`, '#/apps/demo-app/connections',
      `#/apps/demo-app/connections/${socket}`, '#/apps/demo-app/settings', '#/events', '#/webhooks', '#/cluster']) {
      await show(path);
      await page.locator('main:not([aria-busy]) h1').waitFor();
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${path} is ${content} wide on a screen of ${window}`);
    }

    await show('#/');
    await page.locator('h1').waitFor();
    await page.evaluate(() => { document.activeElement.blur(); });
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  });

  test('who signs out is out, and nothing went wrong on the way', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await show('#/apps');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.deepEqual(mistakes.filter((mistake) => !/\b(400|404)\b/.test(mistake)), []);
  });
});
