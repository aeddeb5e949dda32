import { allowedServices } from '../packages/model/src/holdings/allowed-services.ts';
import type { AllowedType, Grant } from '../packages/model/src/holdings/allowed-type.ts';
import { allowedTypes } from '../packages/model/src/holdings/allowed-types.ts';

/** docs/reference/resource-types.md: what a service's stack may hold, and what that allows. */
export function resourceTypesPage(): string {
  const rows = Object.entries<AllowedType>(allowedTypes).map(
    ([type, row]) =>
      `| \`${type}\` | ${row.what} | ${named(row)} | ${actions(row.manage)} | ${actions(row.use)} | ${actions(row.control)} |`,
  );
  const services = allowedServices.map((action) => `\`${action}\``).join(', ');
  return `${head}${rows.join('\n')}\n\n## Services without resources\n\nA role's policy that states one of these actions may do it: ${services}.\n`;
}

function named({ name, of }: AllowedType): string {
  if (!name) return of ? `a part of its \`${of}\`` : '';
  const { property, otherwise } = name;
  if (otherwise === 'unknowable') return `\`${property}\`, required`;
  return otherwise === 'id' ? `\`${property}\`, or its id` : `\`${property}\`, or generated`;
}

const actions = (grants: readonly Grant[] = []): string =>
  [...new Set(grants.flatMap((grant) => grant.actions))].map((action) => `\`${action}\``).join(' ');

const head = `# Types of resources

Written by \`npm run schema\` from \`packages/model/src/holdings\`. The stack of a service may hold these types; \`release cut\` refuses any other. \`soundbite
bootstrap\` derives the policies of an environment from what the stack of a release holds: for each type what this table says, on the resources that bear
the stack's names, and nothing for a type that it does not hold. What a release needs beyond its bootstrap is refused before anything is touched, until
somebody bootstraps again ([0050](../decisions/0050-the-fence-follows-from-the-stack.md)).

* **name**: the property that names it. A generated name is \`<stack>-<logical id>-<random>\`, cut to AWS's length.
* **to manage it**: what CloudFormation may do, in this environment.
* **its use**: what the service's roles may do at most; a group of actions is given if a role's policy states one of them.
* **control plane**: what it does itself. Its lookup role reads, besides, whether each resource is there.

A managed policy has at most 6,144 characters: CloudFormation's role and the control plane's get as many as they need, up to ten. A stack for which the others are too long is refused
(\`holdings-too-many\`).

| type | what | name | to manage it | its use | control plane |
|---|---|---|---|---|---|
`;
