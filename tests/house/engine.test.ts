import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineCalls } from '../../packages/containers/src/calls.ts';
import { makeBaseImage } from '../../tools/base-image.ts';
import { daemonHere, type KeptEngine, keptEngine } from '../../tools/engine.ts';
import { makeHouseImage, type TestHouse, testHouse } from './house.ts';

const dockerd = process.getuid?.() === 0 ? daemonHere() : undefined;

/** An engine of its own, since it is killed. Without Debian's dockerd, or not as root, that is skipped. */
describe.skipIf(dockerd === undefined)('an engine that is killed under its house', () => {
  let directory: string;
  let daemon: KeptEngine;
  let house: TestHouse;

  beforeAll(async () => {
    await makeHouseImage();
    directory = mkdtempSync('/var/tmp/soundbite-house-');
    daemon = keptEngine(directory, dockerd ?? '', ['--iptables=false', '--ip-masq=false', '--shutdown-timeout=5']);
    expect(await daemon.start()).toBe(true);
    await makeBaseImage(engineCalls(daemon.host));
    const image = join(directory, 'house.tar');
    await promisify(execFile)('docker', ['save', '--output', image, 'soundbite-house']);
    const socket = daemon.host.replace('unix://', '');
    house = testHouse(
      { DOCKER_HOST: daemon.host, SOUNDBITE_BASE_IMAGE: 'soundbite-base:24', SOUNDBITE_ENGINE_SOCKET: socket },
      ['dev-localstack'],
    );
    await house.docker('load', '--quiet', '--input', image);
    rmSync(image);
  });
  afterAll(async () => {
    await house?.compose('down', '--remove-orphans', '--volumes');
    await daemon?.kill('SIGTERM');
    await daemon?.stop();
  });

  it('all of it comes back with the engine, by itself', async () => {
    await house.compose('up', '-d', '--no-build');
    const release = (await house.everywhere()) ?? '';
    await house.isWell(release);
    await daemon.kill('SIGKILL');
    await expect(house.answering('127.0.0.1', 8101)).rejects.toThrow();
    expect(await daemon.start()).toBe(true);
    await house.isWell(release);
    expect(await house.everywhere()).toBe(release);
    expect(await house.versions()).toHaveLength(2);
  });
});
