import type { Status } from '@soundbite/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromotionDocument } from '../../support/environments.ts';
import { type ServiceStage, serviceStage } from '../../support/service-stage.ts';

/** Python's own words on an error that the function bears. */
const looksForGuest = `    try:
        event["guest"]
    except KeyError:
        __import__("traceback").print_exc()
`;

describe('a Python function behind an HTTP API, with names that CloudFormation makes', () => {
  let stage: ServiceStage;
  let first: string;
  beforeAll(async () => {
    stage = await serviceStage('greeter');
  });
  afterAll(() => stage?.remove());
  const greeting = async () => {
    const url = (await stage.environment('live'))?.url;
    return ((await (await fetch(`${url}/?name=Ada`)).json()) as { greeting: string }).greeting;
  };

  it('comes up in two accounts without a change of its source', async () => {
    const { environments } = await stage.soundbite<Status>(0, 'up');
    expect(environments.map(({ name, state }) => [name, state])).toEqual([
      ['test', 'healthy'],
      ['live', 'healthy'],
    ]);
    first = environments[0]?.release ?? '';
    expect(await greeting()).toBe('Hello, Ada!');
  });

  it('is stopped by its own smoke before users meet a bad release, with what its log says', async () => {
    await stage.service.change('src/greet.py', 'Hello, {name}!', 'Hullo {name}');
    await stage.service.change('src/greet.py', '    name = ', `${looksForGuest}    name = `);
    await stage.cut();
    const promotion = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    const reason = expect.stringMatching(/smoke: greets: .*Hullo Ada.* \(its log: KeyError: 'guest'\)/);
    expect(promotion).toMatchObject({ state: 'failed', reason });
    expect(promotion.steps.map(({ name }) => name)).not.toContain('shift');
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: first });
  });

  it('goes through both, and back', async () => {
    await stage.service.change('src/greet.py', 'Hullo {name}', 'Hello, {name}! Welcome.');
    const release = await stage.cut();
    await stage.soundbite(0, 'promote', 'test', '--through', 'live');
    expect(await greeting()).toBe('Hello, Ada! Welcome.');
    const back = await stage.soundbite<PromotionDocument>(0, 'rollback', 'live');
    expect(back).toMatchObject({ state: 'succeeded', release: first, previous: release });
    expect(await greeting()).toBe('Hello, Ada!');
  });

  it('is another release when its smoke alone changed, with nothing to change in its stack', async () => {
    await stage.service.change('smoke/main.mjs', "'Hello, Ada!'", "'Hello, Ada'");
    const release = await stage.cut();
    await stage.soundbite(0, 'promote', 'test');
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release });
  });
});
