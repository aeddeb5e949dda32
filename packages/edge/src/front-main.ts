import { lookup } from 'node:dns/promises';
import { shownAddressOf } from '@soundbite/model/shown-url.ts';
import { nameFront, portFront } from './front.ts';

/**
 * The program: what a home in containers runs listens on loopback, each in its container. What others are to reach is listened for at the address in one network of the house alone, by
 * the name that the container has there: in networks of environments nothing of it listens but their relays. And what runs in another container of the house is found on loopback here.
 * FRONT_NAME; FRONT_PORTS (`8100,8101-8105`, on loopback; `8100@control-plane`: on that one's address); FRONT_GATEWAY (a port) and FRONT_ROUTES (the edge's file) for the gateway of
 * names; FRONT_LEADS (`8111-8114@accounts`): ports of this loopback that lead there. SOUNDBITE_SHOWN_ADDRESS: the loopback address that people are told; what FRONT_PORTS names is
 * reached there in this container, too, so that an address that a command prints is one for the next command.
 */
const { FRONT_NAME = '', FRONT_PORTS = '', FRONT_GATEWAY, FRONT_ROUTES = '', FRONT_LEADS = '' } = process.env;
const loopback = '127.0.0.1';

/** `8101-8103@accounts` as ports, and where they lead. */
const portsIn = (text: string): readonly { readonly port: number; readonly to: string }[] =>
  text
    .split(',')
    .filter((one) => one !== '')
    .flatMap((one) => {
      const [range = '', to = loopback] = one.split('@');
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, at) => ({ port: first + at, to }));
    });

for (const { port, to } of portsIn(FRONT_LEADS)) portFront(port, to).listen(port, loopback);
const shown = shownAddressOf(process.env);
if (shown) for (const { port, to } of portsIn(FRONT_PORTS)) portFront(port, to).listen(port, shown);
if (FRONT_NAME) {
  const { address } = await lookup(FRONT_NAME, { family: 4 });
  for (const { port, to } of portsIn(FRONT_PORTS)) portFront(port, to).listen(port, address);
  if (FRONT_GATEWAY) nameFront(FRONT_ROUTES).listen(Number(FRONT_GATEWAY), address);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
