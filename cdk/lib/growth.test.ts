import { removals, resourceChanges } from '@soundbite/model';
import { afterAll, describe, expect, it } from 'vitest';
import { declaration, templateOf, workshop } from './testing.ts';

process.env.CDK_VALIDATION = 'false';
const shop = workshop();
afterAll(shop.remove);
const template = async (name: string, change?: (text: string) => string) =>
  templateOf(await shop.app(name, declaration(change)), name);

describe('our own templates', () => {
  it('take nothing away from themselves, and change nothing', async () => {
    for (const { name } of declaration().environments) {
      const [one, two] = [await template(name), await template(name)];
      expect(removals(one, two)).toEqual([]);
      expect(resourceChanges(one, two)).toEqual([]);
    }
  });

  it('show a permission that is taken away by its role and action', async () => {
    const [before, after] = [await template('staging'), structuredClone(await template('staging'))];
    const statements = after.Resources?.WorkerRole?.Properties.Policies[0].PolicyDocument.Statement;
    statements[1].Action = statements[1].Action.filter((action: string) => action !== 's3:PutObject');
    expect(removals(before, after).map(({ id, what }) => `${id} ${what}`)).toEqual([
      'WorkerRole/s3:PutObject permission',
    ]);
  });

  it('show that settings may take a permission away: Polly, when Flite shall speak', async () => {
    const flite = (text: string) => text.replace('voiceEngine: polly', 'voiceEngine: flite');
    const found = removals(await template('staging'), await template('staging', flite));
    expect(found.map(({ id }) => id)).toEqual(['WorkerRole/polly:SynthesizeSpeech']);
    expect(removals(await template('staging', flite), await template('staging'))).toEqual([]);
  });

  it('let settings, memory and retention change', async () => {
    const other = (text: string) =>
      text.replace('workerMiB: 512', 'workerMiB: 1536').replace('retentionDays: 14', 'retentionDays: 30');
    const [before, after] = [await template('staging'), await template('staging', other)];
    expect(removals(before, after)).toEqual([]);
    expect(resourceChanges(before, after).map(({ id, change }) => `${id} ${change}`)).toEqual(
      ['AccessLogs', 'ApiFunction', 'ApiLogs', 'Bucket', 'WorkerFunction', 'WorkerLogs'].map((id) => `${id} modify`),
    );
  });
});
