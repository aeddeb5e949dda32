import { describe, expect, it } from 'vitest';
import type { Differences } from '../entry-evidence.ts';
import { driftGate } from './drift.ts';

const said = (facts: Differences) => driftGate.decide(facts, driftGate.options.parse({}), 0);

describe('the drift gate', () => {
  it('passes where what runs is what was released, and where nothing is live', () => {
    expect(said([])).toEqual({ verdict: 'pass', reasons: ['what runs is what was released'] });
    expect(said('empty').verdict).toBe('pass');
  });

  it('waits with each difference and what ends it', () => {
    const hint = 'soundbite repair staging';
    const facts = [
      { where: 'settings', detail: 'somebody changed Table (Ttl)', hint },
      { where: 'resources', detail: 'somebody deleted Queue (q-1)', hint },
    ];
    expect(said(facts)).toEqual({
      verdict: 'wait',
      reasons: [
        'settings: somebody changed Table (Ttl); soundbite repair staging',
        'resources: somebody deleted Queue (q-1); soundbite repair staging',
      ],
    });
  });

  it('waits while another promotion changes the environment: what is seen then is half of it', () => {
    expect(said({ changing: 'staging' }).verdict).toBe('wait');
  });

  it('lets in what brings back what is live: that ends drift', () => {
    expect(said('restoring').verdict).toBe('pass');
  });

  it('has no options but whose override passes it', () => {
    expect(driftGate.options.parse({})).toEqual({ override: 'deployer' });
    expect(driftGate.options.safeParse({ seconds: 1 }).success).toBe(false);
  });
});
