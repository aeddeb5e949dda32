import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { afterEach, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { a } from './testing/chain.ts';
import { type CliStage, setStage, type Unwritable } from './testing/stage.ts';

/** Every command with outputs that cannot be written; readers.journey.test.ts has real pipes, files and terminals. */

const failure = (code: string, errno: number) => Object.assign(new Error(`${code}: write`), { code, errno });
const gone = failure('EPIPE', -32);
const full = failure('ENOSPC', -28);

let stage: CliStage;
afterEach(() => stage.close());

const commands = [
  ...catalogue.map(({ name }) => [...name.split(' '), '--help']),
  ['--version'],
  ['help', 'promote'],
  [],
  ['statsu'],
  ['release'],
  ['promote', '--json'],
  ['status'],
  ['status', '--json'],
  ['health', 'moon'],
  ['health', 'moon', '--json'],
  ['env', 'list'],
  ['plan', 'dev-aws'],
  ['history', '--json'],
  ['history', '--ledger'],
  ['doctor'],
  ['validate', 'staging'],
  ['abort', 'staging'],
  ['rollback', 'staging', '--json'],
  ['promote', 'dev-aws', '--no-wait'],
  ['deploy', '--no-wait', '--json'],
  ['release', 'list'],
  ['release', 'show', 'aaaa'],
  ['logs', 'staging'],
  ['open', 'staging'],
  ['destroy', 'staging'],
];

async function outcomes(unwritable: Unwritable) {
  stage = await setStage(makeWorld({ 'dev-localstack': a, 'dev-aws': a }), { unwritable });
  stage.fake.world.addRelease(a);
  stage.fake.world.logLines.push({ at: new Date().toISOString(), source: 'api', text: 'a line' });
  const found = [];
  for (const words of commands) found.push({ words: words.join(' '), ...(await stage.run(...words)) });
  await stage.close();
  return found;
}

it('a reader that left changes no exit code of any command, and is not talked about', async () => {
  const usual = await outcomes({});
  for (const unwritable of [{ stdout: gone }, { stderr: gone }, { stdout: gone, stderr: gone }]) {
    const found = await outcomes(unwritable);
    expect(found.map(({ words, exit }) => ({ words, exit }))).toEqual(
      usual.map(({ words, exit }) => ({ words, exit })),
    );
    for (const { stdout, stderr } of found) expect(`${stdout}${stderr}`).not.toMatch(/EPIPE|could not be written/);
  }
  stage = await setStage();
}, 60_000);

it('a full disk makes 3 of 0 and of nothing else, and is said where that is still possible', async () => {
  const usual = await outcomes({});
  const found = await outcomes({ stdout: full });
  for (const [index, { words, exit, stderr }] of found.entries()) {
    const before = usual[index];
    const lost = before?.stdout !== '';
    expect({ words, exit }).toEqual({ words, exit: lost && before?.exit === 0 ? 3 : before?.exit });
    expect(stderr.includes('standard output could not be written'), words).toBe(lost);
  }
  stage = await setStage();
}, 60_000);

it('--json keeps its one document when standard error cannot be written', async () => {
  stage = await setStage(makeWorld({ 'dev-localstack': a }), { unwritable: { stderr: full } });
  stage.fake.world.promotions.auto = true;
  const { exit, stdout } = await stage.run('promote', 'dev-aws', '--json');
  expect(exit).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded' });
});
