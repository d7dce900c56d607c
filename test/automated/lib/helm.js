// Renders a chart with the part of Go's templates that this repository's chart uses; anything else is an error.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { read, repository } from './repository.js';

/** Values that were read, as paths from `.Values`. */
export const used = new Set();

/**
 * The manifests of a chart, by file.
 * @param {string} chart folder from the root of the repository, with a slash at its end
 * @param {object} [overrides] values on top of values.yaml
 * @returns {Record<string, string>} text by name of the template
 */
export function renderChart(chart, overrides = {}) {
  const { name, version, appVersion } = parse(read(`${chart}Chart.yaml`));
  const values = merge(parse(read(`${chart}values.yaml`)), overrides);
  const root = { Values: values, Chart: { Name: name, Version: version, AppVersion: appVersion }, Release: { Name: 'test', Namespace: 'default', Service: 'Helm' } };
  const definitions = {};
  const files = readdirSync(new URL(`${chart}templates/`, repository)).sort();
  const bodies = files.map((file) => [file, compile(read(`${chart}templates/${file}`), definitions)]);
  return Object.fromEntries(bodies.filter(([file]) => !file.startsWith('_')).map(([file, body]) => [file, run(body, root, definitions)]));
}

const merge = (base, override) =>
  base && override && typeof base === 'object' && typeof override === 'object' && !Array.isArray(override)
    ? Object.fromEntries([...new Set([...Object.keys(base), ...Object.keys(override)])].map((key) => [key, key in override ? merge(base[key], override[key]) : base[key]]))
    : override;

const isTrue = (value) => Boolean(value) && (typeof value !== 'object' || Object.keys(value).length > 0);
const indent = (count, text) => text.replace(/^/gm, ' '.repeat(count));
const yaml = (value) => stringify(value, { lineWidth: 0 }).trimEnd();
// As Go writes a map: by name.
const sorted = (value) => Array.isArray(value) ? value.map(sorted)
  : value && typeof value === 'object' ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value;

const functions = {
  add: (...numbers) => numbers.reduce((sum, number) => sum + number),
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
  contains: (part, text) => text.includes(part),
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  ne: (a, b) => a !== b,
  nindent: (count, text) => `\n${indent(count, text)}`,
  not: (value) => !isTrue(value),
  printf: (format, ...values) => format.replace(/%s/g, () => values.shift()),
  quote: (value) => JSON.stringify(String(value)),
  sha256sum: (text) => createHash('sha256').update(text).digest('hex'),
  ternary: (yes, no, condition) => (condition ? yes : no),
  toJson: (value) => JSON.stringify(sorted(value)),
  toPrettyJson: (value) => JSON.stringify(sorted(value), null, 2),
  toYaml: (value) => yaml(sorted(value)),
  trimSuffix: (suffix, text) => (text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
  trunc: (length, text) => text.slice(0, length),
};

// Text and actions, nested: a body is a list of strings, {expression} and {kind, expression, body, otherwise}.
function compile(text, definitions) {
  const tokens = text.split(/(\{\{-?[\s\S]*?-?\}\})/);
  const top = [];
  const open = [];
  let body = top;
  for (let i = 0; i < tokens.length; i++) {
    if (i % 2 === 0) {
      let plain = tokens[i];
      if (tokens[i - 1]?.endsWith('-}}')) plain = plain.trimStart();
      if (tokens[i + 1]?.startsWith('{{-')) plain = plain.trimEnd();
      body.push(plain);
      continue;
    }
    const action = tokens[i].replace(/^\{\{-?|-?\}\}$/g, '').trim();
    const [, word, rest] = /^(\S+)\s*([\s\S]*)$/.exec(action);
    if (word.startsWith('/*')) continue;
    if (['if', 'with', 'range', 'define'].includes(word)) {
      const block = { kind: word, expression: rest, body: [], otherwise: [] };
      if (word === 'define') definitions[JSON.parse(rest)] = block.body;
      else body.push(block);
      open.push(block);
      body = block.body;
    } else if (word === 'else') {
      body = open.at(-1).otherwise;
      if (!rest) continue;
      const block = { kind: 'if', expression: rest.replace(/^if\s+/, ''), body: [], otherwise: [] };
      body.push(block);
      open[open.length - 1] = block;
      body = block.body;
    } else if (word === 'end') {
      open.pop();
      const outer = open.at(-1);
      body = outer ? (outer.otherwise.length > 0 ? outer.otherwise : outer.body) : top;
    } else body.push({ expression: action });
  }
  if (open.length > 0) throw new Error(`a block is not closed: ${open[0].kind} ${open[0].expression}`);
  return top;
}

function run(body, context, definitions) {
  let result = '';
  for (const part of body) {
    if (typeof part === 'string') result += part;
    else if (!part.kind) result += String(evaluate(part.expression, context, definitions));
    else {
      const value = evaluate(part.expression, context, definitions);
      if (!isTrue(value)) result += run(part.otherwise, context, definitions);
      else if (part.kind === 'if') result += run(part.body, context, definitions);
      else for (const item of part.kind === 'range' ? value : [value]) result += run(part.body, item, definitions);
    }
  }
  return result;
}

function evaluate(expression, context, definitions) {
  const words = expression.match(/"(?:[^"\\]|\\.)*"|[()|]|[^\s()|]+/g);
  const pipeline = () => {
    let value = command();
    while (words[0] === '|') {
      words.shift();
      value = command(value);
    }
    return value;
  };
  const operand = (word) => {
    if (word === '(') {
      const value = pipeline();
      words.shift();
      return value;
    }
    if (word.startsWith('"')) return JSON.parse(word);
    if (/^\d+$/.test(word)) return Number(word);
    if (word === '.') return context;
    if (!word.startsWith('.')) throw new Error(`not known: ${word} in ${expression}`);
    const path = word.slice(1).split('.');
    if (path[0] === 'Values') used.add(path.slice(1).join('.'));
    return path.reduce((value, key) => {
      if (!(key in value)) throw new Error(`${word} is not in the values`);
      return value[key];
    }, context);
  };
  const command = (piped) => {
    const word = words.shift();
    const isCall = word in functions || word === 'include';
    if (!isCall) return operand(word);
    const values = [];
    while (words.length > 0 && words[0] !== '|' && words[0] !== ')') values.push(operand(words.shift()));
    if (piped !== undefined) values.push(piped);
    return word === 'include' ? run(definitions[values[0]], values[1], definitions) : functions[word](...values);
  };
  return pipeline();
}
