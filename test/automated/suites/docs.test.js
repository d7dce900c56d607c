// The pages in docs: links lead somewhere, keys and texts exist, and the examples run as they stand there.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Workplace, end, examplesOf, line, missing, root } from '../lib/workplace.js';
import { startServer } from '../lib/server.js';

// Pages of which every block of these languages is an example that is run below.
const tested = ['getting-started', 'channels', 'http-api', 'scaling', 'tuning', 'security', 'troubleshooting'];
const languages = ['sh', 'js', 'json'];

const skipped = new Set(['node_modules', 'bin', 'obj', '.git', 'artifacts']);

/** Files of the repository with an extension. */
function* files(extension, directory = root) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* files(extension, path);
    else if (entry.isFile() && extname(entry.name) === extension) yield path;
  }
}

/** The text of a page without its code blocks. */
const prose = (path) => readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(path) {
  return new Set([...prose(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')));
}

test('every relative link leads to a file, and to a heading of it', () => {
  const broken = [];
  for (const page of files('.md')) {
    for (const [, target] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path, anchor] = target.split('#');
      const file = path === '' ? page : resolve(dirname(page), path);
      if (!statSync(file, { throwIfNoEntry: false })) broken.push(`${relative(root, page)}: ${target}`);
      else if (anchor && extname(file) === '.md' && !anchors(file).has(anchor)) broken.push(`${relative(root, page)}: ${target} (no such heading)`);
    }
  }
  assert.deepEqual(broken, []);
});

test('the index has every page', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
  const absent = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md' && !index.includes(`](${name})`));
  assert.deepEqual(absent, []);
});

test('every key of the configuration that a page names exists', () => {
  const keys = new Set();
  const collect = (value, path) => {
    keys.add(path);
    if (value && typeof value === 'object' && !Array.isArray(value)) for (const name of Object.keys(value)) collect(value[name], path ? `${path}.${name}` : name);
  };
  // Comments stand on lines of their own.
  collect(JSON.parse(readFileSync(join(root, 'config/config.json'), 'utf8').replace(/^\s*\/\/.*$/gm, '').replace(/,(\s*[}\]])/g, '$1')), '');
  const sections = new Set([...keys].filter((key) => !key.includes('.')));
  const unknown = [];
  for (const page of files('.md', join(root, 'docs'))) {
    for (const [, name] of prose(page).matchAll(/`([a-z_]+(?:\.[a-z_]+)+)`/g)) {
      if (sections.has(name.split('.')[0]) && !keys.has(name) && !/\.(json|toml|md)$/.test(name)) unknown.push(`${relative(root, page)}: ${name}`);
    }
  }
  assert.deepEqual(unknown, []);
});

test('every text in troubleshooting.md is one that the server says', () => {
  // What stands in the sources between placeholders; long texts are spread over lines.
  const sources = [...files('.cs', join(root, 'src'))].map((file) => readFileSync(file, 'utf8')).join('\n').replace(/"\s*\+\s*\$?"/g, '');
  const rows = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').match(/^\| .* \|$/gm).filter((row) => row.split('|').length >= 5);
  const unknown = [];
  let checked = 0;
  for (const row of rows) {
    const cell = row.split(' | ')[0];
    for (const [, text] of cell.matchAll(/`([^`]+)`/g)) {
      // Names of keys, variables and events are no texts.
      if (!text.includes(' ') || text.startsWith('sysctl')) continue;
      checked++;
      const parts = text.split('…').map((part) => part.trim()).filter((part) => part.length > 3);
      for (const part of parts) if (!sources.includes(part) && !sources.includes(part.replaceAll('"', '\\"'))) unknown.push(part);
    }
  }
  assert.deepEqual(unknown, []);
  assert.ok(checked > 60, `only ${checked} texts were found`);
});

test('every block of code of a tested page is an example', () => {
  for (const page of tested) {
    const text = readFileSync(join(root, `docs/${page}.md`), 'utf8');
    const blocks = [...text.matchAll(new RegExp(`^\`\`\`(${languages.join('|')})$`, 'gm'))].length;
    assert.equal(examplesOf(`docs/${page}.md`).size, blocks, page);
  }
});

