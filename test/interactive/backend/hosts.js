// Which names this process answers to.
import { isIP } from 'node:net';

/**
 * Refuses requests for names that nobody gave it. Without this a page on the internet could let its own name point to this machine and then
 * read and publish here (DNS rebinding). Addresses and `localhost` cannot be misused that way.
 * @param {string} baseUrl the address under which browsers reach this process
 */
export function onlyKnownHosts(baseUrl) {
  const known = new Set(['localhost', new URL(baseUrl).hostname]);
  return (request, response, next) => {
    const { hostname } = URL.canParse(`http://${request.headers.host}`) ? new URL(`http://${request.headers.host}`) : { hostname: '' };
    if (known.has(hostname) || isIP(hostname.replace(/^\[|\]$/g, ''))) return next();
    response.status(403).json({ error: `this is not ${hostname || 'a known host'}; set BACKEND_BASE_URL if it should be` });
  };
}
