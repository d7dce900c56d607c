// Dashboards and alerts, asked of a real Prometheus that scrapes real servers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { parse, stringify } from 'yaml';
import { app, startServer } from '../lib/server.js';
import { connect, connected, next, patience, sdkFor, subscribed, unique } from '../lib/clients.js';
import { read, repository } from '../lib/repository.js';
import { freePort, isInstalled, startProgram, startRedis } from '../lib/servers.js';

const path = (name) => fileURLToPath(new URL(name, repository));
const dashboards = 'monitoring/grafana/dashboards/';
const missing = ['prometheus', 'promtool', 'redis-server', 'openssl'].filter((program) => !isInstalled(program));
const skip = process.env.SOCKUDO_URL ? 'starts its own servers' : missing.length > 0 && `${missing.join(', ')} not installed`;

/** Nothing to show on a system where nothing has gone wrong. */
const quiet = ['Checks without an answer', 'Given up by app'];

describe('monitoring', { skip }, () => {
  const stops = [];
  let folder;
  let prometheus;
  let instances;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sockudo-monitoring-'));
    const application = createServer((request, response) => request.resume().on('end', () => response.end())).listen(0, '127.0.0.1');
    await once(application, 'listening');
    stops.push(() => application.close());
    const redis = await startRedis();
    stops.push(redis.stop);

    const metrics = { METRICS_ENABLED: 'true', METRICS_HOST: '127.0.0.1', METRICS_PORT: '0' };
    const url = `http://127.0.0.1:${application.address().port}/`;
    const clustered = {
      ...metrics, ADAPTER_DRIVER: 'redis', CACHE_DRIVER: 'redis', REDIS_URL: redis.url, SOCKUDO_DEFAULT_APP_MAX_CLIENT_EVENTS_PER_SECOND: '1',
      SOCKUDO_DEFAULT_APP_ALLOWED_ORIGINS: 'https://example.com',
      SOCKUDO_DEFAULT_APP_WEBHOOKS: JSON.stringify([{ url, event_types: ['channel_occupied', 'client_event'] }]),
    };
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '365', '-subj', '/CN=localhost',
      '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
    const alone = {
      ...metrics, APP_MANAGER_DRIVER: 'sqlite', DATABASE_SQLITE_PATH: join(folder, 'apps.db'),
      SOCKUDO_DEFAULT_APP_ID: app.appId, SOCKUDO_DEFAULT_APP_KEY: app.key, SOCKUDO_DEFAULT_APP_SECRET: app.secret,
      SSL_ENABLED: 'true', SSL_CERT_PATH: join(folder, 'cert.pem'), SSL_KEY_PATH: join(folder, 'key.pem'),
    };
    const servers = await Promise.all([clustered, clustered, alone].map(startServer));
    stops.push(...servers.map((server) => server.stop));
    instances = servers.map((server) => server.metrics);
    await use(servers[0]);
    prometheus = await scrape(instances);
  });

  after(async () => {
    for (const stop of stops.reverse()) await stop();
    rmSync(folder, { recursive: true });
  });

  /** Does something of everything that is counted. */
  async function use(server) {
    const sdk = sdkFor(server);
    const stranger = connect(server, { channelAuthorization: { customHandler: (_, callback) => callback(null, { auth: `${app.key}:wrong` }) } });
    const clients = [connect(server, { user: { id: 'ann' } }), connect(server, { user: { id: 'bob' } })];
    stops.push(() => [stranger, ...clients].forEach((client) => client.disconnect()));
    const [ann] = await Promise.all(clients.map(connected));
    const names = [unique('public-'), unique('private-'), unique('presence-'), unique('cache-')];
    for (const name of names) await Promise.all(clients.map((client) => subscribed(client, name)));
    await sdk.trigger(names, 'event', { some: 'data' });
    // A second one within the second is refused.
    const refused = next(ann.connection, 'error');
    for (let i = 0; i < 3; i++) ann.channel(names[1]).trigger('client-event', { i });
    await refused;
    await Promise.all([
      once(new WebSocket(`ws://${server.host}:${server.port}/app/${app.key}?protocol=7`, { origin: 'https://elsewhere.example' }), 'close'),
      next(stranger.subscribe(unique('private-')), 'pusher:subscription_error'),
    ]);
    ann.unsubscribe(names[0]);
  }

  /** A Prometheus with the repository's configuration, but for where the servers are and how often they are asked. */
  async function scrape(targets) {
    const config = parse(read('monitoring/prometheus.yml'));
    config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
    config.rule_files = config.rule_files.map((pattern) => path(`monitoring/${pattern}`));
    const [job] = config.scrape_configs;
    delete job.dns_sd_configs;
    job.static_configs = [{ targets }];
    writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
    const port = await freePort();
    const started = await startProgram(
      'prometheus',
      [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
      'Server is ready to receive web requests',
    );
    stops.push(started.stop);
    const ask = async (what, query) => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/${what}?${new URLSearchParams(query)}`);
      const { status, error, data } = await response.json();
      assert.equal(status, 'success', `${error}: ${JSON.stringify(query)}`);
      return data;
    };
    const deadline = Date.now() + patience;
    while ((await ask('query', { query: 'count(count_over_time(sockudo_build_info[1m]) >= 3)' })).result[0]?.value[1] !== String(targets.length)) {
      assert.ok(Date.now() < deadline, 'the servers were not scraped');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return ask;
  }

  const result = async (expression) => (await prometheus('query', { query: expression })).result;

  for (const file of readdirSync(path(dashboards))) {
    const dashboard = JSON.parse(read(dashboards + file));
    const panels = dashboard.panels.filter((panel) => panel.type !== 'row');

    test(`${file}: every query has an answer, with the labels that its legend names`, async () => {
      for (const panel of panels) {
        for (const { expr, legendFormat } of panel.targets) {
          const expression = expr.replaceAll('$__rate_interval', '30s').replaceAll('$app_id', app.appId).replaceAll('$instance', instances.join('|'));
          assert.doesNotMatch(expression, /\$/);
          const series = await result(expression);
          if (quiet.includes(panel.title)) continue;
          assert.ok(series.length > 0, `${panel.title}: nothing for ${expression}`);
          for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
            for (const { metric } of series) assert.ok(label in metric, `${panel.title}: no ${label} in ${JSON.stringify(metric)}`);
        }
      }
    });

    test(`${file}: panels lie side by side, and variables find something`, async () => {
      const taken = new Set();
      for (const { title, gridPos: { x, y, w, h } } of dashboard.panels)
        for (let column = x; column < x + w; column++)
          for (let row = y; row < y + h; row++) {
            assert.ok(column < 24 && !taken.has(`${column} ${row}`), title);
            taken.add(`${column} ${row}`);
          }
      assert.equal(new Set(dashboard.panels.map((panel) => panel.id)).size, dashboard.panels.length);
      for (const variable of dashboard.templating.list.filter((variable) => variable.type === 'query')) {
        const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(variable.query.query);
        const values = (await result(selector.replaceAll('$instance', instances.join('|')))).map(({ metric }) => metric[label]);
        assert.ok(values.includes(label === 'instance' ? instances[0] : app.appId), variable.name);
      }
    });
  }

  test('alerts are evaluated, ask for what there is, and keep quiet', async () => {
    const { groups } = await prometheus('rules', { type: 'alert' });
    const rules = groups.flatMap((group) => group.rules);
    assert.ok(rules.length >= 15);
    for (const rule of rules) {
      assert.equal(rule.health, 'ok', `${rule.name}: ${rule.lastError}`);
      assert.equal(rule.state, 'inactive', rule.name);
      if (rule.query.startsWith('absent(')) continue;
      // What is compared must be there; whether it is too much is up to promtool's tests.
      for (const part of rule.query.split(' or ')) {
        const compared = part.replace(/ (==|>|<) [\d.* ]+$/, '');
        assert.notEqual(compared, part, part);
        if (/outcome="dead"/.test(part)) assert.ok((await result(compared.replace('"dead"', '"delivered"'))).length > 0, part);
        else if (/status=~"5/.test(part)) assert.ok((await result(compared.replace('5..', '2..'))).length > 0, part);
        else assert.ok((await result(compared)).length > 0, `${rule.name}: nothing for ${compared}`);
      }
    }
  });
});

describe('promtool', { skip: !isInstalled('promtool') && 'promtool not installed' }, () => {
  for (const args of [['check', 'config', 'monitoring/prometheus.yml'], ['check', 'rules', 'monitoring/rules/sockudo.yml'], ['test', 'rules', 'monitoring/tests/sockudo.yml']])
    test(args.slice(0, 2).join(' '), () => {
      execFileSync('promtool', args, { cwd: path('.'), stdio: 'pipe', encoding: 'utf8' });
    });
});

describe('Grafana', () => {
  test('finds the data source and the dashboards where Compose puts them', () => {
    const [source] = parse(read('monitoring/grafana/provisioning/datasources/prometheus.yml')).datasources;
    assert.equal(source.url, 'http://prometheus:9090');
    assert.equal(source.jsonData.timeInterval, parse(read('monitoring/prometheus.yml')).global.scrape_interval);
    const [provider] = parse(read('monitoring/grafana/provisioning/dashboards/sockudo.yml')).providers;
    const mounted = parse(read('docker-compose.prod.yml'), { customTags: [{ tag: '!reset', collection: 'seq' }] }).services.grafana.volumes;
    assert.ok(mounted.includes(`./monitoring/grafana/dashboards:${provider.options.path}:ro`));
  });
});
