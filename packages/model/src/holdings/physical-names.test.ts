import { expect, it } from 'vitest';
import { includes } from '../template-permissions.ts';
import { generatedName } from './physical-names.ts';

const role = { by: 'stack', longest: 64 } as const;
const bucket = { by: 'stack', longest: 63, lower: true } as const;

/** Names that CloudFormation made on AWS, and, cut at their end, in emulated accounts. */
it.each([
  [
    role,
    'ChineseboostAnalyticsStack',
    'RainlyticsSummariesJobFunctionServiceRole7D1A',
    'ChineseboostAnalyticsStac-RainlyticsSummariesJobFun-UjecjFhpdr1d',
  ],
  [
    bucket,
    'ChineseboostAnalyticsStack',
    'RainlyticsLogsBucket8DF4A1B2',
    'chineseboostanalyticsstac-rainlyticslogsbucket8df4-hdst4ohfvdif',
  ],
  [
    { by: 'stack', longest: 512 } as const,
    'ChineseboostAnalyticsStack',
    'RainlyticsSummariesJobLogs1C6CB09C',
    'ChineseboostAnalyticsStack-RainlyticsSummariesJobLogs1C6CB09C-UJ5n2NwuSPZB',
  ],
  [
    role,
    'soundbite-dev-aws-deployed',
    'HandlerServiceRoleFCDC14AE',
    'soundbite-dev-aws-deployed-HandlerServiceRoleFCDC140F1E2D3C4B5A6',
  ],
  [bucket, 'soundbite-dev', 'Files', 'soundbite-dev-files-0f1e2d3c4b5a6'],
])('the pattern of a name matches what an account makes of it: %o %s %s', (naming, stack, id, made) => {
  expect(includes(generatedName(naming, stack, id) ?? '', made)).toBe(true);
});

it('is the whole of stack and id where they fit, so that it matches no other', () => {
  const pattern = generatedName(role, 'soundbite-dev', 'Handler886CB40B') ?? '';
  expect(pattern).toBe('soundbite-dev-Handler886CB40B-*');
  for (const other of ['soundbite-dev-aws-Handler886CB40B-0A1B2C3D4E5F', 'soundbite-dev-Other-0A1B2C3D4E5F'])
    expect(includes(pattern, other)).toBe(false);
});

it('is none where nothing in a name would tell whose it is', () => {
  expect(generatedName('unknowable', 'soundbite-dev', 'Secret')).toBeNull();
});
