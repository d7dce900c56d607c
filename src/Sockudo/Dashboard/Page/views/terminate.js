// Closes a connection, after asking.
import { ApiError, post } from '../api.js';
import { ask } from '../dom.js';

/** True if it is closed; what happened is told either way. */
export async function terminate(app, socket, said) {
  const yes = await ask(`Close connection ${socket}?`, 'Its client is told 4009 and does not come back by itself.', 'Close connection');
  if (!yes) return false;
  try {
    await post(['apps', app, 'connections', socket, 'terminate']);
    said.say(`Connection ${socket} was closed.`);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    said.say(error.message, 'bad');
    return false;
  }
}
