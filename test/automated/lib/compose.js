// Compose files as `docker compose config` sees them: variables filled in, overrides merged.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { repository } from './repository.js';

/** Marks of Compose: `!reset` takes away what was there, `!override` replaces it. */
class Marked {
  constructor(kind, value) {
    Object.assign(this, { kind, value });
  }
}

const tags = ['reset', 'override'].flatMap((kind) =>
  ['seq', 'map'].map((collection) => ({
    tag: `!${kind}`,
    collection,
    resolve: (node) => new Marked(kind, node.toJSON()),
  })),
);

/** Lists that are replaced; all others are joined. */
const replaced = new Set(['command', 'entrypoint', 'test']);

/**
 * One project from several files.
 * @param {string[]} files names of files at the root of the repository
 * @param {Record<string, string>} variables what `.env` and the shell would set
 * @throws if a variable is not set that must be
 */
export function loadCompose(files, variables = {}) {
  return files
    .map((file) => fill(parse(readFileSync(new URL(file, repository), 'utf8'), { merge: true, customTags: tags }), variables))
    .reduce((base, override) => merge(base, override), {});
}

function merge(base, override, key) {
  if (override instanceof Marked) return override.kind === 'reset' ? undefined : override.value;
  if (base === undefined || base === null) return override;
  if (Array.isArray(base) && Array.isArray(override)) return replaced.has(key) ? override : [...base, ...override];
  if (typeof base !== 'object' || typeof override !== 'object' || override === null) return override;
  const merged = { ...base };
  for (const [name, value] of Object.entries(override)) {
    const result = merge(base[name], value, name);
    if (result === undefined) delete merged[name];
    else merged[name] = result;
  }
  return merged;
}

function fill(node, variables) {
  if (typeof node === 'string') return fillText(node, variables);
  if (node instanceof Marked) return new Marked(node.kind, fill(node.value, variables));
  if (Array.isArray(node)) return node.map((item) => fill(item, variables));
  if (node && typeof node === 'object') return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value, variables)]));
  return node;
}

// ${NAME}, ${NAME:-default}, ${NAME:?error}; a default may hold another one. $$ is a dollar.
function fillText(text, variables) {
  let result = '';
  for (let i = 0; i < text.length; ) {
    if (text.startsWith('$$', i)) {
      result += '$';
      i += 2;
    } else if (text.startsWith('${', i)) {
      let end = i + 2;
      for (let depth = 1; depth > 0; end++) {
        if (end >= text.length) throw new Error(`not closed: ${text}`);
        if (text.startsWith('${', end)) depth++;
        else if (text[end] === '}') depth--;
      }
      const [, name, operator, rest] = /^([A-Z][A-Z0-9_]*)(?:(:-|:\?)(.*))?$/s.exec(text.slice(i + 2, end - 1));
      if (variables[name]) result += variables[name];
      else if (operator === ':-') result += fillText(rest, variables);
      else if (operator === ':?') throw new Error(`${name}: ${rest}`);
      i = end;
    } else {
      result += text[i++];
    }
  }
  return result;
}
