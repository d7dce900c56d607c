// Lets somebody in.
import { ApiError, post } from '../api.js';
import { h, outcome } from '../dom.js';

export function signIn(done) {
  const said = outcome();
  said.element.setAttribute('role', 'alert');
  const password = h('input', { type: 'password', name: 'password', autocomplete: 'current-password', required: true, autofocus: true });
  const button = h('button', { type: 'submit' }, 'Sign in');

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    try {
      await post(['session'], { password: password.value });
      await done();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      said.say(error.message, 'bad');
      password.select();
    } finally {
      button.disabled = false;
    }
  }

  return {
    title: 'Sign in',
    element: h('form', { class: 'card sign-in', onsubmit: submit },
      h('h1', {}, 'Sign in'),
      h('p', { class: 'soft' }, 'The password is the configuration’s dashboard.password; dashboard.token is taken as well.'),
      h('label', { class: 'field' }, 'Password', password),
      button,
      said.element),
  };
}
