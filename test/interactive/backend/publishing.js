// What an application does through the HTTP API: publish, and end connections.
import express, { Router } from 'express';
import { explain } from './errors.js';
import { Recent } from './recent.js';

export function publishing(pusher) {
  const router = Router();
  const history = new Recent(100);
  // Room for ten events of 100 KiB. Only JSON: a browser sends that to another site only with its consent, so no other page can publish here.
  const body = express.json({ limit: '2mb' });

  /** Sends a request to the server, and keeps both it and what came of it. */
  async function send(kind, request, response, call) {
    const entry = { kind, request: structuredClone(request) };
    try {
      const answer = await (await call()).json();
      history.add({ ...entry, answer });
      response.json(answer);
    } catch (error) {
      history.add({ ...entry, error: explain(error)[1] });
      throw error;
    }
  }

  router.post('/trigger-event', body, (request, response) => {
    const { name, data, channel, channels = channel, socket_id, info } = object(request.body);
    if (typeof name !== 'string' || !name) throw new Error('name is missing');
    const targets = [channels ?? []].flat();
    if (targets.length === 0) throw new Error('channel or channels is missing');
    const options = { ...(socket_id && { socket_id }), ...(info && { info }) };
    return send('event', request.body, response, () =>
      // The library has sendToUser for channels of users, but that takes no options.
      targets.some((target) => String(target).startsWith('#'))
        ? pusher.post({ path: '/events', body: { name, channels: targets, data: typeof data === 'string' ? data : JSON.stringify(data), ...options } })
        : pusher.trigger(targets, name, data, options),
    );
  });

  router.post('/trigger-batch-events', body, (request, response) => {
    const { batch } = object(request.body);
    if (!Array.isArray(batch)) throw new Error('batch must be a list of events');
    for (const [index, event] of batch.entries()) {
      if (typeof object(event).channel !== 'string') throw new Error(`batch[${index}].channel is missing`);
    }
    return send('batch', request.body, response, () => pusher.triggerBatch(batch));
  });

  router.post('/terminate', body, (request, response) => {
    const { user_id: userId } = object(request.body);
    if (typeof userId !== 'string' || !userId) throw new Error('user_id is missing');
    return send('terminate', request.body, response, () => pusher.terminateUserConnections(encodeURIComponent(userId)));
  });

  router.get('/event-history', (_, response) => response.json({ events: history.after() }));

  return router;
}

function object(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('a JSON object is expected');
  return value;
}
