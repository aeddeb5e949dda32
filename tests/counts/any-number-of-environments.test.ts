import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PromotionView, Status } from '@soundbite/client';
import { expect, it, onTestFinished } from 'vitest';
import { homeProcesses } from '../bench/memory.ts';
import { rounded, timed } from '../bench/stage.ts';
import { cli, root } from '../support/cli.ts';
import { runningRelease } from '../support/environments.ts';
import { declareOthers, type Written } from '../support/other-environments.ts';
import { hear, speak } from '../support/sound.ts';
import { workingCopy } from '../support/working-copy.ts';

/** Names that begin alike, one that every object of JavaScript has, and one of 31 letters. */
const declarations: readonly (readonly Written[])[] = [
  [{ name: 'live', account: '1' }],
  [
    { name: 'qa', account: '7', runtime: 'process' },
    { name: 'live', account: '7' },
  ],
  [
    { name: 'dev', account: '1' },
    { name: 'dev-worker', account: '1' },
    { name: `a-${'very-'.repeat(5)}long`, account: '2' },
  ],
  [
    { name: 'dev', account: '1' },
    { name: 'dev-api', account: '1' },
    { name: 'dev-worker', account: '1' },
    { name: 'constructor', account: '2' },
    { name: 'eu-1', account: '2' },
    { name: 'bootstrap', account: '3' },
    { name: 'live', account: '3' },
  ],
  Array.from({ length: 10 }, (_, index) => ({ name: `e${index + 1}`, account: '1' })),
];

it.each(declarations.map((written) => [written.length, written] as const))(
  '%i environments of other names: up, again, a second release through all, a rollback, the first destroyed, down',
  async (count, written) => {
    const copy = await workingCopy();
    await symlink(join(root, '.venv'), join(copy.directory, '.venv'));
    await declareOthers(copy.directory, written);
    await copy.commit(`${count} environments`);
    const place = await mkdtemp(join(tmpdir(), 'soundbite-counts-'));
    const home = join(place, 'state');
    const run = (...args: string[]) => cli(args, { home, repository: copy.directory });
    onTestFinished(async () => {
      await run('down', '--purge');
      await copy.remove();
      await rm(place, { recursive: true, force: true });
    });
    const soundbite = async <T>(...args: string[]): Promise<T> => {
      const { code, stdout, stderr } = await run(...args, '--json');
      expect(code, `${args.join(' ')}: ${stdout}\n${stderr}`).toBe(0);
      return JSON.parse(stdout) as T;
    };
    const names = written.map(({ name }) => name);
    const last = names.at(-1) ?? '';
    const allHave = async (release: string | null) => {
      const { environments } = await soundbite<Status>('status');
      const seen = environments.map(({ name, state, release: its, findings }) => ({ name, state, its, findings }));
      expect(seen).toEqual(names.map((name) => ({ name, state: 'healthy', its: release, findings: [] })));
      for (const { url } of environments) expect(await runningRelease(url ?? '')).toBe(release);
      return environments;
    };

    const up = await timed(() => soundbite<Status>('up'));
    const first = up.value.environments[0]?.release ?? null;
    const environments = await allHave(first);
    const processes = await homeProcesses(home);
    expect(environments.map(({ runtime }) => runtime)).toEqual(written.map(({ runtime = 'aws' }) => runtime));
    expect(new Set(environments.map(({ url }) => url)).size).toBe(count);
    const again = await timed(() => soundbite<Status>('up', last));
    expect(again.value.environments.map(({ release }) => release)).toEqual(names.map(() => first));

    await copy.edit('apps/service/src/http/soundbites.ts', 'LARGEST_PAGE = 100;', 'LARGEST_PAGE = 101;');
    await copy.commit('A second release');
    const through = await timed(() => soundbite<{ promotions: PromotionView[] }>('deploy', last));
    expect(through.value.promotions.map(({ environment }) => environment)).toEqual(names);
    const second = through.value.promotions[0]?.release ?? null;
    expect(second).not.toBe(first);
    await allHave(second);
    const { bytes } = await speak(environments.at(-1)?.url ?? '', 'As many environments as a team needs.');
    expect(hear(bytes).rms).toBeGreaterThan(0.01);

    for (const one of names)
      expect(await soundbite(...['validate', one])).toMatchObject({ environment: one, ok: true });
    await soundbite('rollback', last);
    const after = await soundbite<Status>('status');
    expect(after.environments.map(({ release }) => release)).toEqual([...names.slice(1).map(() => second), first]);

    // Others in its account, whose names begin alike, stay as they are.
    const [gone = ''] = names;
    await soundbite('destroy', gone, '--yes');
    const left = await soundbite<Status>('status');
    expect(left.environments.map(({ name, state }) => `${name} ${state}`)).toEqual(
      names.map((name) => `${name} ${name === gone ? 'empty' : 'healthy'}`),
    );

    const megabytes = processes.reduce((sum, one) => sum + one.megabytes, 0);
    console.log(
      JSON.stringify({
        environments: count,
        accounts: new Set(written.map(({ account }) => account)).size,
        upSeconds: rounded(up.seconds),
        upAgainSeconds: rounded(again.seconds),
        secondReleaseSeconds: rounded(through.seconds),
        processes: processes.length,
        pssMegabytesAfterUp: rounded(megabytes, 0),
      }),
    );
  },
);
