import { describe, expect, it } from 'vitest';
import { changed, environmentsIn, problems, small } from '../declaration/testing/given.ts';
import { recordedEnvironment } from '../recorded-environment.ts';
import { gatesAt, hasGate, relaxedLater } from './declared.ts';
import { awaitedGates, type GateRecord, gatesOfSteps } from './record.ts';

/** The second environment with these gates, which is emulated. */
const having = (gates: string) => changed('- watch: { seconds: 5 }', gates);

describe('gates that are declared', () => {
  it('have all their options, and beside them those that are relaxed on an emulated cloud', () => {
    const [, second] = environmentsIn(having('- watch: { seconds: 60, emulated: { seconds: 1, minimumRequests: 0 } }'));
    if (!second) throw new Error('there are two');
    const options = { seconds: 60, minimumRequests: 1, timeout: '10m', errorShare: 0.1, errorsFrom: 5 };
    expect(second.gates).toEqual([{ gate: 'watch', options, emulated: { seconds: 1, minimumRequests: 0 } }]);
    expect(gatesAt(second, 'traffic')).toEqual([
      {
        gate: 'watch',
        options: { ...options, seconds: 1, minimumRequests: 0 },
        relaxed: ['seconds 1 instead of 60', 'minimumRequests 0 instead of 1'],
      },
    ]);
    expect(gatesAt({ ...second, cloud: { kind: 'real' } }, 'traffic')).toEqual([
      { gate: 'watch', options, relaxed: [] },
    ]);
    expect(gatesAt(second, 'version')).toEqual([]);
    expect([hasGate(second, 'watch'), hasGate(second, 'smoke')]).toEqual([true, false]);
  });

  it('say what is relaxed there, and nothing where it comes to the same', () => {
    const [, second] = environmentsIn(having('- watch: { seconds: 60, emulated: { seconds: 1, minimumRequests: 1 } }'));
    if (!second) throw new Error('there are two');
    const said = (kind: 'emulated' | 'real') => relaxedLater({ ...second, cloud: { kind } }).get('watch');
    expect(said('emulated')).toEqual(['relaxed, as the cloud is emulated: seconds 1 instead of 60']);
    expect(said('real')).toEqual([]);
    const step = { name: 'watch', state: 'succeeded', seconds: 1, detail: '3 requests' } as const;
    const [record] = gatesOfSteps([step], new Map(), relaxedLater(second));
    expect(record?.reasons).toEqual(['3 requests', 'relaxed, as the cloud is emulated: seconds 1 instead of 60']);
    const [, limited] = environmentsIn(having('- approval: { emulated: { waitAtMost: 1h } }'));
    if (!limited) throw new Error('there are two');
    expect(gatesAt(limited, 'entry')[0]?.relaxed).toEqual(['waitAtMost 1h instead of none']);
  });

  it('are waited for where they wait and where they could not be asked', () => {
    const said = (gate: string, verdict: GateRecord['verdict']): GateRecord => {
      return { gate, moment: 'entry', verdict, reasons: [], until: null, seconds: null };
    };
    const awaited = awaitedGates([said('soak', 'pass'), said('drift', 'errored'), said('approval', 'wait')]);
    expect(awaited.map(({ gate }) => gate)).toEqual(['drift', 'approval']);
  });

  it('take under emulated: what may stand nowhere else, and on a real cloud it does not count', () => {
    const [, second] = environmentsIn(having('- approval: { self: false, emulated: { self: true } }'));
    if (!second) throw new Error('there are two');
    const self = (kind: 'emulated' | 'real') => gatesAt({ ...second, cloud: { kind } }, 'entry')[0]?.options.self;
    expect([self('emulated'), self('real')]).toEqual([true, false]);
  });

  it('of before that say what may not be said any more are still read where they are recorded', () => {
    const [, second] = environmentsIn(having('- approval: { by: 1 }'));
    const gates = [{ gate: 'approval', options: { by: 1, self: true } }];
    expect(recordedEnvironment({ ...second, gates }).gates).toEqual(gates);
  });

  it('that this version does not know are no gates of it', () => {
    const gates = [{ gate: 'canary', options: {} }];
    expect(gatesAt({ cloud: { kind: 'emulated' }, gates }, 'traffic')).toEqual([]);
  });

  const place = 'environments.yaml:25 environments[1].gates[0]';
  const form =
    'must be a gate (soak, drift, evidence, approval, alarms, smoke, tests, watch), alone or as the one key of its options';
  it.each([
    ['an option is missing', '- watch', [`${place}.watch.seconds: is missing; it must be a number`]],
    [
      'an option is unknown',
      '- watch: { seconds: 5, colour: red }',
      [`${place}.watch.colour: is not a known key; remove it, or see docs/reference/environments.schema.json`],
    ],
    [
      'a smoke has options',
      '- smoke: { seconds: 5 }',
      [`${place}.smoke.seconds: is not a known key; remove it, or see docs/reference/environments.schema.json`],
    ],
    ['a gate is unknown', '- canary: { share: 5 }', [`${place}: ${form}, not {"canary":{"share":5}}`]],
    [
      'two stand in one entry',
      '- { smoke: {}, watch: { seconds: 5 } }',
      [`${place}: ${form}, not {"smoke":{},"watch":{"seconds":5}}`],
    ],
    ['one is no gate', '- 7', [`${place}: ${form}, not 7`]],
    ['the options are no map', '- watch: 5', [`${place}: ${form}, not {"watch":5}`]],
    [
      'a time is none',
      '- watch: { seconds: 5, timeout: soon }',
      [`${place}.watch.timeout: must be a time such as 90s, 10m, 24h or 7d, not "soon"`],
    ],
    [
      'what is relaxed is wrong',
      '- watch: { seconds: 5, emulated: { seconds: -1, minimumRequests: x } }',
      [
        `${place}.watch.emulated.seconds: must be 0 or more seconds, not -1`,
        `${place}.watch.emulated.minimumRequests: must be a number, not "x"`,
      ],
    ],
    [
      'what is relaxed is no option',
      '- watch: { seconds: 5, emulated: { patience: 1 } }',
      [
        `${place}.watch.emulated.patience: is not a known key; remove it, or see docs/reference/environments.schema.json`,
      ],
    ],
    [
      'what counts on emulated clouds alone stands outside of that',
      '- approval: { by: 2, self: true, emulated: { self: true } }',
      [
        `${place}.approval.self: true may stand under emulated: alone, because on a real cloud nobody says yes to what they ask for; write approval: { emulated: { self: true } }`,
      ],
    ],
    [
      'what is relaxed is no map',
      '- watch: { seconds: 5, emulated: 7 }',
      [`${place}.watch.emulated: must be a map, not 7`],
    ],
    [
      'all are wrong',
      '- watch: { seconds: x, emulated: { seconds: y } }',
      [
        `${place}.watch.seconds: must be a number, not "x"`,
        `${place}.watch.emulated.seconds: must be a number, not "y"`,
      ],
    ],
  ])('are refused where %s', (_what, gates, expected) => {
    expect(problems(having(gates))).toEqual(expected);
  });

  it('stand once', () => {
    expect(problems(having('- watch: { seconds: 5 }\n      - smoke\n      - smoke'))).toEqual([
      'environments.yaml:27 environments[1].gates[2]: smoke is among the gates already; remove one',
    ]);
  });

  it('of evidence stand once for each kind', () => {
    const kinds = (...names: string[]) => names.map((kind) => `- evidence: { kind: ${kind} }`).join('\n      ');
    expect(environmentsIn(having(kinds('tests', 'security')))[1]?.gates).toHaveLength(2);
    expect(problems(having(kinds('tests', 'tests')))).toEqual([
      'environments.yaml:26 environments[1].gates[1]: evidence tests is among the gates already; remove one',
    ]);
  });

  it('have the watch of before among them: the old key says what to write', () => {
    const old = small.replace('      - smoke\n', '      - smoke\n    watch: 7\n');
    expect(problems({ text: old })).toEqual([
      'environments.yaml:19 environments[0].watch: is a gate now; remove it, and write gates: [smoke, { watch: { seconds: 7, minimumRequests: 0 } }]',
    ]);
  });
});
