import { expect, it } from 'vitest';
import type { Client } from '../client.ts';

interface CommitsStage {
  readonly client: Client;
  readonly environment: string;
}

/** What every control plane says of where commits are live. */
export function commitsContract(stage: () => CommitsStage): void {
  it('a commit is told with the environments whose release has it, by its first digits and by its words', async () => {
    const { client, environment } = stage();
    const { environments } = await client.overview();
    const commit = environments.find((place) => place.environment === environment)?.cut?.commit ?? '';
    const [found] = (await client.commits({ find: commit.slice(0, 10) })).commits;
    expect(found).toMatchObject({ commit, environments: expect.arrayContaining([environment]) });
    const words = (found?.subject ?? '').toUpperCase().slice(0, 40);
    const { commits } = await client.commits({ find: words });
    expect(commits.map((one) => one.commit)).toContain(commit);
    expect(await client.commits({ find: 'nobody ever wrote these words' })).toMatchObject({
      commits: [],
      isMore: false,
    });
    for (const find of ['ab', 'x'.repeat(201), 'ab\0cd'])
      await expect(client.commits({ find })).rejects.toMatchObject({ code: 'usage' });
    const at = new Date(Date.now() + 3_600_000).toISOString();
    await expect(client.commits({ find: commit, at })).rejects.toMatchObject({ code: 'usage' });
    expect((await client.commits({ find: commit.toUpperCase() })).commits.map((one) => one.commit)).toEqual([commit]);
    await expect(client.commits({ find: '--output=/dev/null' })).resolves.toMatchObject({ commits: [] });
  });
}
