import { awsNames, bootstrapTemplate, noHoldings } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { declaration, templateOf } from './testing.ts';
import { allStacks, shortExpression } from './testing-stacks.ts';

const { shop, declared, environments, templates, resources, properties } = allStacks();

const data = [
  'Table',
  'Bucket',
  'BucketPolicy',
  'DeadLetters',
  'DeadLettersPolicy',
  'Queue',
  'QueuePolicy',
  'WebhookSecret',
  'ApiRole',
  'WorkerRole',
];
const watching = ['AlarmTopic', 'AlarmTopicPolicy', 'QueueAgeAlarm', 'DeadLettersAlarm', 'Dashboard'];

describe('every stack', () => {
  it.each(environments)('%s names no account, no region and no release', (name) => {
    const text = JSON.stringify(templates[name]);
    expect(text).not.toMatch(/(?<![0-9a-f])\d{12}(?![0-9a-f])/);
    expect(text).not.toMatch(/\b(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d\b/);
    expect(text).not.toMatch(/sha256:[0-9a-f]{64}/);
    for (const { cloud } of declared.environments) {
      expect(text).not.toContain(cloud.account);
      expect(text).not.toContain(cloud.region);
    }
  });

  it.each(environments)('%s takes exactly the two parameters, without defaults', (name) => {
    const { BootstrapVersion: _ours, ...parameters } = templates[name]?.Parameters ?? {};
    expect(parameters).toEqual({
      ReleaseDigest: { Type: 'String', AllowedPattern: '^sha256:[0-9a-f]{64}$', Description: expect.any(String) },
      CloudKind: { Type: 'String', AllowedValues: ['emulated', 'real'], Description: expect.any(String) },
    });
  });

  it.each(environments)('%s records the release, so that its change alone is a change', (name) => {
    expect(properties(name, 'InfrastructureRelease')).toMatchObject({
      Name: `/soundbite/${name}/infrastructure-release`,
      Value: { Ref: 'ReleaseDigest' },
    });
  });

  it.each(environments)('%s tags what it costs with the environment', (name) => {
    const tagged = { Key: 'soundbite:environment', Value: name };
    for (const id of ['Table', 'Bucket', 'Queue', 'WebhookSecret', 'ApiRole']) {
      expect(properties(name, id).Tags).toContainEqual(tagged);
    }
    expect(properties(name, 'Table').Tags).toContainEqual({ Key: 'soundbite:concern', Value: 'data' });
  });

  it.each(environments)('%s keeps the design of the table', (name) => {
    const table = properties(name, 'Table');
    expect(table).toMatchObject({
      TableName: `soundbite-${name}`,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    expect(table.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'lists',
        KeySchema: [
          { AttributeName: 'list', KeyType: 'HASH' },
          { AttributeName: 'order', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ]);
  });

  it('expires audio after two retentions and rehearsals after a day', () => {
    const rules = properties('staging', 'Bucket').LifecycleConfiguration.Rules;
    expect(rules.map((rule: Record<string, unknown>) => [rule.Prefix, rule.ExpirationInDays])).toEqual([
      ['audio/', 29],
      ['rehearsal/', 1],
      [undefined, undefined],
    ]);
  });

  it.each(environments)(
    '%s lets nobody read the bucket, and nobody without TLS use bucket, queues and topic',
    (name) => {
      expect(properties(name, 'Bucket').PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      for (const id of ['BucketPolicy', 'QueuePolicy', 'DeadLettersPolicy', 'AlarmTopicPolicy']) {
        expect(properties(name, id).PolicyDocument.Statement).toContainEqual(
          expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        );
      }
    },
  );

  it.each(environments)('%s gives a job six times its time before it is tried again, five times in all', (name) => {
    expect(properties(name, 'Queue')).toMatchObject({
      QueueName: `soundbite-${name}-jobs`,
      VisibilityTimeout: 6 * 40,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 5 },
    });
    expect(properties(name, 'DeadLetters')).toMatchObject({
      QueueName: `soundbite-${name}-dead-letters`,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  it.each(environments)('%s bounds both roles by what the bootstrap allows', (name) => {
    for (const id of ['ApiRole', 'WorkerRole']) {
      expect(shortExpression(properties(name, id).PermissionsBoundary)).toBe(
        `arn:AWS::Partition:iam::AWS::AccountId:policy/soundbite-${name}-boundary`,
      );
    }
  });

  it.each(environments)('%s is deployed through roles of its own', async (name) => {
    const assembly = (await shop.app(name)).synth();
    const { assumeRoleArn, cloudFormationExecutionRoleArn } = assembly.getStackByName(awsNames(name).stack);
    const { qualifier } = awsNames(name);
    expect(assumeRoleArn).toContain(`role/cdk-${qualifier}-deploy-role-`);
    expect(cloudFormationExecutionRoleArn).toContain(`role/cdk-${qualifier}-cfn-exec-role-`);
    // The bootstrap makes the roles under these very names.
    const bootstrap = JSON.stringify(
      bootstrapTemplate(declared.environments[environments.indexOf(name)] as never, noHoldings),
    );
    for (const role of ['deploy', 'cfn-exec', 'file-publishing', 'lookup'])
      expect(bootstrap).toContain(`cdk-${qualifier}-${role}-role-`);
    expect(bootstrap).toContain(`cdk-${qualifier}-assets-`);
    expect(bootstrap).toContain(`/cdk-bootstrap/${qualifier}/version`);
  });
});

describe('data only', () => {
  it('holds the data, the two roles and what watches the queue, and no service', () => {
    for (const name of ['dev-localstack', 'dev-aws']) {
      expect(Object.keys(resources(name)).sort()).toEqual([...data, ...watching, 'InfrastructureRelease'].sort());
    }
  });

  it('trusts the controller of the environment alone with its roles', () => {
    for (const id of ['ApiRole', 'WorkerRole']) {
      const [statement, ...more] = properties('dev-aws', id).AssumeRolePolicyDocument.Statement;
      expect(more).toEqual([]);
      expect(statement.Action).toBe('sts:AssumeRole');
      expect(shortExpression(statement.Principal.AWS)).toBe(
        'arn:AWS::Partition:iam::AWS::AccountId:role/soundbite-dev-aws-controller',
      );
    }
  });

  it('lets no one speak by Polly where Flite speaks', () => {
    expect(JSON.stringify(resources('dev-aws'))).not.toContain('polly');
  });
});

describe('protection', () => {
  const kept = ['Table', 'Bucket', 'Queue', 'DeadLetters', 'WebhookSecret', 'ApiLogs', 'WorkerLogs', 'AccessLogs'];

  it('keeps the data of production when its stack goes, but not of a first create that failed', () => {
    for (const id of kept) expect(resources('production')[id]?.DeletionPolicy).toBe('RetainExceptOnCreate');
    for (const id of kept) expect(resources('staging')[id]?.DeletionPolicy).toBe('Delete');
    expect(properties('production', 'Table').DeletionProtectionEnabled).toBe(true);
    expect(properties('staging', 'Table').DeletionProtectionEnabled).toBe(false);
  });

  it('protects the stack of production from its end, and no other', async () => {
    for (const name of environments) {
      const stack = (await shop.app(name)).synth().getStackByName(awsNames(name).stack);
      expect(stack.terminationProtection).toBe(name === 'production');
    }
  });
});

describe('the cloud', () => {
  const authorizer = '    authorizer: { issuer: "https://id.example", audience: [soundbite] }\n';
  const withAuthorizer = () => declaration((text) => text.replace('    port: 8104\n', `    port: 8104\n${authorizer}`));

  it('stands under one condition with what an emulated account refuses, and nothing else does', async () => {
    const template = templateOf(await shop.app('staging', withAuthorizer()), 'staging');
    expect(template.Conditions).toEqual({ RealCloud: { 'Fn::Equals': [{ Ref: 'CloudKind' }, 'real'] } });
    const conditional = Object.entries(template.Resources ?? {}).filter(([, { Condition }]) => Condition);
    expect(conditional.map(([id, { Condition }]) => `${id} ${Condition}`)).toEqual([
      'Authorizer RealCloud',
      'AnyAlarm RealCloud',
    ]);
  });

  it('asks for a token on a real cloud, when an authorizer is declared', async () => {
    const template = templateOf(await shop.app('staging', withAuthorizer()), 'staging');
    expect(template.Resources?.Authorizer?.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://id.example', Audience: ['soundbite'] },
    });
    expect(template.Resources?.HttpRoute?.Properties).toMatchObject({
      AuthorizationType: { 'Fn::If': ['RealCloud', 'JWT', 'NONE'] },
      AuthorizerId: { 'Fn::If': ['RealCloud', { Ref: 'Authorizer' }, { Ref: 'AWS::NoValue' }] },
    });
    expect(resources('staging').Authorizer).toBeUndefined();
  });

  it('does not show in any template: a declaration for other accounts gives the same', async () => {
    const elsewhere = declaration((text) =>
      text.replaceAll('000000000003', '210987654321').replaceAll('region: us-east-1', 'region: eu-central-1'),
    );
    for (const name of environments) {
      expect(templateOf(await shop.app(name, elsewhere), name)).toEqual(templates[name]);
    }
  });
});

describe('a synthesis that cannot be', () => {
  it('names the environment that is not declared', async () => {
    const [first] = declared.environments;
    await expect(shop.app('production', { ...declared, environments: first ? [first] : [] })).rejects.toMatchObject({
      code: 'environment-unknown',
      message: 'production is not declared; declared are dev-localstack',
    });
  });

  it('names the runtime that a file in bin/ is not written for', async () => {
    const changed = declaration((text) =>
      text.replace('    runtime: process\n    port: 8102', '    runtime: aws\n    port: 8102'),
    );
    await expect(shop.app('dev-aws', changed)).rejects.toMatchObject({ code: 'runtime-mismatch' });
  });
});
