import { describe, expect, it } from 'vitest';
import { environmentsIn, problems, realCloudText, small } from './testing/given.ts';

describe('overrides', () => {
  const authorized = small.replace(
    'watch: { seconds: 5 }',
    'watch: { seconds: 5 }\n    authorizer: { issuer: "https://id.example.com", audience: [soundbite] }',
  );
  const cloud = {
    kind: 'real',
    account: '123456789012',
    region: 'eu-central-1',
    role: 'arn:aws:iam::123456789012:role/controller',
  };

  it('change the cloud of an environment, and nothing else', () => {
    const before = environmentsIn({ text: authorized });
    const after = environmentsIn({
      text: authorized,
      local: `environments:\n  second:\n    cloud: { ${realCloudText} }\n`,
    });
    expect(after).toEqual([before[0], { ...before[1], cloud }]);
  });

  it('come from variables too', () => {
    const [first] = environmentsIn({ variables: { SOUNDBITE_CLOUD_FIRST: JSON.stringify(cloud) } });
    expect(first?.cloud).toEqual(cloud);
  });

  it('may be a file without any', () => {
    expect(environmentsIn({ local: '# none yet\n' })).toEqual(environmentsIn({}));
    expect(environmentsIn({ local: 'environments:\n' })).toEqual(environmentsIn({}));
  });

  it('given twice are refused, and both places are named', () => {
    const local = `environments: { first: { cloud: { ${realCloudText} } } }`;
    expect(problems({ local, variables: { SOUNDBITE_CLOUD_FIRST: JSON.stringify(cloud) } })).toEqual([
      'SOUNDBITE_CLOUD_FIRST:1 first is overridden twice, first by environments.local.yaml; remove one',
    ]);
    expect(
      problems({
        local: `environments:\n  first: { cloud: { ${realCloudText} } }\n  first: { cloud: { ${realCloudText} } }\n`,
      }),
    ).toEqual(['environments.local.yaml:3 first is given twice; remove one']);
  });

  it.each([
    [
      'an unknown environment',
      { SOUNDBITE_CLOUD_DEV_AWS: JSON.stringify(cloud) },
      'SOUNDBITE_CLOUD_DEV_AWS:1 no environment named "dev-aws" is declared',
    ],
    ['what is not a cloud', { SOUNDBITE_CLOUD_FIRST: 'real' }, 'SOUNDBITE_CLOUD_FIRST:1 must be a map, not "real"'],
    [
      'a cloud that lacks something',
      { SOUNDBITE_CLOUD_FIRST: '{"kind":"emulated","account":"000000000001"}' },
      'SOUNDBITE_CLOUD_FIRST:1 region: is missing; it must be a text',
    ],
  ])('in a variable name %s', (_what, variables, expected) => {
    expect(problems({ variables: variables as unknown as Record<string, string> })).toEqual([expected]);
  });

  it('may not touch anything but the cloud', () => {
    expect(problems({ local: `environments:\n  first:\n    cloud: { ${realCloudText} }\n    watch: 0\n` })).toEqual([
      'environments.local.yaml:4 environments.first.watch: is not a known key; an override changes `cloud` only',
    ]);
  });
});
