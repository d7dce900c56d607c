// Starts the tester: `npm start`. Settings come from the environment, see README.md.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import Pusher from 'pusher';
import { createApp } from './backend/app.js';
import { readSettings } from './backend/settings.js';

let settings;
try {
  settings = readSettings(process.env);
} catch (error) {
  console.error(error.message);
  process.exit(78);
}

// Encrypted channels need a key that the server never sees. This process signs and publishes, so a new one per start will do.
const pusher = new Pusher({ ...settings.app, encryptionMasterKeyBase64: randomBytes(32).toString('base64') });
const server = createServer();
server.on('error', (error) => {
  console.error(`error: the tester cannot listen on ${settings.host}:${settings.port}: ${error.message}; set BACKEND_HOST or BACKEND_PORT`);
  process.exit(1);
});
server.listen(settings.port, settings.host, () => {
  const baseUrl = settings.baseUrl ?? `http://localhost:${server.address().port}`;
  server.on('request', createApp({ ...settings, baseUrl }, pusher));
  const { host, port, useTLS } = settings.app;
  console.log(`Tester on ${baseUrl} for the server on ${useTLS ? 'https' : 'http'}://${host}:${port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
