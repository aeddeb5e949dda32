// A tiny service that keeps the process contract of apps/service: enough to hold a runtime to its word, and quick to start.
// `behaviour.json` beside it says how it behaves: {"crash":true} ends at start, {"status":500} answers so, {"usersFail":true} answers users with 500,
// {"eats":true} takes all memory at its start, {"elsewhere":true} listens on another port, {"ill":true} answers 500 at its health.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const behaviour = JSON.parse(readFileSync(new URL('./behaviour.json', import.meta.url), 'utf8'));
const release = process.env.SOUNDBITE_RELEASE;
// Buffers are beside Node's heap, whose own limit ends it otherwise.
if (behaviour.eats) for (const eaten = []; ; ) eaten.push(Buffer.alloc(16 * 2 ** 20, 1));
if (behaviour.crash) throw new Error('the fixture was told to crash at its start');

const token = process.env.SOUNDBITE_CONTROL_TOKEN;
let consuming = process.env.SOUNDBITE_CONSUMING === 'true';

function answer(path, rehearsal) {
  if (behaviour.status && path !== '/health') return [behaviour.status, { title: 'told to fail' }];
  if (path === '/health') return [behaviour.ill ? 500 : 200, { alive: true }];
  if (path === '/ready') return [200, { ready: true }];
  if (path === '/version')
    return [200, { note: behaviour.note, release, environment: process.env.SOUNDBITE_ENVIRONMENT, rehearsal }];
  if (path === '/soundbites')
    return behaviour.usersFail ? [500, { title: 'told to fail', release }] : [200, { release }];
  if (path === '/slow') return [200, { slow: true }];
  return [404, { title: 'nothing is here' }];
}

export async function api(event) {
  const path = event.rawPath;
  if (path === '/slow') await new Promise((resolve) => setTimeout(resolve, 300));
  const [statusCode, body] = answer(path, event.requestContext.stage === 'rehearsal');
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'x-soundbite-release': release },
    body: JSON.stringify(body),
  };
}

export async function worker(event) {
  console.log(JSON.stringify({ text: 'worker was invoked', records: event.Records?.length ?? 0 }));
  if (behaviour.fails && event.Records.length > 0) throw new Error('the fixture was told to fail its jobs');
  return { batchItemFailures: [], note: behaviour.note };
}

const role = process.argv[2];
if (role === 'api' || role === 'worker') {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const path = new URL(request.url, 'http://x').pathname;
    const send = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-soundbite-release': release });
      response.end(JSON.stringify(value));
    };
    if (role === 'worker' && (path === '/invoke' || path === '/consuming')) {
      if (request.headers.authorization !== `Bearer ${token}`) return send(401, { title: 'who are you?' });
      if (path === '/invoke') {
        try {
          return send(200, await worker(JSON.parse(body)));
        } catch (error) {
          return send(500, { title: error.message });
        }
      }
      consuming = JSON.parse(body).consuming;
      return send(200, { consuming, inFlight: 0 });
    }
    const mark = request.headers['x-soundbite-rehearsal'];
    if (mark !== undefined && mark !== token) return send(403, { title: 'no rehearsal of yours' });
    if (path === '/slow') await new Promise((resolve) => setTimeout(resolve, 300));
    const [status, value] = answer(path, mark !== undefined);
    send(status, role === 'worker' && path === '/ready' ? { ...value, consuming } : value);
  });
  const port = Number(process.env.SOUNDBITE_PORT ?? 0) + (behaviour.elsewhere ? 1 : 0);
  server.listen(port, '127.0.0.1', () =>
    console.log(JSON.stringify({ text: 'listening', role, port: server.address().port })),
  );
  process.on('SIGTERM', () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
