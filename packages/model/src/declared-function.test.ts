import { describe, expect, it } from 'vitest';
import { declaredFunction, functionDifferences, toldFunction } from './declared-function.ts';

const values = {
  parameters: { ReleaseDigest: 'sha256:x' },
  outputs: { TableName: 'table-7', RoleArn: 'arn:aws:iam::1:role/r' },
  account: '123456789012',
  region: 'eu-central-1',
  partition: 'aws-cn',
};
const template = (properties: object) => ({
  Resources: {
    Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'fn', Handler: 'index.api', ...properties } },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/own' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
  },
  Outputs: { TableName: { Value: { Ref: 'Table' } }, RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
});
const variable = (expression: unknown) =>
  declaredFunction(template({ Environment: { Variables: { A: expression } } }), 'fn', values)?.get('Environment.A');

describe('what a template declares for a function', () => {
  it.each<[unknown, unknown]>([
    ['text', 'text'],
    [7, '7'],
    [{ Ref: 'ReleaseDigest' }, 'sha256:x'],
    [{ Ref: 'Table' }, 'table-7'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::1:role/r'],
    [{ Ref: 'Logs' }, '/own'],
    [{ 'Fn::Join': ['/', ['a', { Ref: 'Table' }, { Ref: 'AWS::Region' }]] }, 'a/table-7/eu-central-1'],
    [
      { 'Fn::Sub': `arn:\${AWS::Partition}:x:\${AWS::AccountId}:\${Table}:\${Role.Arn}:\${!kept}` },
      `arn:aws-cn:x:123456789012:table-7:arn:aws:iam::1:role/r:\${kept}`,
    ],
  ])('computes %j', (expression, value) => {
    expect(variable(expression)).toBe(value);
  });

  it('knows AWS’s defaults, so that what is declared and what is told compare', () => {
    const declared = declaredFunction(template({ Role: { 'Fn::GetAtt': ['Role', 'Arn'] } }), 'fn', values);
    const told = toldFunction('fn', {
      FunctionName: 'fn',
      Handler: 'index.api',
      Role: 'arn:aws:iam::1:role/r',
      MemorySize: 128,
      Timeout: 3,
      Architectures: ['x86_64'],
      PackageType: 'Zip',
      EphemeralStorage: { Size: 512 },
      TracingConfig: { Mode: 'PassThrough' },
      VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: '' },
      Layers: [],
      KMSKeyArn: '',
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/fn' },
      Description: 'anything',
      LastModified: 'any time',
    });
    expect(declared && functionDifferences(declared, told)).toEqual([]);
  });

  it('has none for a function that the template does not name', () => {
    expect(declaredFunction(template({}), 'other', values)).toBeNull();
    expect(declaredFunction('no template', 'fn', values)).toBeNull();
  });

  it('is held to be there, not to be equal, where it cannot be computed', () => {
    const declared = declaredFunction(template({ Environment: { Variables: { A: { Ref: 'Topic' } } } }), 'fn', values);
    const told = (variables: object) =>
      toldFunction('fn', { Handler: 'index.api', Environment: { Variables: variables } });
    expect(declared && functionDifferences(declared, told({ A: 'arn:topic' }))).toEqual([]);
    expect(declared && functionDifferences(declared, told({}))).toEqual(['Environment.A is not set']);
  });

  it('shows no value of a variable: it may be secret', () => {
    const declared = declaredFunction(template({ Environment: { Variables: { A: 'declared' } } }), 'fn', values);
    const told = toldFunction('fn', { Handler: 'x', Environment: { Variables: { A: 'found', B: 'added' } } });
    expect(declared && functionDifferences(declared, told)).toEqual([
      'Environment.A is not what the release declares',
      'Environment.B is set, and the release declares none',
      'Handler is "x", and the release declares "index.api"',
    ]);
  });
});
