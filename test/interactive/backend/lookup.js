// What an application can ask the HTTP API.
import { Router } from 'express';

export function lookup(pusher) {
  const router = Router();
  const get = async (response, path, params) => response.json(await (await pusher.get({ path, params })).json());

  router.get('/channels', ({ query: { prefix, info } }, response) => {
    const params = { ...(prefix && { filter_by_prefix: prefix }), ...(info && { info }) };
    return get(response, '/channels', params);
  });

  router.get('/channel-info', ({ query }, response) => {
    const channel = named(query);
    return get(response, `/channels/${encodeURIComponent(channel)}`, { info: query.info ?? everythingOf(channel) });
  });

  router.get('/channel-users', ({ query }, response) => get(response, `/channels/${encodeURIComponent(named(query))}/users`));

  return router;
}

function named({ channel }) {
  if (typeof channel !== 'string' || !channel) throw new Error('channel is missing');
  return channel;
}

/** The attributes that a channel of this name has. */
function everythingOf(channel) {
  return ['subscription_count', channel.startsWith('presence-') && 'user_count', /^((private-(encrypted-)?|presence-)?cache-)/.test(channel) && 'cache'].filter(Boolean).join(',');
}
