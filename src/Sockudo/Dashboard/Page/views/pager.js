// Pages of a long list, which the server cuts.
import { h, setText } from '../dom.js';
import { count } from '../format.js';

export const pageSize = 50;

/** Buttons to turn pages; `changed` is called when the page must be asked for again. */
export function pager(changed) {
  const before = [];
  let after = null;
  let next = null;
  const position = h('span', { class: 'soft', role: 'status' });
  const back = h('button', { type: 'button', class: 'quiet small', onclick: () => turn(before.pop()) }, 'Previous page');
  const on = h('button', { type: 'button', class: 'quiet small', onclick: () => { before.push(after); turn(next); } }, 'Next page');
  const element = h('div', { class: 'row' }, position, h('span', { class: 'push' }), back, on);

  function turn(place) {
    after = place ?? null;
    back.disabled = on.disabled = true;
    changed();
  }

  return {
    element,
    /** Value of `after` for the page that is shown. */
    get after() {
      return after;
    },
    /** Begins again, for another list. */
    reset() {
      before.length = 0;
      after = null;
    },
    /** A page has come. */
    shown(length, total, following) {
      next = following;
      const first = before.length * pageSize + 1;
      setText(position, total === 0 ? '' : `${count(first)} to ${count(first + length - 1)} of ${count(total)}`);
      back.disabled = before.length === 0;
      on.disabled = next === null;
      back.hidden = on.hidden = before.length === 0 && next === null;
    },
  };
}
