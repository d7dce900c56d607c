// The admin API (docs/dashboard.md), of which this page is a client like any other.
const base = new URL('api/v1/', document.baseURI);

/** An answer that is no success; `status` is 0 if there was no answer. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The address of an endpoint: segments are encoded, and so is the query, whose empty values are left out. */
export function address(segments, query = {}) {
  const url = new URL(segments.map(encodeURIComponent).join('/'), base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value);
  }

  return url;
}

async function send(method, segments, { query, body, signal } = {}) {
  let response;
  try {
    response = await fetch(address(segments, query), {
      method,
      signal,
      headers: method === 'GET' ? {} : { 'X-Sockudo-Dashboard': '1', 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The server does not answer');
  }

  const text = await response.text();
  const json = text === '' ? null : JSON.parse(text);
  if (!response.ok) throw new ApiError(response.status, json?.error ?? `The server answered ${response.status}`);
  return json;
}

export const get = (segments, query, signal) => send('GET', segments, { query, signal });
export const post = (segments, body) => send('POST', segments, { body });
export const remove = (segments) => send('DELETE', segments);
