import { readFile } from 'node:fs/promises';
import { firstBroken, gateNames, hasGate, type LedgerEntry, optionalPrograms, stepNames } from '@soundbite/model';
import { describe, expect, inject, it } from 'vitest';
import { audioAnswersAsPlayersAsk } from '../../apps/service/src/testing/audio-requests.ts';
import { declared } from '../parts/runtimes/environment.ts';
import { environmentStatus, runningRelease, soundbite, status } from '../support/environments.ts';
import { hear, speak } from '../support/sound.ts';

const names = ['dev-localstack', 'dev-aws', 'dev-aws-deployed', 'staging', 'production'];

describe('after `up` on a fresh home', () => {
  it('five environments are healthy with one release, in the declared order', async () => {
    const { environments } = await status();
    expect(environments.map(({ name, state }) => `${name} ${state}`)).toEqual(names.map((name) => `${name} healthy`));
    expect(new Set(environments.map(({ release }) => release)).size).toBe(1);
    for (const { url, release } of environments) expect(await runningRelease(url ?? '')).toBe(release);
  });

  it.each(names)('%s turns a text into audible speech', async (name) => {
    const { environments } = await status();
    const url = environments.find((environment) => environment.name === name)?.url ?? '';
    const { bytes } = await speak(url, `One release runs, unchanged, in ${name}. Every word of it can be heard.`);
    const sound = hear(bytes);
    expect(sound.seconds).toBeGreaterThan(2);
    expect(sound.seconds).toBeLessThan(15);
    expect(sound.rms).toBeGreaterThan(0.01);
    expect(sound.peak).toBeLessThanOrEqual(1);
  });

  it.each(['dev-aws', 'staging'])('%s gives its audio at the edge as browsers and players ask for it', async (name) => {
    const { url } = await environmentStatus(name);
    const { id, bytes } = await speak(url, 'What is heard in part, from the end, or once more.');
    await audioAnswersAsPlayersAsk(`${url}/soundbites/${id}/audio`, bytes.byteLength);
  });

  it('a second `up` changes nothing', async () => {
    const before = await status();
    const history = (await soundbite('history', '--json')).json<{ promotions: unknown[] }>();
    const again = await soundbite('up', '--json');
    expect(again.code).toBe(0);
    expect(again.json()).toEqual(before);
    expect((await soundbite('history', '--json')).json()).toEqual(history);
  });

  it('the ledger holds every step in one whole chain', async () => {
    const { url, token } = JSON.parse(await readFile(`${inject('home')}/control-plane.json`, 'utf8')) as {
      url: string;
      token: string;
    };
    const answer = await fetch(`${url}/v1/ledger?limit=1000`, { headers: { authorization: `Bearer ${token}` } });
    const { entries } = (await answer.json()) as { entries: LedgerEntry[] };
    expect(firstBroken(entries)).toBeNull();
    const requested = entries.filter(({ kind }) => kind === 'promotion.requested');
    for (const name of names) {
      const undeclared = gateNames.filter((gate) => !hasGate(declared(name), gate));
      const absent: readonly string[] = ['adopt', 'rollback', ...optionalPrograms, ...undeclared];
      const first = requested.find(({ payload }) => (payload as { environment: string }).environment === name);
      const steps = entries.filter(({ kind, subject }) => kind === 'step.finished' && subject === first?.subject);
      expect(steps.map(({ payload }) => (payload as { step: string }).step)).toEqual(
        stepNames.filter((step) => !absent.includes(step)),
      );
    }
  });
});
