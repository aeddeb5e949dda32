import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { containersOf, nameOnEngine } from '../../packages/containers/src/index.ts';
import { edgeClient, edgeSpec } from '../../packages/edge/src/index.ts';
import type { ContainerSpec, Digest } from '../../packages/model/src/index.ts';
import { startHost } from '../../packages/processes/src/index.ts';
import { pickPort } from '../../packages/processes/src/ports.ts';

/** home-in-container.ts <home> <repository> <installation>: a home that runs in a container, with an edge, an account and one version in staging. It says a line when it is ready. */

const [home = '', repository = '', installation = ''] = process.argv.slice(2);
const release: Digest = `sha256:${'5'.repeat(64)}`;
const token = 'of-the-test';

/** It answers what its account says, reached as the service knows it. */
const service = `
import { createServer } from 'node:http';
createServer(async (request, response) => {
  // As services do against names that somebody else may have given.
  if (!/^127\\.0\\.0\\.1:|\\.localhost:/.test(request.headers.host)) return response.writeHead(421).end();
  if (request.url === '/health') return response.end('well');
  const answer = await fetch('http://127.0.0.1:' + process.env.ACCOUNT).catch((error) => new Response(String(error.cause)));
  response.end('the service, and ' + await answer.text());
}).listen(Number(process.env.SOUNDBITE_PORT), '127.0.0.1');
`;

const account = createServer((_, response) => response.end('the data of staging'));
await new Promise<void>((resolve) => account.listen(0, '127.0.0.1', resolve));
const accountPort = (account.address() as AddressInfo).port;

const host = await startHost(home, { node: process.execPath });
const containers = containersOf({
  ...{ installation, supervisor: host, freePort: pickPort, reach: 'network' },
  ...{ nodePath: process.execPath, relaySecret: 'of the test' },
});
await containers.rejoin();
const edge = await host.ensure(edgeSpec(home, repository, process.execPath, token, nameOnEngine(installation, '')));

const files = new Map([['index.mjs', Buffer.from(service)]]);
const order = {
  service: 'soundbite-service',
  release,
  environment: 'staging',
  files,
  commit: '5'.repeat(40),
  committedAt: '2026-01-01T00:00:00Z',
};
const { image } = await containers.makeImage(order);
await containers.network('production');
const network = await containers.network('staging');
const relay = await containers.relay('staging', network, { account: accountPort });
const spec: ContainerSpec = {
  ...{ name: 'staging-api-555555555555', labels: {}, image: image.id, network: network.name },
  command: ['node', '--import', '/soundbite/preload.mjs', '/app/index.mjs', 'api'],
  env: { SOUNDBITE_PORT: '8080' },
  secrets: { ACCOUNT: '8111' },
  ...{ amended: [], forwards: { relay, ports: { 8111: 'account' } }, port: 8600 },
  health: { path: '/health', withinMs: 20_000 },
  ...{ memoryMiB: 160, stopWithinMs: 5_000 },
};
const running = await containers.ensure(spec);
const { url } = await edgeClient(`http://127.0.0.1:${edge.port}`, token).setRoute({
  ...{ environment: 'staging', port: 8104, generation: 1 },
  upstreams: [{ kind: 'http', release, share: 1, url: `http://${running.host}:${running.port}` }],
});
process.stdout.write(`${JSON.stringify({ url, relay, edge: edge.port, account: accountPort, container: running })}\n`);
