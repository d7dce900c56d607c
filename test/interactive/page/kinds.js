// The kinds of channels, which are told by their names. Longer prefixes stand before those they begin with.

const kinds = [
  { prefix: '#server-to-user-', label: 'User', user: true },
  { prefix: 'presence-cache-', label: 'Presence, cache', presence: true, cache: true, client: true },
  { prefix: 'presence-', label: 'Presence', presence: true, client: true },
  { prefix: 'private-encrypted-cache-', label: 'Encrypted, cache', encrypted: true, cache: true },
  { prefix: 'private-encrypted-', label: 'Encrypted', encrypted: true },
  { prefix: 'private-cache-', label: 'Private, cache', cache: true, client: true },
  { prefix: 'private-', label: 'Private', client: true },
  { prefix: 'cache-', label: 'Cache', cache: true },
  { prefix: '', label: 'Public' },
];

/** The kind of a channel: `label`, and whether it is `presence`, `cache`, `encrypted`, `user`, and takes `client` events from pusher-js. */
export const kindOf = (name) => kinds.find(({ prefix }) => name.startsWith(prefix));
