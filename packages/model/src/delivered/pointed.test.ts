import { describe, expect, it } from 'vitest';
import { pointedAt } from './pointed.ts';

const arn = { 'Fn::GetAtt': ['Api', 'Arn'] };

describe('an expression that names a function', () => {
  const component = { id: 'Api', alias: 'ApiLive', aliasName: 'live', exports: ['Shop:Api'] };
  const alias = { Ref: 'ApiLive' };
  it.each<[string, unknown, unknown]>([
    ['its ARN', arn, alias],
    ['its ARN in one text', { 'Fn::GetAtt': 'Api.Arn' }, alias],
    ['its name', { Ref: 'Api' }, alias],
    [
      'what another stack exports of it',
      { 'Fn::ImportValue': 'Shop:Api' },
      { 'Fn::Join': [':', [{ 'Fn::ImportValue': 'Shop:Api' }, 'live']] },
    ],
    [
      'its ARN in a path',
      { 'Fn::Join': ['', ['arn:x/', arn, '/invocations']] },
      { 'Fn::Join': ['', ['arn:x/', alias, '/invocations']] },
    ],
    [
      'its name in a text',
      { 'Fn::Join': ['', ['function:', { Ref: 'Api' }]] },
      { 'Fn::Join': ['', ['function:', { 'Fn::Join': [':', [{ Ref: 'Api' }, 'live']] }]] },
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own.
    ['a substitution', { 'Fn::Sub': 'f:${Api}/${Api.Arn}/${Apis}' }, { 'Fn::Sub': 'f:${Api}:live/${ApiLive}/${Apis}' }],
    [
      'a substitution with values',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own.
      { 'Fn::Sub': ['f:${F}', { F: { Ref: 'Api' } }] },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own.
      { 'Fn::Sub': ['f:${F}', { F: { 'Fn::Join': [':', [{ Ref: 'Api' }, 'live']] } }] },
    ],
  ])('names the alias instead: %s', (_what, before, after) => {
    expect(pointedAt(before, component)).toEqual(after);
    expect(pointedAt(after, component)).toBe(after);
  });

  it.each([
    { 'Fn::Join': [':', ['arn:x', 'function', { Ref: 'Api' }, 'live']] },
    { 'Fn::Join': ['', [arn, ':live/invocations']] },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own.
    { 'Fn::Sub': 'f:${Api}:live/${Api.Arn}:live' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own.
    { 'Fn::Sub': ['f:${F}:live', { F: { Ref: 'Api' } }] },
  ])('is the same one if its text has the alias already: %j', (value) => {
    expect(pointedAt(value, component)).toBe(value);
    expect(pointedAt(value, { ...component, aliasName: 'li' })).not.toBe(value);
  });

  it.each([
    { Ref: 'Apis' },
    { 'Fn::ImportValue': 'Shop:Apis' },
    { 'Fn::GetAtt': ['Api', 'Version'] },
    'Api',
    null,
    [{ Ref: 'X' }],
  ])('is the same one if it names another thing: %j', (value) => {
    expect(pointedAt(value, component)).toBe(value);
  });
});
