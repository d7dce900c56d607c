// Builds the page. Everything that comes from the server becomes text here, never markup.

/**
 * Makes an element. Properties that begin with "on" are listeners, null and false are left out; children are elements or text.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }

  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets a text only if it has changed, so that nothing is announced or reflowed for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows one element in a place, unless one like it is there already: what somebody has selected stays selected. */
export function put(place, element) {
  if (!place.firstChild?.isEqualNode(element)) place.replaceChildren(element);
}

export const link = (path, text) => h('a', { href: path }, text);

export const badge = (text, tone = '') => h('span', { class: `badge ${tone}` }, text);

export function crumbs(...entries) {
  return h('nav', { 'aria-label': 'Where you are' }, h('ol', { class: 'crumbs' }, entries.map((entry) => h('li', {}, entry))));
}

/** The address of a view: segments are encoded, whatever is in them. */
export const to = (...segments) => `#/${segments.map(encodeURIComponent).join('/')}`;

/** A definition list of [name, value]. */
export function facts(entries) {
  return h('dl', { class: 'facts' }, entries.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

/**
 * A table whose rows are updated in place, so that focus and scrolling stay where they are.
 * Columns: { name, number?, action? }. `update` takes rows { key, cells }, a cell being a text, or a function that makes an element once.
 */
export function table(caption, columns, empty) {
  const body = h('tbody', { role: 'rowgroup' });
  const nothing = h('p', { class: 'empty', hidden: true }, empty);
  const rows = new Map();
  const kind = (column) => (column.number ? 'number' : column.action ? 'action' : null);
  const element = h('div', {},
    h('table', { role: 'table' },
      h('caption', {}, caption),
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' },
        columns.map((column) => h('th', { scope: 'col', role: 'columnheader', class: kind(column) }, column.name)))),
      body),
    nothing);

  function fill(row, cells) {
    cells.forEach((cell, index) => {
      const place = row.children[index];
      if (typeof cell !== 'function') setText(place, cell ?? '');
      else if (!place.hasChildNodes()) place.append(cell());
    });
  }

  return {
    element,
    update(entries) {
      const keys = new Set(entries.map((entry) => entry.key));
      for (const [key, row] of rows) {
        if (keys.has(key)) continue;
        row.remove();
        rows.delete(key);
      }

      entries.forEach((entry, index) => {
        let row = rows.get(entry.key);
        if (!row) {
          row = h('tr', { role: 'row' }, columns.map((column) =>
            h('td', { role: 'cell', class: kind(column), 'data-label': column.action ? '' : column.name })));
          rows.set(entry.key, row);
        }

        fill(row, entry.cells);
        if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
      });
      nothing.hidden = entries.length > 0;
      element.firstChild.hidden = entries.length === 0;
    },
  };
}

/** Asks before something that cannot be taken back. */
export function ask(title, text, yes) {
  const dialog = document.getElementById('ask');
  document.getElementById('ask-title').textContent = title;
  document.getElementById('ask-text').textContent = text;
  document.getElementById('ask-yes').textContent = yes;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

/** A line that tells what became of an action. */
export function outcome() {
  const element = h('p', { class: 'said', role: 'status' });
  return {
    element,
    say(text, tone = 'good') {
      element.className = `said ${tone}`;
      element.textContent = text;
    },
  };
}
