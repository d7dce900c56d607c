// The settings, all from environment variables.

/**
 * Reads and checks them.
 * @returns {{ app: object, host: string, port: number, baseUrl?: string }} `app` as the Node library takes it; the address to listen on;
 * the address under which browsers and the server reach this process, if it is not http://localhost:<port>
 * @throws {Error} naming everything that is wrong
 */
export function readSettings(environment) {
  const mistakes = [];
  const text = (name, fallback) => environment[name] || fallback;
  const port = (name, fallback, least) => {
    const number = Number(text(name, fallback));
    if (!Number.isInteger(number) || number < least || number > 65535) {
      mistakes.push(`error: ${name} = "${environment[name]}": must be a port, ${least} to 65535`);
    }
    return number;
  };
  const boolean = (name) => {
    const value = text(name, 'false').toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(value)) return true;
    if (!['false', '0', 'no', 'off'].includes(value)) mistakes.push(`error: ${name} = "${environment[name]}": must be true or false`);
    return false;
  };
  const address = (name) => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!/^https?:\/\//.test(value) || !URL.canParse(value)) {
      mistakes.push(`error: ${name} = "${value}": must be an address such as http://localhost:3000`);
    }
    return value.replace(/\/+$/, '');
  };

  const settings = {
    app: {
      appId: text('PUSHER_APP_ID', 'demo-app'),
      key: text('PUSHER_APP_KEY', 'demo-key'),
      secret: text('PUSHER_APP_SECRET', 'demo-secret'),
      host: text('PUSHER_HOST', 'localhost'),
      port: port('PUSHER_PORT', 6001, 1),
      useTLS: boolean('PUSHER_USE_TLS'),
    },
    host: text('BACKEND_HOST', '127.0.0.1'),
    port: port('BACKEND_PORT', 3000, 0),
    baseUrl: address('BACKEND_BASE_URL'),
  };
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return settings;
}
