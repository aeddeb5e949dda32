import { type CloudAccess, combinedId, stacksOf, type Target } from '@soundbite/model';
import { withCloudFormation } from '../infrastructure/client.ts';
import { membersOf } from '../infrastructure/members.ts';
import { isDenied } from './retry.ts';

/** Types of which `Ref` is the physical id, and to which a function's configuration refers. */
const referred: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::Table',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
]);

/** By logical id, of all stacks. */
export type StackNames = Readonly<Record<string, string>>;

/** What `Ref` gives of a stack's resources, by CloudFormation's own list. Read once for each target; one that may not be read names nothing. */
export function stackNames() {
  const known = new WeakMap<Target, Promise<StackNames>>();
  return (target: Target, access: CloudAccess): Promise<StackNames> => {
    const found = known.get(target) ?? read(target, access);
    known.set(target, found);
    found.catch(() => known.delete(target));
    return found;
  };
}

async function read({ environment }: Target, access: CloudAccess): Promise<StackNames> {
  const stacks = stacksOf(environment);
  try {
    const names = await withCloudFormation(access, (client) =>
      Promise.all(
        stacks.map(async (stack) => {
          const members = await membersOf(client, stack);
          return members.flatMap(({ id, type, physicalId }) =>
            referred.has(type) ? [[combinedId(stacks, stack, id), physicalId] as const] : [],
          );
        }),
      ),
    );
    return Object.fromEntries(names.flat());
  } catch (error) {
    if (isDenied(error)) return {};
    throw error;
  }
}
