import { relayServer } from './relay.ts';
import type { RelayOrder } from './relay-spec.ts';

/** The engine makes the address of a network when it starts, which may be later than this. */
const addressAgainMs = 1_000;

const order = JSON.parse(process.env.RELAY ?? '{}') as RelayOrder;
const port = Number(process.env.PORT);
relayServer(order).listen(port, '127.0.0.1');
if (order.gateway !== null) listenAt(order.gateway);

function listenAt(address: string): void {
  const server = relayServer(order);
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRNOTAVAIL') throw error;
    setTimeout(listenAt, addressAgainMs, address);
  });
  server.listen(port, address);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
