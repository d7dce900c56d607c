// Stock clients, pointed at a server.
import { createRequire } from 'node:module';

import { app } from './server.js';

const require = createRequire(import.meta.url);
export const Pusher = require('pusher-js');

// The browser bundle with encryption brings this along; the Node one takes it as an option.
export const nacl = require('tweetnacl');
export const Sdk = require('pusher');

/** Everything that must happen does so long before. */
export const patience = 15_000;

/** 32 bytes for encrypted channels. */
export const masterKey = Buffer.alloc(32, 7).toString('base64');

export function sdkFor(server) {
  return new Sdk({ ...app, host: server.host, port: String(server.port), useTLS: false, encryptionMasterKeyBase64: masterKey });
}

/** A pusher-js client whose authorisation endpoint is the Node SDK. */
export function connect(server, { user, ...options } = {}) {
  const sdk = sdkFor(server);
  const presence = user && { user_id: user.id, user_info: user.user_info };
  return new Pusher(app.key, {
    cluster: 'unused',
    nacl,
    wsHost: server.host,
    wsPort: server.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    disableStats: true,
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, callback) =>
        callback(null, sdk.authorizeChannel(socketId, channelName, channelName.startsWith('presence-') ? presence : undefined)),
    },
    userAuthentication: {
      customHandler: ({ socketId }, callback) => callback(null, sdk.authenticateUser(socketId, user)),
    },
    ...options,
  });
}

/** The next event of a name on anything with `bind`. */
export function next(target, name) {
  return withTimeout(
    new Promise((resolve) => {
      const handler = (data) => {
        target.unbind(name, handler);
        resolve(data);
      };
      target.bind(name, handler);
    }),
    name,
  );
}

export async function connected(client) {
  if (client.connection.state !== 'connected') await next(client.connection, 'connected');
  return client;
}

/** Subscribes and waits for the acknowledgement; resolves to the channel. */
export async function subscribed(client, name) {
  const channel = client.subscribe(name);
  if (!channel.subscribed) await next(channel, 'pusher:subscription_succeeded');
  return channel;
}

export function withTimeout(promise, what) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen within ${patience} ms`)), patience);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

/** A name that no other test uses. */
export const unique = (prefix) => `${prefix}${Math.random().toString(36).slice(2)}`;

