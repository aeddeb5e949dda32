import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { daemonHere, keptEngine } from '../../tools/engine.ts';

const run = promisify(execFile);
/** Root, Debian's dockerd and iproute2 make an engine apart; undefined: they are not here. */
const dockerd =
  process.getuid?.() === 0 && ['/sbin/ip', '/usr/bin/nsenter'].every(existsSync) ? daemonHere() : undefined;
export const mayHaveEngineApart = dockerd !== undefined;

/**
 * An engine in a network namespace of its own, which may be killed: the rules of two engines in one namespace spoil each other. What it publishes at `address` is reached from here.
 * `start` has it answer, or throws; `stop` ends it with all that it has.
 */
export function engineApart() {
  const name = `sb${randomBytes(4).toString('hex')}`;
  const [a, b] = [...randomBytes(2)];
  const [outside, address] = [1, 2].map((last) => `10.${a}.${b}.${last}`);
  const directory = mkdtempSync('/var/tmp/soundbite-house-');
  const program = join(directory, 'dockerd');
  writeFileSync(program, `#!/bin/sh\nexec nsenter --net=/run/netns/${name} ${dockerd} "$@"\n`, { mode: 0o755 });
  const engine = keptEngine(directory, program, ['--shutdown-timeout=60']);
  const ip = (words: string) => execFileSync('ip', words.split(' '));
  return {
    ...{ host: engine.host, address: address ?? '', socket: engine.host.replace('unix://', '') },
    join() {
      ip(`netns add ${name}`);
      ip(`link add ${name}o type veth peer name ${name}i netns ${name}`);
      ip(`addr add ${outside}/30 dev ${name}o`);
      ip(`link set ${name}o up`);
      ip(`-n ${name} addr add ${address}/30 dev ${name}i`);
      ip(`-n ${name} link set ${name}i up`);
      ip(`-n ${name} link set lo up`);
    },
    async start() {
      if (!(await engine.start())) throw new Error(`the engine in ${directory} does not start`);
    },
    kill: engine.kill,
    async stop() {
      await engine.kill('SIGTERM');
      // One that was killed left its data mounted onto themselves.
      const data = join(directory, 'data');
      if (readFileSync('/proc/mounts', 'utf8').includes(` ${data} `)) execFileSync('umount', ['--lazy', data]);
      await engine.stop();
      ip(`netns del ${name}`);
    },
    /** An image that another engine has, the one that is asked by default. */
    async take(image: string) {
      await run('sh', ['-c', 'docker save "$0" | docker --host "$1" load', image, engine.host]);
    },
  };
}
