// The page and pusher-js, from this machine.
import express, { Router } from 'express';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const files = fileURLToPath(new URL('../page', import.meta.url));
const pusherJs = createRequire(import.meta.url).resolve('pusher-js/dist/web/pusher-with-encryption.min.js');

export function page() {
  const router = Router();
  router.use((_, response, next) => {
    response.set({
      // Nothing but what comes from here runs, whatever somebody writes into a name; and connections may go to any server.
      'content-security-policy': "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    next();
  });
  router.get('/pusher.js', (_, response) => response.sendFile(basename(pusherJs), { root: dirname(pusherJs) }));
  router.use(express.static(files));
  return router;
}
