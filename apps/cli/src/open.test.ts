import { chmodSync, existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliStage, setStage } from './testing/stage.ts';

let stage: CliStage;
let env: Record<string, string>;
beforeEach(async () => {
  env = { DISPLAY: ':0' };
  stage = await setStage(undefined, { env });
});
afterEach(() => stage.close());

/**
 * What browsers were started with, in order: it stands on a command line. A browser outlives the command, so a test
 * awaits each before the home is removed.
 */
function opener(): () => string[] {
  const said = join(stage.home, 'opened');
  const script = join(stage.home, 'xdg-open');
  writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${said}'\n`);
  chmodSync(script, 0o700);
  env.PATH = `${stage.home}:/usr/bin:/bin`;
  return () => (existsSync(said) ? readFileSync(said, 'utf8').split('\n').slice(0, -1) : []);
}

const left = () => readdirSync(stage.home).filter((name) => name.startsWith('open-'));

describe('open', () => {
  it('starts a browser with a file that leads to the link, and that its owner alone reads', async () => {
    const opened = opener();
    const { link } = JSON.parse((await stage.run('open', '--json')).stdout) as { link: string };
    await expect.poll(opened).toEqual([expect.stringMatching(/^file:\/\/\S+$/)]);
    const [shown = ''] = opened();
    expect(shown).not.toContain(link.slice(-43));
    const file = fileURLToPath(shown);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(`<meta http-equiv="refresh" content="0; url=${link}" />`);
  });

  it('names the address at which a house is published, and what SOUNDBITE_URL names as it is', async () => {
    env = { SOUNDBITE_SHOWN_ADDRESS: '127.0.0.2' };
    const house = await setStage(undefined, { env });
    try {
      const { port } = new URL(house.fake.url);
      expect((await house.run('open')).stdout).toContain(`http://127.0.0.2:${port}/enter/`);
      Object.assign(env, { SOUNDBITE_URL: house.fake.url, SOUNDBITE_TOKEN: house.fake.token });
      expect((await house.run('open')).stdout).toContain(`http://127.0.0.1:${port}/enter/`);
    } finally {
      await house.close();
    }
  });

  it('leaves the files of links that may still be followed, and no others', async () => {
    const opened = opener();
    const files: string[] = [];
    for (const minutes of [4, 6, -6]) {
      expect((await stage.run('open')).exit).toBe(0);
      const file = left().find((name) => !files.includes(name)) ?? '';
      files.push(file);
      const time = Date.now() / 1000 - minutes * 60;
      utimesSync(join(stage.home, file), time, time);
    }
    await stage.run('open');
    expect(left()).toHaveLength(2);
    expect(left()).toContain(files[0]);
    await expect.poll(opened).toHaveLength(4);
  });

  it('leaves no file where no browser could be started, nor where there is no home, and prints the link', async () => {
    env.PATH = '/nonexistent';
    const { exit, stdout } = await stage.run('open');
    expect({ exit, left: left() }).toEqual({ exit: 0, left: [] });
    expect(stdout).toContain('/enter/');
    Object.assign(env, {
      ...{ SOUNDBITE_URL: stage.fake.url, SOUNDBITE_TOKEN: stage.fake.token },
      SOUNDBITE_HOME: join(stage.home, 'nowhere'),
    });
    expect((await stage.run('open')).stdout).toContain('/enter/');
    expect(existsSync(join(stage.home, 'nowhere'))).toBe(false);
  });
});
