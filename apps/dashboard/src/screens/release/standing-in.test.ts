import type { Matrix } from '@soundbite/client';
import { expect, it } from 'vitest';
import { standingIn } from './standing-in.ts';

const release = `sha256:${'a'.repeat(64)}` as const;
const blocked = { release, blocked: true, reason: 'x', by: 'ana' };

it('a release is where its row says, and where nobody promoted it, by its description', () => {
  const cells = [
    { environment: 'dev', state: 'was-live' },
    { environment: 'staging', state: 'live' },
  ];
  const environments = ['dev', 'staging', 'production'];
  const matrix = { environments, releases: [{ release, blocked, cells }] } as unknown as Matrix;
  const described = { live: ['dev', 'production'], blocked: null };
  expect(standingIn(matrix, described)).toEqual({ live: ['staging', 'production'], blocked });
  expect(standingIn(undefined, described)).toEqual(described);
});
