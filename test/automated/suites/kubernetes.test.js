// Kubernetes manifests and the Helm chart: valid, in step with each other and with what the server understands.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { renderChart, used } from '../lib/helm.js';
import { checkConfiguration } from '../lib/program.js';
import { read, repository, serverVariables } from '../lib/repository.js';

const known = serverVariables();
const documents = (text) => parseAllDocuments(text).map((document) => document.toJS()).filter((manifest) => manifest);
const of = (manifests, kind) => manifests.filter((manifest) => manifest.kind === kind);

/** Checks a manifest against the schema of its kind, which reads the fields that it knows; any other one is a mistake too. */
async function assertSchema(manifest) {
  const [version, group = 'core'] = manifest.apiVersion.split('/').reverse();
  const name = [group.split('.')[0], version, manifest.kind].map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  const { validate } = await import(`kubernetes-models/_schemas/IoK8sApi${name}`);
  const unread = new Set();
  const watched = new Map();
  const watch = (value, path) => {
    if (!value || typeof value !== 'object') return value;
    if (!watched.has(path)) {
      for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
      watched.set(path, new Proxy(value, {
        get(target, key) {
          unread.delete(`${path}/${String(key)}`);
          return watch(target[key], `${path}/${String(key)}`);
        },
      }));
    }
    return watched.get(path);
  };
  assert.ok(validate(watch(manifest, manifest.kind)), JSON.stringify(validate.errors));
  assert.deepEqual([...unread], [], 'unknown fields');
}

/** The schemas of Kubernetes, and what they cannot say. */
async function assertManifests(manifests) {
  // A ServiceMonitor is an operator's, and its schema not in there.
  for (const manifest of manifests) if (manifest.kind !== 'ServiceMonitor') await assertSchema(manifest);
  const [deployment] = of(manifests, 'Deployment');
  const { template, selector } = deployment.spec;
  const { labels } = template.metadata;
  const [container] = template.spec.containers;
  const selects = (chosen, what) => {
    assert.ok(Object.keys(chosen).length > 0);
    for (const [name, value] of Object.entries(chosen)) assert.equal(labels[name], value, `${what}: ${name}`);
  };
  selects(selector.matchLabels, 'Deployment');
  template.spec.topologySpreadConstraints.forEach(({ labelSelector }) => selects(labelSelector.matchLabels, 'spread'));

  const ports = container.ports.map((port) => port.name);
  const services = of(manifests, 'Service');
  for (const { spec } of services) {
    selects(spec.selector, 'Service');
    for (const { targetPort } of spec.ports) assert.ok(ports.includes(targetPort), targetPort);
  }
  for (const { spec } of of(manifests, 'PodDisruptionBudget')) selects(spec.selector.matchLabels, 'PodDisruptionBudget');
  for (const { spec } of of(manifests, 'NetworkPolicy')) {
    selects(spec.podSelector.matchLabels, 'NetworkPolicy');
    for (const { port } of spec.ingress.flatMap((rule) => rule.ports)) assert.ok(ports.includes(port), port);
  }
  for (const { spec } of of(manifests, 'HorizontalPodAutoscaler')) assert.equal(spec.scaleTargetRef.name, deployment.metadata.name);
  for (const { spec } of of(manifests, 'Ingress'))
    for (const { backend } of spec.rules.flatMap((rule) => rule.http.paths)) {
      const service = services.find(({ metadata }) => metadata.name === backend.service.name);
      assert.ok(service.spec.ports.some((port) => port.name === backend.service.port.name));
    }
  for (const { spec } of of(manifests, 'ServiceMonitor')) {
    const found = services.filter(({ metadata }) => Object.entries(spec.selector.matchLabels).every(([name, value]) => metadata.labels[name] === value));
    assert.equal(found.length, 1);
    assert.ok(found[0].spec.ports.some((port) => port.name === spec.endpoints[0].port));
  }

  for (const [probe, path] of [['startupProbe', '/live'], ['livenessProbe', '/live'], ['readinessProbe', '/up']]) {
    assert.equal(container[probe].httpGet.path, path);
    assert.ok(ports.includes(container[probe].httpGet.port));
  }
  assert.equal(template.spec.enableServiceLinks, false);
  assert.equal(template.spec.securityContext.runAsNonRoot, true);
  assert.equal(container.securityContext.readOnlyRootFilesystem, true);
  assert.ok(container.resources.limits.memory);
  const volumes = template.spec.volumes.map((volume) => volume.name);
  for (const { name, mountPath } of container.volumeMounts) {
    assert.ok(volumes.includes(name), name);
    assert.ok(['/app/config', '/app/ssl'].includes(mountPath), mountPath);
  }
}

/** What the server makes of a Deployment; the pod has time for its stop. */
async function assertServerTakes(manifests, secret) {
  const [{ spec: { template } }] = of(manifests, 'Deployment');
  const [container] = template.spec.containers;
  const environment = { ...secret };
  for (const { name, value, valueFrom } of container.env) environment[name] = value ?? `from-${Object.keys(valueFrom)[0]}`;
  for (const name of Object.keys(environment)) assert.ok(known.has(name), `${name} is no variable of the server`);
  const { configuration, complaints } = await checkConfiguration(environment, of(manifests, 'ConfigMap')[0].data['config.json']);
  assert.equal(complaints, '');
  const ports = Object.fromEntries(container.ports.map((port) => [port.name, port.containerPort]));
  assert.equal(ports.websocket, configuration.port);
  assert.equal(ports.metrics, configuration.metrics.enabled ? configuration.metrics.port : undefined);
  assert.ok(template.spec.terminationGracePeriodSeconds >= configuration.shutdown_grace_period + container.lifecycle.preStop.sleep.seconds + 5);
  return configuration;
}

