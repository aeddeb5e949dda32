import { expect, it, vi } from 'vitest';
import type { Client } from '../client.ts';
import type { PromotionView } from '../schemas.ts';

interface PastStage {
  readonly client: Client;
  readonly environment: string;
  /** Promotes what is live there again. */
  promote(more?: { readonly override: boolean }): Promise<PromotionView>;
  /** Lets it go on to its end. */
  ended(id: string): Promise<PromotionView>;
}

/** What every control plane says of times that are over. */
export function pastContract(stage: () => PastStage): void {
  it('the past is as it was said then, whatever happened since', async () => {
    const { client, environment, promote, ended } = stage();
    await ended((await promote()).promotion);
    const then = {
      overview: await client.overview(),
      matrix: await client.matrix({ limit: 200 }),
      promotions: await client.promotions({ environment }),
    };
    const at = new Date().toISOString();
    expect([then.overview.at, then.matrix.at]).toEqual([null, null]);
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Date.parse(at) + 1), { interval: 1 });
    await ended((await promote({ override: true })).promotion);
    const [place] = (await client.overview()).environments;
    expect(place?.cut).not.toBeNull();
    // What is live there was promoted again.
    expect(place?.failed).toMatchObject({ release: place?.why.release, cut: place?.cut });
    expect(await client.overview({ at })).toEqual({ ...then.overview, at });
    expect(await client.matrix({ limit: 200, at })).toEqual({ ...then.matrix, at });
    expect(await client.promotions({ environment, at })).toEqual(then.promotions);
    const page = await client.promotions({ environment, limit: 1, at });
    expect(page.promotions).toEqual(then.promotions.promotions.slice(0, 1));
    // There may be just the one.
    if (page.next !== null)
      expect(await client.promotions({ environment, before: page.next, at })).toEqual({
        ...then.promotions,
        promotions: then.promotions.promotions.slice(1),
      });
    const elsewhere = at.replace('Z', '+00:00');
    expect((await client.overview({ at: elsewhere })).environments).toEqual(then.overview.environments);
    const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString();
    const soon = new Date(Date.now() + 30_000).toISOString();
    for (const wrong of ['yesterday', '2026-13-01T00:00:00Z', '0000-01-01T00:00:00Z', soon, tomorrow])
      await expect(client.overview({ at: wrong }), wrong).rejects.toMatchObject({ code: 'usage' });
  });
}
