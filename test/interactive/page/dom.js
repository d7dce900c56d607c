// The few things that every part of the page does with the document.

export const byId = (id) => document.getElementById(id);

/**
 * A new element. Children that are strings become text, never markup: names of channels, users and data come from others.
 * @param {Record<string, any>} attributes attributes, and listeners where the value is a function
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** Runs an action when a form is sent, and shows under the form what went wrong. Ctrl+Enter in a text area sends its form. */
export function onSubmit(form, action) {
  const problem = element('p', { class: 'problem', role: 'alert' });
  form.append(problem);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      await action(event.submitter);
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

/** What a text area holds: a JSON value if it is JSON, else the text itself. */
export function jsonOrText(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value as people read it. */
export const readable = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** A moment as hours to milliseconds, local time. */
export function clock(time) {
  const date = new Date(time);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
