import { type Digest, deployedParameters, type StackState } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { membersFinding, stackFinding } from './stack-finding.ts';

const release: Digest = `sha256:${'a'.repeat(64)}`;
const other: Digest = `sha256:${'b'.repeat(64)}`;
const recorded = { liveRelease: release, infrastructureRelease: release };
const stack = (changes: Partial<StackState>): StackState => ({
  status: 'UPDATE_COMPLETE',
  template: {},
  parameters: {},
  outputs: {},
  release,
  wayOut: null,
  ...changes,
});

describe('what is found of a stack', () => {
  it('is well when it is at rest and of the release that is recorded', () => {
    expect(stackFinding('staging', stack({}), recorded)).toEqual({ ok: true, detail: 'UPDATE_COMPLETE, aaaaaaaaaaaa' });
    expect(stackFinding('staging', null, { liveRelease: null, infrastructureRelease: null }).ok).toBe(true);
  });

  it.each([
    ['wedged', stack({ status: 'UPDATE_ROLLBACK_FAILED', wayOut: 'aws cloudformation …' }), 'aws cloudformation …'],
    ['in an operation', stack({ status: 'UPDATE_IN_PROGRESS' }), 'soundbite validate staging'],
    ['gone', null, 'soundbite repair staging'],
    ['of another release', stack({ release: other }), `soundbite promote staging --release ${release}`],
  ])('names the next command when it is %s', (_, found, hint) => {
    expect(stackFinding('staging', found, recorded)).toMatchObject({ ok: false, hint });
  });

  it('says what somebody deployed otherwise under the name of that release', () => {
    const released = { Resources: { Queue: { Type: 'AWS::SQS::Queue' }, Topic: { Type: 'AWS::SNS::Topic' } } };
    const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } };
    const has = { template: released, parameters: {} };
    expect(stackFinding('staging', stack(has), recorded, has).ok).toBe(true);
    expect(stackFinding('staging', stack({ template }), recorded, has)).toEqual({
      ok: false,
      detail: 'UPDATE_COMPLETE; somebody deployed aaaaaaaaaaaa with another template than it has (Topic)',
      hint: 'soundbite repair staging',
    });
  });

  it.each([
    ['one that a promotion gives', { CloudKind: 'emulated', Days: '7' }, 'CloudKind'],
    ['one of the template', { CloudKind: 'real', Days: '8' }, 'Days'],
    ['one less', { CloudKind: 'real' }, 'Days'],
  ])('says that somebody deployed it with %s otherwise', (_, parameters, named) => {
    const looked = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/version' };
    const template = {
      Parameters: { CloudKind: { Type: 'String' }, Days: { Type: 'Number', Default: 7 }, BootstrapVersion: looked },
    };
    const has = { template, parameters: deployedParameters(template, { CloudKind: 'real' }) };
    expect(stackFinding('staging', stack(has), recorded, has).ok).toBe(true);
    expect(stackFinding('staging', stack({ template, parameters }), recorded, has)).toEqual({
      ok: false,
      detail: `UPDATE_COMPLETE; somebody deployed aaaaaaaaaaaa with other parameters than a promotion gives (${named})`,
      hint: 'soundbite repair staging',
    });
  });

  it('says which release it is of, and of which it should be', () => {
    expect(stackFinding('staging', stack({ release: other }), recorded).detail).toBe(
      'UPDATE_COMPLETE, of bbbbbbbbbbbb; the recorded infrastructure is of aaaaaaaaaaaa',
    );
  });
});

describe('what is found of the resources of a stack', () => {
  it('is well when all are there, and names what somebody deleted with the way out', () => {
    expect(membersFinding('staging', []).ok).toBe(true);
    expect(
      membersFinding('staging', [{ id: 'Queue', type: 'AWS::SQS::Queue', physicalId: 'https://sqs/jobs' }]),
    ).toEqual({ ok: false, detail: 'somebody deleted Queue (https://sqs/jobs)', hint: 'soundbite repair staging' });
  });
});
