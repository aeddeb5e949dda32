import type { Server } from 'node:net';
import { ownAddresses } from './reach.ts';
import { isInSubnet, relayServer } from './relay.ts';
import type { RelayOrder } from './relay-spec.ts';

/** The engine makes the address of a network when it starts, which may be later than this. */
const addressAgainMs = 1_000;

const order = JSON.parse(process.env.RELAY ?? '{}') as RelayOrder;
const port = Number(process.env.PORT);
relayServer(order).listen(port, '127.0.0.1');
if (order.gateway !== null) listenAt(order.gateway);
if (order.inside) followAddress();

function listenAt(address: string): void {
  const server = relayServer(order);
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRNOTAVAIL') throw error;
    setTimeout(listenAt, addressAgainMs, address);
  });
  server.listen(port, address);
}

/** Listens at the address that this container has in the network; it has another one once it was made anew or joined again. */
function followAddress(): void {
  const listening = new Map<string, Server>();
  const look = () => {
    const now = ownAddresses().filter((address) => isInSubnet(address, order));
    for (const [address, server] of listening)
      if (!now.includes(address)) {
        server.close();
        listening.delete(address);
      }
    for (const address of now.filter((one) => !listening.has(one))) {
      const server = relayServer(order);
      // It went away meanwhile.
      server.once('error', () => listening.delete(address));
      listening.set(address, server.listen(port, address));
    }
  };
  look();
  setInterval(look, addressAgainMs);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
