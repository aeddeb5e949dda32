import { expect, it } from 'vitest';
import { adoptionReport } from './adoption.ts';

it('an adoption says what becomes of each resource, and what has to be named first', () => {
  const found = {
    ...{ environment: 'staging', release: `sha256:${'a'.repeat(64)}`, stacks: ['data', 'api'], begun: false },
    resources: [
      { id: 'api/ApiLive', type: 'AWS::Lambda::Alias', change: 'add' },
      { id: 'api/Made', type: 'AWS::Lambda::Version', change: 'retain' },
    ],
    removals: [{ id: 'api/Sub', what: 'replacement', detail: 'it is made anew' }],
  };
  const text = adoptionReport(found);
  expect(text.split('\n')[0]).toBe('staging: data, api is sealed as release aaaaaaaaaaaa');
  expect(text).toContain('+ api/ApiLive (AWS::Lambda::Alias)');
  expect(text).toContain('api/Made (AWS::Lambda::Version), which stays in the account');
  expect(text).toContain('- api/Sub (replacement): it is made anew');
  expect(adoptionReport({ ...found, resources: [], removals: [], begun: true })).toBe(
    'staging: data, api is being adopted as release aaaaaaaaaaaa',
  );
});
