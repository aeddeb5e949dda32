import type { Status } from '@soundbite/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromotionDocument } from '../support/environments.ts';
import { type ServiceStage, serviceStage } from '../support/service-stage.ts';

type Items = { readonly Items: readonly Readonly<Record<'what' | 'by' | 'kind', { readonly S: string }>>[] };

describe('a function that rules, a schedule and a topic call', () => {
  let stage: ServiceStage;
  beforeAll(async () => {
    stage = await serviceStage('watch');
  });
  afterAll(() => stage?.remove());
  const aws = <T>(...args: string[]) => stage.aws<T>('test', ...args);
  const tell = (what: string) =>
    aws(
      ...['events', 'put-events', '--entries'],
      JSON.stringify([{ Source: 'watch', DetailType: 'seen', Detail: JSON.stringify({ what }) }]),
    );
  const notes = async () => {
    const { TableNames } = await aws<{ TableNames: string[] }>('dynamodb', 'list-tables');
    const table = TableNames.find((name) => name.includes('Notes')) ?? '';
    const { Items } = await aws<Items>('dynamodb', 'scan', '--table-name', table, '--consistent-read');
    return Items.map(({ what, by, kind }) => `${what.S} by ${by.S} as ${kind.S}`).sort();
  };
  const twice = (what: string, kind: string) => ['topic', 'watch'].map((by) => `${what} by ${by} as ${kind}`);

  it('is called by none of them before a release of it has passed its smoke', async () => {
    await stage.service.change('src/note.py', 'KIND = "note"', 'KIND = "unfit"');
    const { environments } = await stage.soundbite<Status>(1, 'up');
    expect(environments).toMatchObject([{ name: 'test', state: 'empty' }]);
    await tell('too early');
  });

  it('is called as soon as its first release is live', async () => {
    await stage.service.change('src/note.py', 'KIND = "unfit"', 'KIND = "note"');
    await stage.cut();
    await stage.soundbite(0, 'promote', 'test');
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', url: null });
    await tell('in time');
    await expect.poll(notes, { timeout: 30_000, interval: 500 }).toEqual(twice('in time', 'note'));
  });

  it('is called as before while a bad release is stopped, and after a rollback', async () => {
    await stage.service.change('src/note.py', 'KIND = "note"', 'KIND = "bad"');
    await stage.cut();
    const promotion = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    expect(promotion).toMatchObject({ state: 'failed', reason: expect.stringMatching(/smoke: notes: .*bad/) });
    await stage.service.change('src/note.py', 'KIND = "bad"', 'KIND = "note"  # again');
    await stage.cut();
    await stage.soundbite(0, 'promote', 'test');
    await stage.soundbite(0, 'rollback', 'test');
    await tell('at last');
    const all = [...twice('at last', 'note'), ...twice('in time', 'note')];
    await expect.poll(notes, { timeout: 30_000, interval: 500 }).toEqual(all);
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy' });
  });
});
