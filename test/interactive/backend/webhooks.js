// What the server reports.
import express, { Router } from 'express';
import { Recent } from './recent.js';

/** @returns two routers: `receiver` takes webhooks, `log` shows them */
export function webhooks(pusher) {
  const kept = new Recent(100);
  const listeners = new Set();
  const receiver = Router();
  const log = Router();

  // The signature is over the bytes as they came, so the body stays text.
  receiver.post('/pusher/webhooks', express.text({ type: () => true, limit: '10mb' }), (request, response) => {
    const entry = kept.add(read(pusher, request));
    for (const listener of listeners) tell(listener, entry);
    response.status(entry.valid ? 200 : 401).json(entry.valid ? { ok: true } : { error: entry.reason });
  });

  // As a list, or for an EventSource as a stream of what comes.
  log.get('/webhooks-log', (request, response) => {
    if (request.accepts(['json', 'text/event-stream']) !== 'text/event-stream') return response.json({ webhooks: kept.after() });
    response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
    for (const entry of kept.after(Number(request.headers['last-event-id'] ?? 0))) tell(response, entry);
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
  });

  return { receiver, log };
}

const tell = (response, entry) => response.write(`id: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`);

/** The verdict on a webhook, and what it says. */
function read(pusher, { headers, body }) {
  const webhook = pusher.webhook({ headers, rawBody: body ?? '' });
  const reason =
    (!webhook.isContentTypeValid() && 'the content type is not application/json') ||
    (!webhook.isBodyValid() && 'the body is not JSON') ||
    (headers['x-pusher-key'] !== webhook.token.key && 'X-Pusher-Key is not the key of this app') ||
    (!headers['x-pusher-signature'] && 'X-Pusher-Signature is missing') ||
    (!webhook.isValid() && 'the signature is wrong');
  // Nobody reads on when the sender is not known.
  if (reason) return { valid: false, reason };
  const { time_ms, events } = webhook.getData();
  return { valid: true, time_ms, events: events.map(shortened) };
}

/** An event whose long texts are cut, so that a hundred webhooks stay small. */
function shortened(event) {
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [name, value?.length > 2000 ? `${value.slice(0, 2000)}…` : value]));
}
