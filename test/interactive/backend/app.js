// The routes of the tester, put together.
import express from 'express';
import { authorisation } from './authorisation.js';
import { answerErrors, notFound } from './errors.js';
import { lookup } from './lookup.js';
import { onlyKnownHosts } from './hosts.js';
import { page } from './page.js';
import { publishing } from './publishing.js';
import { webhooks } from './webhooks.js';

/**
 * @param {{ app: object, baseUrl: string }} settings
 * @param {import('pusher')} pusher the library with the app's secret, which never leaves this process
 */
export function createApp({ app: { key, host, port, useTLS }, baseUrl }, pusher) {
  const app = express();
  app.disable('x-powered-by');
  const received = webhooks(pusher);
  // The server may know this process by any name, and its requests carry a signature.
  app.use(received.receiver);
  app.use(onlyKnownHosts(baseUrl));
  app.get('/config', (_, response) => response.json({ key, host, port, useTLS, webhookUrl: `${baseUrl}/pusher/webhooks` }));
  app.use(received.log, authorisation(pusher), publishing(pusher), lookup(pusher), page());
  app.use(notFound, answerErrors);
  return app;
}