const examples = new Map(tested.flatMap((page) => [...examplesOf(`docs/${page}.md`)]));
const alone = { HOST: '127.0.0.1', PORT: '0', METRICS_ENABLED: 'false' };
const ran = new Set();
let server;
let workplace;

before(async () => {
  server = await startServer();
  workplace = new Workplace();
});

after(async () => {
  await workplace.close();
  await server.stop();
});

const here = () => ({ HOST: server.host, PORT: String(server.port) });

function example(name) {
  ran.add(name);
  return examples.get(name);
}

const start = (name, environment = here()) => workplace.start(name, example(name), environment);
const run = (name, environment = alone) => workplace.run(name, example(name), environment);

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

for (const name of [...examples.keys()].filter((one) => one.endsWith('.json'))) {
  test(`${name} is a configuration without mistakes`, async () => {
    const file = workplace.write(name, example(name));
    const { exitCode, output } = await workplace.run('check.sh', `sockudo --check-config --config ${file}`);
    assert.equal(exitCode, 0, output);
  });
}

test('start.sh starts a server', async () => {
  const child = start('start.sh', alone);
  assert.match(await line(child, 'is listening'), /mode=production/);
  await end(child);
});

test('publisher.cjs is received by subscriber.cjs', async () => {
  const subscriber = start('subscriber.cjs');
  await line(subscriber, 'subscribed');
  const received = line(subscriber, 'order');
  const { output } = await run('publisher.cjs', here());
  assert.equal(output, 'published 200\n');
  assert.equal(await received, 'order 42');
  await end(subscriber);
});

test('own-app.sh has an app of its own in force', async () => {
  assert.equal((await run('own-app.sh')).exitCode, 0);
  const apps = JSON.parse(workplace.read('effective.json')).app_manager.array.apps;
  assert.deepEqual(apps.map((app) => [app.id, app.key, app.secret]), [['shop', 'shop-key', '***']]);
});

test('members.cjs is authorised by authorise.cjs', async () => {
  const endpoint = start('authorise.cjs', { AUTH_PORT: '0' });
  const port = (await line(endpoint, 'authorising on')).split(' ').at(-1);
  const client = start('members.cjs', { ...here(), AUTH_PORT: port });
  assert.equal(await line(client, 'me'), 'members 1 me Ann');
  await end(client, endpoint);
});

test('list-channels.sh is answered', { skip: missing('curl', 'openssl') }, async () => {
  assert.equal((await run('list-channels.sh', here())).output, '{"channels":{}}');
});

test('secret-file.sh shows no secret', async () => {
  assert.match((await run('secret-file.sh')).output, /^\s*"secret": "\*\*\*",?\n$/);
});

test('files.sh tells the limits', async () => {
  const { exitCode, output } = await run('files.sh');
  assert.equal(exitCode, 0);
  assert.match(output, /^(ok|warning) +open files/m);
});

test('doctor.sh finds no problem, and one for a port that is taken', async () => {
  const { exitCode, output } = await run('doctor.sh');
  assert.equal(exitCode, 0, output);
  assert.match(output, /^ok +port +0: a free port/m);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const bad = await run('doctor.sh', { ...alone, METRICS_ENABLED: 'true', METRICS_HOST: '127.0.0.1', METRICS_PORT: String(taken.address().port) });
  taken.close();
  assert.equal(bad.exitCode, 1);
  assert.match(bad.output, /^problem +metrics\.port +\d+ is taken/m);
});

test('drain.sh stops a server and waits for it', async () => {
  const port = String(await freePort());
  const own = await startServer({ PORT: port });
  if (!own.isOwn) return;
  const { exitCode, output } = await run('drain.sh', { ...alone, PORT: port });
  assert.equal(exitCode, 0, output);
  assert.match(output, /has ended\.\n$/);
  await own.stop();
});

test('every example was run', () => {
  assert.deepEqual([...examples.keys()].filter((name) => !ran.has(name)), []);
});
