// Parameters of requests as nobody would choose them, the same ones for the same seed.

const pieces = [
  'a', 'b', 'k', 'z', 'A', 'K', '0', '9', '-', '_', '.', '~', '!', '*', "'", '(', ')', ';', ':', '@', ',', '/', '?', '$', '"', '<', '>', '\\', '^', '`', '{', '|', '}', '[', ']', '[]',
  ' ', '+', '%', '%2', '%zz', '%41', '%c3%a9', '%2b', '&', '=', '#', '\t', '\n', '\u007f', '\u0080', 'é', 'É', 'ß', 'İ', 'K', '日本', '😀', '\ud800', 'auth_key', 'null', 'true',
];

/** Numbers from 0 to 1 by chance (mulberry32). */
export function chance(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Up to `longest` pieces in a row. */
export function oddText(random, longest = 4) {
  return Array.from({ length: Math.floor(random() * (longest + 1)) }, () => pieces[Math.floor(random() * pieces.length)]).join('');
}

/** Texts, arrays, numbers, null by name. */
export function oddParameters(random) {
  const values = [() => oddText(random), () => oddText(random), () => [oddText(random), oddText(random, 1)], () => Math.floor(random() * 1e6) - 5, () => null, () => ''];
  // The library refuses a name of its own.
  const names = Array.from({ length: Math.floor(random() * 5) }, () => oddText(random, 3)).filter((name) => name !== 'auth_key');
  return Object.fromEntries(names.map((name) => [name, values[Math.floor(random() * values.length)]()]));
}

/**
 * Why the Node library and the protocol's own rules have to disagree about parameters; undefined if they have not. The library signs everything as it is given and sends it without
 * encoding it; what the URL then looks like is up to the URL parser.
 */
export function disagreement(parameters) {
  const names = Object.keys(parameters);
  const texts = [...names, ...Object.values(parameters).map(String)];
  if (texts.some((text) => /[&#]/.test(text)) || names.some((name) => name.includes('='))) return 'it is another query: the sign is not encoded';
  if (texts.some((text) => /[\t\n\r]/.test(text))) return 'the URL parser takes it away';
  if (names.some((name) => name !== name.toLowerCase())) return 'names are signed in lower case (A-6)';
  if (names.some((name) => name.endsWith('[]'))) return 'arrays stand at the place of their name without brackets (A-4)';
  if (names.some((name) => /^auth_|^body_md5$/.test(name))) return 'the name is the signature\'s own (A-7)';
  const isEncoded = (text) => /[^\x21-\x7e]|["<>'{}|\\^`]/.test(text);
  if (texts.some((text) => /%[0-9a-f]{2}/i.test(text)) && texts.some(isEncoded)) return 'some of it is encoded by the URL parser, and some by nobody';
  return undefined;
}
