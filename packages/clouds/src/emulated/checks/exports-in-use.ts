import { strict as assert } from 'node:assert';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { type Check, eventually } from './check.ts';

const [exporting, importing, name] = ['exporting', 'importing', 'exporting:Value'];
const parameter = (Value: unknown) => ({ Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value } });
/** A stack whose one parameter has this value, which it exports under these names. */
const exported = (value: string, ...names: string[]) => ({
  Resources: { Parameter: parameter(value) },
  Outputs: Object.fromEntries(names.map((Name, at) => [`Out${at}`, { Value: value, Export: { Name } }])),
});

export const exportsInUse: Check = {
  correction: 'exports_in_use',
  title:
    'an update neither takes away nor changes what another stack imports; what none imports is gone with its output',
  failsWithout: /an export in use stays/,
  async holds({ config }) {
    const cloudformation = new CloudFormationClient(config);
    /** Brings a stack to a template; how it stands then, and why it went back. */
    const bring = async (StackName: string, template: object, isNew = false) => {
      const request = { StackName, TemplateBody: JSON.stringify(template) };
      await cloudformation.send(isNew ? new CreateStackCommand(request) : new UpdateStackCommand(request));
      const status = await eventually(`the end of ${StackName}`, async () => {
        const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
        return Stacks?.[0]?.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : Stacks?.[0]?.StackStatus;
      });
      const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName }));
      const back = StackEvents.find(({ ResourceStatus }) => ResourceStatus?.endsWith('ROLLBACK_IN_PROGRESS'));
      const isFailure = StackEvents.some(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED');
      return { status, back: back?.ResourceStatusReason, isFailure };
    };
    const names = async () => {
      const { Exports = [] } = await cloudformation.send(new ListExportsCommand({}));
      return Exports.map((one) => one.Name).filter((one) => one?.startsWith(exporting));
    };
    await bring(exporting, exported('a', name, `${name}2`), true);
    await bring(importing, { Resources: { Parameter: parameter({ 'Fn::ImportValue': name }) } }, true);

    const refused = { status: 'UPDATE_ROLLBACK_COMPLETE', isFailure: false };
    const why = (change: string) => `Export ${name} cannot be ${change} as it is in use by ${importing}`;
    assert.deepEqual(
      await bring(exporting, exported('a', `${name}2`)),
      { ...refused, back: why('deleted') },
      'an export in use stays',
    );
    assert.deepEqual(await bring(exporting, exported('b', name, `${name}2`)), { ...refused, back: why('updated') });
    assert.deepEqual(await names(), [name, `${name}2`]);
    const again = await bring('exporting-too', exported('a', name), true);
    assert.equal(again.status, 'ROLLBACK_COMPLETE', 'an account knows each name once');
    assert.equal(again.back, `Export with name ${name} is already exported by stack ${exporting}`);

    assert.equal((await bring(importing, { Resources: { Parameter: parameter('none') } })).status, 'UPDATE_COMPLETE');
    assert.equal((await bring(exporting, exported('b', `${name}2`))).status, 'UPDATE_COMPLETE', 'one in no use goes');
    assert.deepEqual(await names(), [`${name}2`], 'and is forgotten');
  },
};
