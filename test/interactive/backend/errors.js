// Errors, as texts for people.

/** The answer to a path that does not exist. */
export function notFound(request, response) {
  response.status(404).json({ error: `there is no ${request.method} ${request.path}` });
}

/** Turns what a route throws into `{"error": "..."}`. Express knows an error handler by its four parameters. */
export function answerErrors(error, request, response, next) {
  if (response.headersSent) return next(error);
  const [status, text] = explain(error);
  if (status === 500) console.error(error);
  response.status(status).json({ error: text });
}

/** The status and the text that say what went wrong; for the requests that are kept as well as for answers. */
export function explain(error) {
  if (error.name === 'PusherRequestError') {
    return [502, error.status ? `the server answered ${error.status}: ${serverText(error.body)}` : `the server cannot be reached: ${error.error.code ?? error.error.type}`];
  }
  // What is wrong with a body: too large, not JSON, and so on.
  if (error.status >= 400 && error.status < 500) return [error.status, error.message];
  // Ours and those of the Node library are plain errors about the request; anything else is a defect of this program.
  return error.constructor === Error ? [400, error.message] : [500, 'internal error; the terminal shows it'];
}

function serverText(body) {
  try {
    return JSON.parse(body).error ?? body;
  } catch {
    return body;
  }
}
