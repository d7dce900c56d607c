// Requests to the tester's own backend. Addresses are relative, so that it works behind a proxy and under any name.

export const get = (path, query = {}) => call(`${path}?${new URLSearchParams(query)}`);

const post = (path, body) => call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** A request of the backend to the HTTP API of the server, which is written into the log. */
export async function publish(log, path, body) {
  try {
    const answer = await post(path, body);
    log.add({ direction: 'api', event: path, data: { request: body, answer } });
    return answer;
  } catch (error) {
    log.add({ direction: 'api', event: path, data: { request: body, error: error.message }, failed: true });
    throw error;
  }
}

/** @throws {Error} with a text for people */
async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error('The backend of this page does not answer. Is it still running?');
  }
  const answer = await response.json().catch(() => ({ error: `the backend answered ${response.status}` }));
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
