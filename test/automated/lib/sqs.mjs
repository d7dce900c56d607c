// A server that speaks SQS's protocol and keeps everything in memory, on 127.0.0.1: node sqs.mjs PORT
import { buildApp } from 'fauxqs';

await buildApp({ logger: false, host: '127.0.0.1' }).listen({ port: Number(process.argv[2]), host: '127.0.0.1' });
