// Loaded before a service's own code, in its container, at each start. It stands alone: nothing else of ours is in the image.
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';

/** Variables that no listing of the engine shall show, and where this container reaches what is outside of it. */
const { variables, relay, from } = secrets('/run/soundbite/env.json');
prove('/app', process.env.SOUNDBITE_CODE_DIGEST);
delete process.env.SOUNDBITE_CODE_DIGEST;
Object.assign(process.env, variables);
openTo(Number(process.env.SOUNDBITE_PORT), from);
for (const [port, target] of Object.entries(relay?.ports ?? {})) forward(Number(port), target, relay);

/** Somebody who starts the image by hand has none. */
function secrets(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Code that is not what was released does not run; see prove-code.js, which does the same for processes. */
function prove(directory, digest) {
  const lines = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(directory.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, sha256]) => `${sha256} ${path}\n`);
  if (digest === undefined || createHash('sha256').update(lines.join('')).digest('hex') === digest) return;
  process.stderr.write(`the code in ${directory} is not what was released, so it is not started\n`);
  process.exit(1);
}

/**
 * A service listens on 127.0.0.1, which nobody outside of its container reaches: that one port is opened to its network, and no other. `from`: the one name in that network which is
 * let in, where the engine lets others come.
 */
function openTo(port, from) {
  const { listen } = net.Server.prototype;
  const isLoopback = (host) => host === '127.0.0.1' || host === 'localhost';
  net.Server.prototype.listen = function (...given) {
    const [first, second, ...rest] = given;
    const isOpened = (host) => isLoopback(host) && (from === undefined || letIn(this, from));
    if (Number(first) === port && isOpened(second)) return listen.call(this, first, '0.0.0.0', ...rest);
    const isAsked = typeof first === 'object' && first !== null && Number(first.port) === port;
    if (isAsked && isOpened(first.host)) return listen.call(this, { ...first, host: '0.0.0.0' }, ...given.slice(1));
    return listen.apply(this, given);
  };
}

/** Connections of others are closed before the service sees them. Who has the name is asked again when an unknown address comes: it may have got another one. */
function letIn(server, name) {
  const { emit } = server;
  const known = new Set(['127.0.0.1', '::ffff:127.0.0.1']);
  server.emit = function (event, socket, ...rest) {
    const address = event === 'connection' ? socket.remoteAddress : undefined;
    if (event !== 'connection' || known.has(address)) return emit.call(this, event, socket, ...rest);
    lookup(name, { family: 4 }, (error, found) => {
      if (error || address !== found) return socket.destroy();
      emit.call(this, event, socket, ...rest);
    });
    return true;
  };
  return true;
}

/**
 * The addresses that the service knows (of its account, in outputs of its stack and in links that it gives to users; of its credentials, which the SDK takes from
 * loopback addresses only) are the same here: a port on loopback that leads to the relay. It keeps no service from ending.
 */
function forward(port, target, { host, port: relayPort, token }) {
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ host, port: relayPort, allowHalfOpen: true });
    near.unref();
    far.unref();
    far.write(`${token} ${target}\n`);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.on('error', (error) => process.stderr.write(`${target} cannot be reached: ${error.message}\n`));
  server.listen(port, '127.0.0.1').unref();
}
