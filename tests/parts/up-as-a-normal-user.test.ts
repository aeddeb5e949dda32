import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Status } from '@soundbite/client';
import { expect, it, onTestFinished } from 'vitest';
import { runningRelease } from '../support/environments.ts';
import { declareOthers } from '../support/other-environments.ts';
import { belongings, closedCopy, otherUser, type User, userProcesses } from '../support/other-user.ts';
import { hear, speak } from '../support/sound.ts';

const user = await otherUser();
if (typeof user === 'string') console.log(`skipped: ${user}`);

it.skipIf(typeof user === 'string')(
  '`up` works for a normal user in a directory that nobody else may enter, with environments of other names, and `down --purge` leaves nothing',
  { timeout: 300_000 },
  async () => {
    const somebody = user as User;
    const { directory, soundbite, remove } = await closedCopy(somebody);
    const before = new Set(await belongings(tmpdir(), somebody));
    onTestFinished(async () => {
      await soundbite('down', '--purge');
      await remove();
    });

    // Processes and functions, in two accounts; what is not declared goes without saying. `npm run counts` tries other numbers.
    const others = [
      { name: 'dev', account: '1', runtime: 'process' },
      { name: 'dev-api', account: '2', runtime: 'process' },
      { name: 'live', account: '2' },
    ] as const;
    await declareOthers(directory, others);
    const up = await soundbite('up', '--json');
    expect(up.code, up.stdout + up.stderr).toBe(0);
    expect(await userProcesses(somebody, directory)).not.toEqual([]);
    const { environments } = JSON.parse(up.stdout) as Status;
    expect(environments.map(({ name, state }) => `${name} ${state}`)).toEqual(
      others.map(({ name }) => `${name} healthy`),
    );
    expect(environments.map(({ runtime }) => runtime)).toEqual(['process', 'process', 'aws']);
    const releases = await Promise.all(environments.map(({ url }) => runningRelease(url ?? '')));
    expect(new Set(releases)).toEqual(new Set([environments[0]?.release]));
    const { bytes } = await speak(environments[2]?.url ?? '', 'Nobody may look in here, and everybody may listen.');
    expect(hear(bytes).rms).toBeGreaterThan(0.01);

    const down = await soundbite('down', '--purge');
    expect(down.code, down.stdout + down.stderr).toBe(0);
    expect(existsSync(join(directory, '.soundbite'))).toBe(false);
    expect(await userProcesses(somebody, directory)).toEqual([]);
    expect((await belongings(tmpdir(), somebody)).filter((name) => !before.has(name))).toEqual([]);
  },
);
