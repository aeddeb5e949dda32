import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { cutRelease } from './cut.ts';
import { releaseStore } from './store.ts';
import { repository, temporary } from './testing.ts';
import { appOf } from './testing-app.ts';
import { cutKilled } from './testing-killed.ts';

/** Whole cuts of a service without packages, bundle or CDK: what they do among themselves, and what is left of them, is the same for every service. */

const place = temporary();
afterAll(place.remove);
const storeOf = (name: string) => join(place.directory, 'stores', name);

const lambda = "{ Api: { Type: 'AWS::Lambda::Function', Properties: {} } }";
/** So large that its seal takes longer than a moment. */
const ballast = "writeFileSync(out + '/ballast.bin', Buffer.alloc(20_000_000));";
const environment = (name: string, account: number) =>
  `  - { name: ${name}, cloud: { kind: emulated, account: "${String(account).padStart(12, '0')}", region: eu-central-1 }, protected: false, gates: [] }\n`;

const small = (name: string, app: string) =>
  repository(join(place.directory, name), {
    'environments.yaml': `version: 1\nenvironments:\n${environment('dev', 1)}${environment('live', 2)}`,
    'service.yaml':
      'version: 1\nname: small\ninputs: [app.mjs]\napp: [node, app.mjs]\ncomponents: [{ name: api, function: Api }]\n',
    'app.mjs': app,
  });

it('two cuts at once make one release', async () => {
  const source = small('twins', appOf(lambda));
  const store = storeOf('twins');
  const script = join(place.directory, 'cut.ts');
  const index = JSON.stringify(new URL('./cut.ts', import.meta.url).href);
  writeFileSync(
    script,
    `const { cutRelease } = await import(${index});
     process.stdin.once('data', async () => {
       console.log(JSON.stringify(await cutRelease(${JSON.stringify({ source, store })})));
       process.exit();
     });
     console.log('ready');`,
  );
  const running = promisify(execFile)(process.execPath, [script]);
  await new Promise((resolve) => running.child.stdout?.once('data', resolve));
  running.child.stdin?.end('go');
  const here = await cutRelease({ source, store });
  const there = JSON.parse((await running).stdout.replace('ready\n', '')) as typeof here;
  expect(there.release).toBe(here.release);
  expect([here.created, there.created].sort()).toEqual([false, true]);
  expect(readdirSync(store)).toEqual([here.release.slice(7)]);
});

it('one that is killed leaves no half release at any step, and the next one clears up', async () => {
  const source = small('killed', appOf(lambda, undefined, ballast));
  const store = storeOf('killed');
  const moments = [
    ['synthesis', 60],
    ['seal', 5],
  ] as const;
  for (const [step, after] of moments) {
    await cutKilled({ step, after, source, store, place: place.directory });
    expect(await releaseStore(store).list()).toEqual([]);
  }
  expect(readdirSync(store).filter((name) => name.startsWith('.'))).not.toEqual([]);
  const { release, created } = await cutRelease({ source, store });
  expect(created).toBe(true);
  await expect.poll(() => readdirSync(store), { timeout: 10_000 }).toEqual([release.slice(7)]);
});

it('one whose stacks do not synthesise is refused, naming the file, and leaves nothing', async () => {
  const source = small('broken', `${appOf(lambda)}\nexport const = 1;\n`);
  const store = storeOf('broken');
  await expect(cutRelease({ source, store })).rejects.toMatchObject({
    code: 'synthesis-failed',
    source: 'user',
    message: expect.stringMatching(/app\.mjs/),
  });
  expect(readdirSync(store)).toEqual([]);
});
