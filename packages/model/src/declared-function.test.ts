import { describe, expect, it } from 'vitest';
import { declaredCodeKey, declaredFunction, functionDifferences, toldFunction } from './declared-function.ts';

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

describe('a function whose name CloudFormation made', () => {
  const generated = { ...values, names: { Fn: 'stack-Fn-x', Other: 'stack-Other-y' }, stack: 'soundbite-dev' };
  const of = (properties: object, more: object = {}) => ({
    ...more,
    Resources: {
      Fn: { Type: 'AWS::Lambda::Function', Properties: { Handler: 'app.handler', ...properties } },
      Other: { Type: 'AWS::Lambda::Function', Properties: { Handler: 'app.other' } },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
      Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: {} },
      Role: { Type: 'AWS::IAM::Role', Properties: {} },
    },
  });
  const declaredAs = (properties: object, more?: object) =>
    declaredFunction(of(properties, more), 'stack-Fn-x', generated) ?? new Map();
  const toldAs = (told: object) => toldFunction('stack-Fn-x', { Handler: 'app.handler', ...told });

  it('is found by its logical id, with its code', () => {
    expect(declaredFunction(of({}), 'stack-Other-y', generated)?.get('Handler')).toBe('app.other');
    expect(declaredFunction(of({}), 'stack-Third-z', generated)).toBeNull();
    expect(declaredFunction(of({}), 'stack-Fn-x', values)).toBeNull();
    const code = { Code: { S3Bucket: 'assets', S3Key: 'code.zip' } };
    expect(declaredCodeKey(of(code), 'stack-Fn-x', generated)).toBe('code.zip');
    // The name that a template gives counts, whatever else is said.
    expect(declaredFunction(of({ FunctionName: 'own' }), 'stack-Fn-x', generated)).toBeNull();
  });

  it('is not doubted for what refers to other generated names, and is for what it can be held to', () => {
    const refers = {
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Layers: [{ Ref: 'Layer' }],
      FileSystemConfigs: [{ Arn: { 'Fn::GetAtt': ['Point', 'Arn'] }, LocalMountPath: '/mnt/a' }],
      VpcConfig: { SubnetIds: [{ Ref: 'Subnet' }], SecurityGroupIds: [{ 'Fn::ImportValue': 'x' }] },
      LoggingConfig: { LogGroup: { Ref: 'Logs' } },
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
      Environment: { Variables: { TABLE: { Ref: 'Table' }, NEXT: { Ref: 'Other' }, STACK: { Ref: 'AWS::StackName' } } },
    };
    const told = {
      Role: 'arn:aws:iam::1:role/stack-Role-z',
      Layers: [{ Arn: 'arn:aws:lambda:layer:1' }],
      FileSystemConfigs: [{ Arn: 'arn:aws:elasticfilesystem:x', LocalMountPath: '/mnt/a' }],
      VpcConfig: { SubnetIds: ['s-1'], SecurityGroupIds: ['g-1'] },
      LoggingConfig: { LogGroup: '/generated', LogFormat: 'Text' },
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:x' },
      Environment: { Variables: { TABLE: 'stack-Table-z', NEXT: 'stack-Other-y', STACK: 'soundbite-dev' } },
    };
    expect(functionDifferences(declaredAs(refers), toldAs(told))).toEqual([]);
    const changed = { ...told, Layers: [], Environment: { Variables: { TABLE: 'x', NEXT: 'elsewhere', STACK: 'y' } } };
    expect(functionDifferences(declaredAs(refers), toldAs(changed))).toEqual([
      'Environment.NEXT is not what the release declares',
      'Environment.STACK is not what the release declares',
      'Layers is not set',
    ]);
  });

  it('is held to the roles, tables and queues whose generated names are known', () => {
    const names = { ...generated.names, Role: 'stack-Role-z', Table: 'stack-Table-z', Layer: 'arn:layer:1' };
    const refers = {
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Layers: [{ Ref: 'Layer' }],
      Environment: { Variables: { TABLE: { Ref: 'Table' }, ARN: { 'Fn::GetAtt': ['Table', 'Arn'] } } },
    };
    const declared = declaredFunction(of(refers), 'stack-Fn-x', { ...generated, names }) ?? new Map();
    const told = (role: string, layer: string, table: string) =>
      toldAs({
        Role: `arn:aws-cn:iam::123456789012:role/${role}`,
        Layers: [{ Arn: layer }],
        Environment: {
          Variables: { TABLE: table, ARN: `arn:aws-cn:dynamodb:eu-central-1:123456789012:table/${table}` },
        },
      });
    expect(functionDifferences(declared, told('stack-Role-z', 'arn:layer:1', 'stack-Table-z'))).toEqual([]);
    expect(
      functionDifferences(declared, told('other', 'arn:layer:2', 'other')).map((one) => one.split(' ')[0]),
    ).toEqual(['Environment.ARN', 'Environment.TABLE', 'Layers', 'Role']);
  });

  it.each<[string, unknown, unknown]>([
    [
      'its own ARN',
      { 'Fn::GetAtt': ['Other', 'Arn'] },
      'arn:aws-cn:lambda:eu-central-1:123456789012:function:stack-Other-y',
    ],
    ['in a text', { 'Fn::Sub': `\${Other}/\${AWS::StackName}` }, 'stack-Other-y/soundbite-dev'],
    ['the default of a parameter', { Ref: 'Size' }, 'large'],
    ['a condition that holds', { 'Fn::If': ['IsLarge', 'yes', { Ref: 'Table' }] }, 'yes'],
    ['a condition that does not', { 'Fn::If': ['IsSmall', 'yes', 'no'] }, 'no'],
    ['nothing', { 'Fn::If': ['IsSmall', 'yes', { Ref: 'AWS::NoValue' }] }, undefined],
  ])('computes %s', (_what, expression, value) => {
    const more = {
      Parameters: { Size: { Type: 'String', Default: 'large' } },
      Conditions: {
        IsLarge: {
          'Fn::And': [{ 'Fn::Equals': [{ Ref: 'Size' }, 'large'] }, { 'Fn::Not': [{ Condition: 'IsSmall' }] }],
        },
        IsSmall: { 'Fn::Or': [{ 'Fn::Equals': [{ Ref: 'Size' }, 'small'] }, { 'Fn::Equals': ['a', 'b'] }] },
      },
    };
    expect(declaredAs({ Environment: { Variables: { A: expression } } }, more).get('Environment.A')).toBe(value);
  });

  it('may have anything or nothing where a condition cannot be decided', () => {
    const more = { Conditions: { Unclear: { 'Fn::Equals': [{ Ref: 'Table' }, 'x'] }, Round: { Condition: 'Round' } } };
    const either = (condition: string) => ({ 'Fn::If': [condition, { SubnetIds: ['s-1'] }, { Ref: 'AWS::NoValue' }] });
    for (const condition of ['Unclear', 'Round', 'Absent']) {
      const declared = declaredAs({ VpcConfig: either(condition), Environment: either(condition) }, more);
      expect(functionDifferences(declared, toldAs({}))).toEqual([]);
      const found = { VpcConfig: { SubnetIds: ['s-2'] }, Environment: { Variables: { A: 'x' } } };
      expect(functionDifferences(declared, toldAs(found))).toEqual([]);
    }
  });
});
