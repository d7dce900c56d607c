// Puts the parts of the page together.
import { byId } from './dom.js';
import { get } from './backend.js';
import { Channels } from './channels.js';
import { Connection } from './connection.js';
import { count } from './counters.js';
import { Log } from './log.js';
import { lookup } from './lookup.js';
import { Publish } from './publish.js';
import { identity, User } from './user.js';
import { webhooks } from './webhooks.js';

const log = new Log();
count(log);
try {
  const config = await get('config');
  const user = new User(log);
  const connection = new Connection(config, log, identity);
  user.follow(connection);
  new Channels(connection, (id) => user.signIn(id));
  new Publish(connection, log);
  lookup();
  webhooks(config.webhookUrl, log);
  byId('connect').disabled = false;
} catch (error) {
  log.add({ direction: 'page', event: 'start', data: error.message, failed: true });
}
