import { describe, expect, it } from 'vitest';
import { removals } from './template-changes.ts';
import { type Any, after, type Base, base, idsAfter, workerStatements } from './testing/template.ts';

describe('removals of permissions', () => {
  it('names the role and the action, and says where', () => {
    const found = after((t) => {
      (workerStatements(t)[0] as Any).Action = ['s3:GetObject'];
    });
    expect(found).toEqual([
      {
        id: 'WorkerRole/s3:PutObject',
        what: 'permission',
        detail: `s3:PutObject is no longer allowed on \${Bucket.Arn}/bills/*, \${Bucket.Arn}/rehearsal/*`,
      },
    ]);
  });

  it.each<[string, (t: Base) => void, string[]]>([
    [
      'a narrower resource',
      (t) => {
        (workerStatements(t)[1] as Any).Resource = 'arn:aws:ses:::identity/a';
      },
      ['WorkerRole/ses:SendEmail permission'],
    ],
    [
      'a condition',
      (t) => {
        (workerStatements(t)[1] as Any).Condition = { Bool: { 'aws:SecureTransport': 'true' } };
      },
      ['WorkerRole/ses:SendEmail permission'],
    ],
    [
      'a denial',
      (t) => {
        workerStatements(t).push({ Effect: 'Deny', Action: 's3:PutObject', Resource: '*' });
      },
      ['WorkerRole/deny:s3:PutObject permission'],
    ],
    [
      'a wider denial in a bucket policy',
      (t) => {
        delete (t.Resources.BucketPolicy.Properties.PolicyDocument.Statement[0] as Any).Condition;
      },
      ['Bucket/deny:s3:* permission'],
    ],
    [
      'who may assume the role',
      (t) => {
        t.Resources.WorkerRole.Properties.AssumeRolePolicyDocument.Statement = [];
      },
      ['WorkerRole/sts:AssumeRole permission'],
    ],
    [
      'a boundary',
      (t) => {
        (t.Resources.WorkerRole.Properties as Any).PermissionsBoundary = 'arn:b';
      },
      ['WorkerRole/PermissionsBoundary permission'],
    ],
    [
      'a NotAction in place of an action',
      (t) => {
        const s = workerStatements(t)[1] as Any;
        delete s.Action;
        s.NotAction = ['iam:*'];
      },
      ['WorkerRole/ses:SendEmail permission'],
    ],
  ])('names %s', (_name, change, expected) => {
    expect(idsAfter(change as never)).toEqual(expected);
  });

  it.each<[string, (t: Base) => void]>([
    [
      'a wider action',
      (t) => {
        (workerStatements(t)[0] as Any).Action = 's3:*Object';
      },
    ],
    [
      'a wider resource',
      (t) => {
        (workerStatements(t)[0] as Any).Resource = { 'Fn::Sub': `\${Bucket.Arn}/*` };
      },
    ],
    [
      'another case',
      (t) => {
        (workerStatements(t)[1] as Any).Action = 'Ses:sendemail';
      },
    ],
    [
      'another spelling of an ARN',
      (t) => {
        (workerStatements(t)[0] as Any).Resource = [
          { 'Fn::Sub': `\${Bucket.Arn}/bills/*` },
          { 'Fn::Sub': `\${Bucket.Arn}/rehearsal/*` },
        ];
      },
    ],
    [
      'statements split in two',
      (t) => {
        const [s] = workerStatements(t);
        workerStatements(t).splice(0, 1, { ...s, Action: 's3:GetObject' }, { ...s, Action: 's3:PutObject' });
      },
    ],
    [
      'a policy of its own',
      (t) => {
        const statements = workerStatements(t);
        const [s] = statements.splice(1, 1);
        (t.Resources as Any).Own = {
          Type: 'AWS::IAM::Policy',
          Properties: { Roles: [{ Ref: 'WorkerRole' }], PolicyDocument: { Statement: s } },
        };
      },
    ],
    [
      'a managed policy',
      (t) => {
        const statements = workerStatements(t);
        const [s] = statements.splice(1, 1);
        (t.Resources as Any).Managed = {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: { PolicyDocument: { Statement: [s] } },
        };
        (t.Resources.WorkerRole.Properties as Any).ManagedPolicyArns = [{ Ref: 'Managed' }];
      },
    ],
  ])('accepts %s', (_name, change) => {
    expect(after(change as never)).toEqual([]);
  });

  it('sees a narrower wildcard as a removal: what it left out may be in use', () => {
    const wide = base();
    (workerStatements(wide)[0] as Any).Action = 's3:*';
    expect(removals(wide, base()).map(({ id }) => id)).toEqual(['WorkerRole/s3:*']);
  });
});
