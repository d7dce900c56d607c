// What the views of one app have in common.
import { crumbs, h, link, to } from '../dom.js';

const tabs = [['channels', 'Channels'], ['connections', 'Connections'], ['events', 'Events'], ['settings', 'Settings']];

/** The top of a view: where one is, its heading, and the other views of the app. */
export function appFrame(app, current, heading = app, ...behind) {
  return [
    crumbs(link('#/apps', 'Apps'), behind.length > 0 ? link(to('apps', app, 'channels'), app) : app, ...behind),
    h('h1', {}, heading),
    h('nav', { class: 'tabs', 'aria-label': 'Views of the app' }, tabs.map(([name, text]) =>
      h('a', { href: name === 'events' ? to('events', app) : to('apps', app, name), 'aria-current': name === current ? 'page' : null }, text))),
  ];
}
