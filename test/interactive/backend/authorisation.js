// What an application does to let its users into channels. A real one checks who is asking; this one believes everything.
import express, { Router } from 'express';

export function authorisation(pusher) {
  const router = Router();
  // pusher-js sends forms, other clients may send JSON.
  const body = [express.urlencoded({ extended: false, limit: '64kb' }), express.json({ limit: '64kb' })];

  router.post('/pusher/auth', body, (request, response) => {
    const { socket_id: socketId, channel_name: channel, user_id: userId, user_info: userInfo } = request.body ?? {};
    const member = channel?.startsWith('presence-') ? { user_id: required(userId, 'user_id'), user_info: json(userInfo, 'user_info') } : undefined;
    response.json(pusher.authorizeChannel(socketId, channel, member));
  });

  router.post('/pusher/user-auth', body, (request, response) => {
    const { socket_id: socketId, user_id: userId, user_info: userInfo, watchlist } = request.body ?? {};
    const user = { id: required(userId, 'user_id'), user_info: json(userInfo, 'user_info'), watchlist: json(watchlist, 'watchlist') };
    response.json(pusher.authenticateUser(socketId, user));
  });

  return router;
}

function required(value, name) {
  if (!value) throw new Error(`${name} is missing`);
  return value;
}

/** A member that is JSON already, or JSON as text in a form. */
function json(value, name) {
  if (typeof value !== 'string') return value;
  try {
    return value ? JSON.parse(value) : undefined;
  } catch {
    throw new Error(`${name} is not JSON`);
  }
}
