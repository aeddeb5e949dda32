import { lookup } from 'node:dns/promises';
import { nameFront, portFront } from './front.ts';

/**
 * The program: all of a home that runs in a container listens on loopback there. What is to be reached from outside is listened for at its address in the network of its house alone,
 * by the name that it has there: in networks of environments nothing of it listens but their relays. FRONT_NAME, FRONT_PORTS (`8100,8101`), FRONT_GATEWAY (a port), FRONT_ROUTES (the
 * edge's file).
 */
const { FRONT_NAME = '', FRONT_PORTS = '', FRONT_GATEWAY, FRONT_ROUTES = '' } = process.env;
const { address } = await lookup(FRONT_NAME, { family: 4 });
for (const port of FRONT_PORTS.split(',')
  .filter((one) => one !== '')
  .map(Number))
  portFront(port).listen(port, address);
if (FRONT_GATEWAY) nameFront(FRONT_ROUTES).listen(Number(FRONT_GATEWAY), address);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
