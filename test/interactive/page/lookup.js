// Questions to the HTTP API.
import { byId, onSubmit } from './dom.js';
import { get } from './backend.js';

const questions = {
  channels: (text) => get('channels', { prefix: text, info: text.startsWith('presence-') ? 'user_count,subscription_count' : 'subscription_count' }),
  info: (text) => get('channel-info', { channel: text }),
  users: (text) => get('channel-users', { channel: text }),
};

export function lookup() {
  onSubmit(byId('lookup-form'), async (button) => {
    byId('lookup-answer').hidden = true;
    const answer = await questions[button?.value ?? 'channels'](byId('lookup-name').value.trim());
    byId('lookup-answer').textContent = JSON.stringify(answer, null, 2);
    byId('lookup-answer').hidden = false;
  });
}
