// The OpenAPI document that the server serves: valid, and true of what the server answers.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { Agent, get } from 'node:http';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import { connect, connected, subscribed } from '../lib/clients.js';
import { app, startServer } from '../lib/server.js';

let server;
let client;
let document;
let schemas;

before(async () => {
  server = await startServer();
  document = await (await fetch(`http://${server.host}:${server.port}/openapi.json`)).json();
  schemas = new Ajv({ strict: false, validateFormats: false });
  schemas.addSchema(document, 'document');
  // The room of the examples, with the user of the examples in it.
  client = connect(server, { user: { id: '7' } });
  await connected(client);
  await subscribed(client, 'presence-room');
});

after(async () => {
  client?.disconnect();
  await server.stop();
});

/** What a reference points to. */
function resolve(value) {
  if (!value?.$ref) return value;
  return value.$ref.slice(2).split('/').reduce((part, name) => part[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

/** Asserts that a value is what the schema at a path of the document says. */
function assertValid(value, pointer, what) {
  const validate = schemas.getSchema(`document#${pointer}`);
  assert.ok(validate(value), `${what}: ${schemas.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
}

/** Part of a JSON pointer in a URL fragment. */
const part = (name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Where the response of an operation stands, in the operation or behind a reference. */
function responseAt(path, method, status) {
  const own = document.paths[path][method].responses[status];
  assert.ok(own, `${method} ${path} is answered with ${status}, which is not in the document`);
  const pointer = own.$ref ? own.$ref.slice(1) : `/paths/${part(path)}/${method}/responses/${status}`;
  return { response: resolve(own), pointer };
}

/** Sends a request as the document describes it, signed if it says so. */
async function call(path, method, operation, body) {
  const parameters = (operation.parameters ?? []).map(resolve);
  const valueOf = (name) => parameters.find((one) => one.name === name).example;
  const target = path.replace(/\{(\w+)\}/g, (_, name) => valueOf(name));
  const query = Object.fromEntries(parameters.filter((one) => one.in === 'query' && one.example !== undefined).map((one) => [one.name, String(one.example)]));
  if (operation.security) {
    Object.assign(query, { auth_key: app.key, auth_timestamp: String(Math.floor(Date.now() / 1000)), auth_version: '1.0' });
    if (body !== undefined) query.body_md5 = createHash('md5').update(body).digest('hex');
    const sorted = Object.keys(query).sort().map((name) => `${name}=${query[name]}`).join('&');
    query.auth_signature = createHmac('sha256', app.secret).update(`${method.toUpperCase()}\n${target}\n${sorted}`).digest('hex');
  }
  return fetch(`http://${server.host}:${server.port}${target}?${new URLSearchParams(query)}`, { method: method.toUpperCase(), body });
}

/** Asserts that an answer is one of those that the document promises; its body. */
async function assertAnswer(answer, path, method) {
  const what = `${method} ${path}`;
  const { response, pointer } = responseAt(path, method, answer.status);
  const text = await answer.text();
  const type = (answer.headers.get('content-type') ?? '').split(';')[0];
  if (!response.content) {
    assert.equal(text, '', what);
    return undefined;
  }
  assert.ok(response.content[type], `${what}: content type ${type} is not in the document`);
  const body = type === 'application/json' ? JSON.parse(text) : text;
  assertValid(body, `${pointer}/content/${part(type)}/schema`, what);
  for (const name of Object.keys(response.headers ?? {})) assert.ok(answer.headers.has(name), `${what}: header ${name}`);
  return body;
}

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors, null, 2));
  assert.equal(validator.version, '3.1');
});

test('every example is what its schema says, and the answer to every example is the one that is shown', async () => {
  let answered = 0;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      for (const parameter of (operation.parameters ?? []).map(resolve)) {
        if (parameter.example !== undefined) assert.ok(schemas.compile(resolve(parameter.schema))(parameter.example), `${path}: ${parameter.name}`);
      }
      const requests = operation.requestBody?.content['application/json'].examples ?? { none: undefined };
      for (const [name, request] of Object.entries(requests)) {
        const body = request && JSON.stringify(request.value);
        if (request) assertValid(request.value, `/paths/${part(path)}/${method}/requestBody/content/${part('application/json')}/schema`, `${path}: example ${name}`);
        const answer = await call(path, method, operation, body);
        const shown = await assertAnswer(answer, path, method);
        answered++;
        const content = Object.values(responseAt(path, method, answer.status).response.content ?? {})[0];
        const example = content?.examples?.[name]?.value ?? content?.example;
        if (example !== undefined) assert.deepEqual(shown, example, `${method} ${path}: example ${name}`);
      }
    }
  }
  assert.ok(answered >= Object.keys(document.paths).length);
});

test('what is refused is refused as the document says', async () => {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      if (!operation.security) continue;
      const unsigned = await call(path, method, { ...operation, security: undefined }, method === 'post' ? '{}' : undefined);
      assert.equal(unsigned.status, 401, path);
      assert.match((await assertAnswer(unsigned, path, method)).error, /^Missing parameter: auth_key$/);
      const stranger = document.paths[path][method].parameters.map(resolve).some((one) => one.name === 'app_id')
        && (await call(path.replace('{app_id}', 'no-such-app'), method, operation, method === 'post' ? '{}' : undefined));
      if (stranger) {
        assert.equal(stranger.status, 404, path);
        await assertAnswer(stranger, path, method);
      }
    }
  }
  const empty = await call('/apps/{app_id}/events', 'post', document.paths['/apps/{app_id}/events'].post, '{}');
  assert.equal(empty.status, 400);
  await assertAnswer(empty, '/apps/{app_id}/events', 'post');
});

test('a connection on which an upgrade was refused can be used again', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (path) => new Promise((resolve, reject) => {
    const request = get({ host: server.host, port: server.port, path, agent }, (answer) => answer.resume().on('end', () => resolve([answer.statusCode, request.reusedSocket])));
    request.on('error', reject);
  });
  assert.deepEqual(await ask('/app/demo-key'), [426, false]);
  assert.deepEqual(await ask('/live'), [200, true]);
  agent.destroy();
});
