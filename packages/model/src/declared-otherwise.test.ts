import { expect, it } from 'vitest';
import { compareDeclarations, declaredOtherwiseFinding, declaredOtherwiseNote } from './declared-otherwise.ts';

const ana = { by: 'ana', host: 'desk', at: '2026-11-26T12:00:00.000Z' };
const gates = [
  { gate: 'smoke', options: {} },
  { gate: 'watch', options: { seconds: 5 } },
];
const recorded = { port: 5, gates, settings: { limits: { textBytes: 1 }, logLevel: 'info' } };

it('the same declaration is not another one', () => {
  expect(compareDeclarations({ ...ana, environment: recorded }, structuredClone(recorded))).toBeNull();
});

it('another one is told with who declared it before, what differs by its path, and what to do', () => {
  const here = {
    port: 5,
    gates: [{ gate: 'watch', options: { seconds: 6 }, emulated: { seconds: 0 } }],
    settings: { limits: { textBytes: 2 } },
    authorizer: { issuer: 'x' },
  };
  const other = compareDeclarations({ ...ana, environment: recorded }, here);
  expect(other).toEqual({
    ...ana,
    differs: [
      { path: 'authorizer', recorded: null, here: { issuer: 'x' } },
      { path: 'gates.smoke', recorded: {}, here: null },
      { path: 'gates.watch.emulated', recorded: null, here: { seconds: 0 } },
      { path: 'gates.watch.seconds', recorded: 5, here: 6 },
      { path: 'settings.limits.textBytes', recorded: 1, here: 2 },
      { path: 'settings.logLevel', recorded: 'info', here: null },
    ],
  });
  if (!other) throw new Error('the two differ');
  expect(declaredOtherwiseNote(other)).toBe(
    'declared differently here than by ana on desk at 2026-11-26T12:00:00.000Z: authorizer, gates.smoke, gates.watch.emulated, gates.watch.seconds, settings.limits.textBytes, settings.logLevel; from this promotion on this declaration counts',
  );
  expect(declaredOtherwiseFinding('staging', { ...other, differs: other.differs.slice(4) })).toEqual({
    name: 'declaration',
    ok: false,
    detail:
      'declared differently here than by ana on desk at 2026-11-26T12:00:00.000Z: settings.limits.textBytes (2 instead of 1), settings.logLevel (nothing instead of "info"); the recorded one counts until a promotion from here begins',
    hint: 'to apply this one: soundbite promote staging; to keep the recorded one, set it in environments.yaml or its override',
  });
});

it('of a declaration of the time before names were recorded only what differs is told', () => {
  const other = compareDeclarations({ by: null, host: null, at: null, environment: { port: 1 } }, { port: 2 });
  expect(other && declaredOtherwiseNote(other)).toMatch(/^declared differently here than before: port;/);
});
