// What most suites share: a server for the whole file, and clients that are gone afterwards.
import { after, before } from 'node:test';
import { connect, sdkFor } from './clients.js';
import { startServer } from './server.js';

/** Starts a server before the tests of a file and stops it, and everything registered, after them. */
export function useServer() {
  const clients = [];
  const suite = {
    server: undefined,
    sdk: undefined,
    /** Disconnects a client when the tests are over. */
    keep(client) {
      clients.push(client);
      return client;
    },
    /** A pusher-js client; options as for `connect`. */
    open: (options) => suite.keep(connect(suite.server, options)),
  };
  before(async () => {
    suite.server = await startServer();
    suite.sdk = sdkFor(suite.server);
  });
  after(async () => {
    for (const client of clients) client.disconnect();
    await suite.server.stop();
  });
  return suite;
}
