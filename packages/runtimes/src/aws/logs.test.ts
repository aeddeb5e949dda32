import { describe, expect, it } from 'vitest';
import { stageOnAws } from './testing-stage.ts';

describe('the log of functions', () => {
  const at = stageOnAws();
  const fence = { owner: 'db', generation: 7 };
  const streams = ['2026/03/01/[1]abc', '2026/03/01/[2]def', '2026/03/01/api[2]abc', '2026/03/01/other[2]abc'];

  /** Each function has a line in each stream. */
  function logged(...names: readonly string[]): void {
    for (const name of names)
      at.aws.logs.groups.set(
        `/aws/lambda/${name}`,
        streams.map((logStreamName, index) => ({
          eventId: `${name} ${index}`,
          timestamp: index,
          message: `${name} in ${logStreamName}\n`,
          logStreamName,
        })),
      );
  }
  async function read(of?: typeof at.release.digest) {
    const found: string[] = [];
    const options = { sinceMs: 0, follow: false, ...(of ? { of } : {}) };
    for await (const { source, text } of at.runtime.logs(at.target, options)) found.push(`${source}: ${text}`);
    return found;
  }

  it('is that of all versions, or of those alone that are a release', async () => {
    logged('api', 'worker');
    expect(await read()).toHaveLength(8);
    await at.runtime.install(at.target, at.release, fence);
    expect((await read(at.cut.older.digest)).toSorted()).toEqual([
      'api: api in 2026/03/01/[1]abc',
      'worker: worker in 2026/03/01/[1]abc',
    ]);
    // A group that somebody chose may be several functions'.
    expect((await read(at.release.digest)).toSorted()).toEqual([
      'api: api in 2026/03/01/[2]def',
      'api: api in 2026/03/01/api[2]abc',
      'worker: worker in 2026/03/01/[2]def',
    ]);
  });

  it('is in the group that each function says, behind the alias that takes its traffic', async () => {
    expect(await at.runtime.functions?.(at.target)).toEqual(
      ['worker', 'api'].map((name) => ({
        ...{ component: name, functionName: name, alias: 'live', logGroup: `/aws/lambda/${name}` },
      })),
    );
  });

  it('has nothing of a release of which no version is there', async () => {
    logged('api', 'worker');
    expect(await read(at.release.digest)).toEqual([]);
  });
});
