// An application that takes webhooks at once and counts them: node webhook-receiver.mjs PORT; GET / tells how many.
import { createServer } from 'node:http';

let [requests, events] = [0, 0];
createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (request.method === 'POST') {
      requests++;
      events += JSON.parse(Buffer.concat(parts)).events.length;
      response.end();
    } else {
      response.end(JSON.stringify({ requests, events }));
    }
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