describe('Kubernetes', () => {
  const folder = 'deploy/kubernetes/';
  const files = readdirSync(new URL(folder, repository)).filter((name) => name !== 'kustomization.yaml');
  const manifests = files.flatMap((name) => documents(read(folder + name)));

  test('everything is applied but the example of a Secret and what needs an operator', () => {
    const { resources } = parse(read(`${folder}kustomization.yaml`));
    assert.deepEqual([...resources].sort(), files.filter((name) => !['secret.example.yaml', 'servicemonitor.yaml'].includes(name)).sort());
  });

  test('manifests are valid and belong together', () => assertManifests(manifests));

  test('a misspelt field would be noticed', async () => {
    const [deployment] = of(manifests, 'Deployment').map((manifest) => structuredClone(manifest));
    deployment.spec.template.spec.containers[0].livenesProbe = {};
    await assert.rejects(assertSchema(deployment), /livenesProbe/);
  });

  test('the server takes the configuration and forms a cluster', async () => {
    const configuration = await assertServerTakes(manifests, of(manifests, 'Secret')[0].stringData);
    assert.equal(configuration.adapter.driver, 'redis');
    assert.equal(of(manifests, 'Deployment')[0].spec.replicas, 3);
    assert.ok(of(manifests, 'HorizontalPodAutoscaler')[0].spec.minReplicas >= 3);
  });
});

describe('Helm', () => {
  const chart = 'deploy/helm/sockudo/';
  const secret = { REDIS_URL: 'redis://:password@redis:6379', SOCKUDO_DEFAULT_APP_ID: 'shop', SOCKUDO_DEFAULT_APP_KEY: 'key', SOCKUDO_DEFAULT_APP_SECRET: 'secret' };
  const everything = {
    nameOverride: 'ws', imagePullSecrets: [{ name: 'registry' }], secret, tls: { existingSecret: 'certificate' },
    env: [{ name: 'SOCKUDO_DEFAULT_APP_ENABLE_CLIENT_MESSAGES', value: 'true' }],
    serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x' } }, service: { annotations: { a: 'b' } },
    metrics: { serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } }, ingress: { enabled: true, tlsSecret: 'certificate' },
    autoscaling: { enabled: true }, networkPolicy: { enabled: true }, podAnnotations: { c: 'd' }, podLabels: { team: 'x' },
    nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'k', operator: 'Exists' }], affinity: { nodeAffinity: {} }, shutdownGracePeriod: 60,
  };
  const render = (values) => Object.entries(renderChart(chart, values)).filter(([name]) => name.endsWith('.yaml')).flatMap(([, text]) => documents(text));

  for (const [name, values, kinds] of [
    ['the defaults', { existingSecret: 'sockudo-env' }, ['ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service', 'Service', 'ServiceAccount']],
    ['everything', everything, ['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'Ingress', 'NetworkPolicy', 'PodDisruptionBudget', 'Secret', 'Service', 'Service', 'ServiceAccount', 'ServiceMonitor']],
    ['as little as possible', { metrics: { enabled: false }, podDisruptionBudget: { enabled: false }, serviceAccount: { create: false }, config: { logging: { format: 'text' } } }, ['ConfigMap', 'Deployment', 'Service']],
  ]) {
    test(`${name}: manifests are valid, and the server takes the configuration`, async () => {
      const manifests = render(values);
      assert.deepEqual(manifests.map(({ kind }) => kind).sort(), kinds);
      await assertManifests(manifests);
      const configuration = await assertServerTakes(manifests, secret);
      assert.equal(configuration.adapter.driver, 'redis');
      assert.equal(configuration.ssl.enabled, values.tls !== undefined);
      const [container] = of(manifests, 'Deployment')[0].spec.template.spec.containers;
      assert.equal(container.readinessProbe.httpGet.scheme, values.tls ? 'HTTPS' : 'HTTP');
      assert.match(container.image, /^sockudo\/sockudo:\d/);
    });
  }

  test('the Secret is named only if there is one', () => {
    const from = (values) => of(render(values), 'Deployment')[0].spec.template.spec.containers[0].envFrom;
    assert.equal(from({}), undefined);
    assert.deepEqual(from({ existingSecret: 'mine', secret }), [{ secretRef: { name: 'mine' } }]);
    assert.deepEqual(from({ secret }), [{ secretRef: { name: 'test-sockudo' } }]);
    assert.equal(of(render({ existingSecret: 'mine', secret }), 'Secret').length, 0);
  });

  test('a changed configuration makes new pods', () => {
    const checksum = (values) => of(render(values), 'Deployment')[0].spec.template.metadata.annotations['checksum/config'];
    assert.notEqual(checksum({}), checksum({ config: { debug: true } }));
  });

  test('what the guide sets exists', () => {
    const values = parse(read(`${chart}values.yaml`));
    const set = [...read('docs/deployment.md').matchAll(/--set ([\w.]+)=/g)].map((match) => match[1]);
    assert.ok(set.length > 3);
    for (const path of set) assert.notEqual(path.split('.').reduce((section, key) => section?.[key], values), undefined, path);
  });

  test('every value is used', () => {
    render(everything);
    const leaves = (value, path) => value && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key)) : [path];
    for (const path of leaves(parse(read(`${chart}values.yaml`)), ''))
      assert.ok([...used].some((name) => path === name || path.startsWith(`${name}.`)), `${path} is used nowhere`);
  });
});
