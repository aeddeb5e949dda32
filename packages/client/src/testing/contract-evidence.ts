import { type Digest, digestOf } from '@soundbite/model';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../client.ts';
import type { LedgerEntry } from '../schemas.ts';

interface Context {
  /** The owner's. */
  readonly client: Client;
  /** A deployer's. */
  readonly ana: Client;
  /** A release that is there. */
  readonly live: Digest;
  ledgerOf(subject: string): Promise<LedgerEntry[]>;
}

const nowhere: Digest = `sha256:${'0'.repeat(64)}`;

/** Files that people and programs bring of a release. */
export function evidenceContract(context: () => Context): void {
  describe('evidence of a release', () => {
    let client: Client;
    let ana: Client;
    let live: Digest;
    let ledgerOf: Context['ledgerOf'];
    beforeAll(() => {
      ({ client, ana, live, ledgerOf } = context());
    });
    const file = (verdict: string, name: string) =>
      new TextEncoder().encode(JSON.stringify({ verdict, facts: [{ name, ok: verdict === 'pass', detail: 'seen' }] }));
    const kindOf = () => `contract-${crypto.randomUUID().slice(0, 8)}`;

    it('is kept with its file and shown; the newest of a kind counts, and the same file twice is one', async () => {
      const kind = kindOf();
      const about = { kind, url: 'https://ci.example.com/runs/1' };
      const passing = file('pass', 'all tests');
      const added = await ana.addEvidence(live, about, passing);
      expect(added).toEqual({
        id: expect.any(String),
        release: live,
        kind,
        format: 'json',
        verdict: 'pass',
        facts: [{ name: 'all tests', ok: true, detail: 'seen' }],
        digest: digestOf(passing),
        bytes: passing.length,
        url: about.url,
        by: 'ana@example.com',
        at: expect.stringMatching(/^\d{4}-/),
        newest: true,
      });
      expect(await ana.addEvidence(live, about, passing)).toEqual(added);
      // From somebody else it is another piece: who said what stays.
      const others = await client.addEvidence(live, about, passing);
      expect(others).toEqual({ ...added, id: others.id, by: 'local', at: expect.any(String) });
      expect(others.id).not.toBe(added.id);
      expect(await client.evidence(added.id, false)).toEqual({ ...added, newest: false });
      const failed = await client.addEvidence(live, { kind }, file('fail', 'all tests'));
      expect(failed).toMatchObject({ verdict: 'fail', by: 'local', url: null, newest: true });
      const again = await ana.addEvidence(live, about, passing);
      expect(again.id).not.toBe(added.id);
      const { evidence } = await client.evidenceOf(live);
      expect(evidence.filter((one) => one.kind === kind)).toEqual([
        again,
        { ...failed, newest: false },
        { ...others, newest: false },
        { ...added, newest: false },
      ]);
      const shown = await client.evidence(failed.id, true);
      expect(shown).toMatchObject({ id: failed.id, newest: false });
      expect(Buffer.from(shown.file ?? '', 'base64')).toEqual(Buffer.from(file('fail', 'all tests')));
      const said = (await ledgerOf(live)).filter(({ kind: what }) => what === 'evidence.added');
      expect(said.map(({ payload }) => (payload as { id: string }).id)).toEqual(
        expect.arrayContaining([added.id, failed.id, again.id]),
      );
      expect(said.filter(({ payload }) => (payload as { id: string }).id === added.id)).toHaveLength(1);
    });

    it('of an unknown release, or in a file that cannot be read, is refused, and nothing is kept', async () => {
      const kind = kindOf();
      const unknown = client.addEvidence(nowhere, { kind }, file('pass', 'x'));
      await expect(unknown).rejects.toMatchObject({ code: 'release-unknown' });
      const broken = client.addEvidence(live, { kind }, new TextEncoder().encode('{"verdict": "pass", '));
      await expect(broken).rejects.toMatchObject({
        code: 'evidence-unreadable',
        source: 'user',
        message: expect.stringMatching(/^line 1: /),
      });
      expect((await client.evidenceOf(live)).evidence.filter((one) => one.kind === kind)).toEqual([]);
      await expect(client.evidence('nosuch')).rejects.toMatchObject({ code: 'evidence-unknown' });
    });
  });
}
