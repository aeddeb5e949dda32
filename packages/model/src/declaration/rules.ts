import { gateTitle } from '../gates/declared.ts';
import { namedAlike } from '../named-alike.ts';
import { awsNames } from '../names.ts';
import { stacksOf } from '../stacks/stacks-of.ts';
import type { Environment } from './shape.ts';

/** One thing wrong with a declaration, at a path inside it. */
export interface RuleViolation {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Rule {
  readonly name: string;
  readonly find: (environments: readonly Environment[]) => RuleViolation[];
}

const at = (index: number, ...rest: (string | number)[]) => ['environments', index, ...rest];

function duplicates(environments: readonly Environment[], key: 'name' | 'port', what: string): RuleViolation[] {
  return environments.flatMap((environment, index) => {
    const first = environments.findIndex((other) => other[key] === environment[key]);
    if (first === index) return [];
    return [
      {
        path: at(index, key),
        message: `${environment[key]} is already the ${what} of environments[${first}]; choose another`,
      },
    ];
  });
}

/** The named rules that a well-shaped declaration must also keep. Read it as a policy. */
export const rules: readonly Rule[] = [
  {
    name: 'a-gate-stands-once',
    find: (all) =>
      all.flatMap(({ gates }, index) =>
        gates.flatMap((one, position) =>
          gates.findIndex((other) => gateTitle(other) === gateTitle(one)) === position
            ? []
            : [
                {
                  path: at(index, 'gates', position),
                  message: `${gateTitle(one)} is among the gates already; remove one`,
                },
              ],
        ),
      ),
  },
  { name: 'names-are-unique', find: (all) => duplicates(all, 'name', 'name') },
  { name: 'ports-are-unique', find: (all) => duplicates(all, 'port', 'port') },
  {
    name: 'in-an-account-each-has-names-of-its-own',
    find: (all) =>
      all.flatMap(({ name, cloud: { account } }, index) => {
        const before = all.slice(0, index).filter((other) => other.cloud.account === account && other.name !== name);
        return before.flatMap((other) => {
          const what = namedAlike(name, other.name);
          if (what === null) return [];
          return [
            {
              path: at(index, 'name'),
              message: `${name} has the ${what} in account ${account}, and so has ${other.name}; choose another name, or another account`,
            },
          ];
        });
      }),
  },
  {
    name: 'a-stack-is-one-environments',
    find: (all) =>
      all.flatMap((environment, index) => {
        const { name, cloud } = environment;
        const ours = [...stacksOf(environment), awsNames(name).toolkitStack];
        return all
          .slice(0, index)
          .filter((other) => other.cloud.account === cloud.account && other.name !== name)
          .flatMap((other) => {
            const both = ours.find((stack) => [...stacksOf(other), awsNames(other.name).toolkitStack].includes(stack));
            if (both === undefined || namedAlike(name, other.name) !== null) return [];
            const message = `${name} has the stack ${both} in account ${cloud.account}, and so has ${other.name}; put {environment} into its name in service.yaml`;
            return [{ path: at(index, 'name'), message }];
          });
      }),
  },
  {
    name: 'one-account-is-one-cloud',
    find: (all) =>
      all.flatMap((environment, index) => {
        const first = all.findIndex((other) => other.cloud.account === environment.cloud.account);
        const same = all[first]?.cloud;
        if (
          !same ||
          (same.kind === environment.cloud.kind && (same.kind === 'real' || same.region === environment.cloud.region))
        )
          return [];
        return [
          {
            path: at(index, 'cloud'),
            message: `account ${environment.cloud.account} is declared differently in environments[${first}]; an account has one kind, and an emulated one a single region`,
          },
        ];
      }),
  },
  {
    name: 'the-role-is-in-the-account',
    find: (all) =>
      all.flatMap(({ cloud }, index) =>
        cloud.kind === 'real' && cloud.role.split(':')[4] !== cloud.account
          ? [{ path: at(index, 'cloud', 'role'), message: `${cloud.role} is not a role of account ${cloud.account}` }]
          : [],
      ),
  },
];
