import type { InspectedFunction, Inspection } from '../inspect/inspection.ts';

/** What a repository says of the service besides its app's assembly. */
export interface Repository {
  /** As package.json or the directory calls it. */
  readonly name: string;
  /** The words of cdk.json's `app`. */
  readonly app: readonly string[];
  /** Files and directories of which a release is made. */
  readonly inputs: readonly string[];
}

/** The first declarations of a service, and what they leave out. */
export interface FirstDeclarations {
  readonly service: string;
  readonly environments: string;
  /** Functions that no version of this can promote, and why; they are deployed as they are. */
  readonly left: readonly { readonly path: string; readonly why: readonly string[] }[];
}

/**
 * service.yaml and environments.yaml for an app, from what `inspect` finds in its assembly: all functions that can be promoted, those that users reach by HTTP last,
 * since what takes messages comes before what sends them; a first environment and `production`, each in an emulated account. Pure.
 */
export function firstDeclarations(inspection: Inspection, repository: Repository): FirstDeclarations {
  const fit = inspection.functions.filter(({ promotable }) => promotable).toSorted((a, b) => rank(a) - rank(b));
  const names = namesOf(fit);
  const components = fit.map(({ path }, index) => `  - { name: ${names[index]}, function: ${quoted(path)} }`);
  const left = inspection.functions.filter(({ promotable }) => !promotable);
  return {
    service: serviceText(repository, inspection.stacks, components),
    environments: environmentsText,
    left: left.map(({ path, prevents, triggers }) => ({
      path,
      why: [
        ...prevents,
        ...triggers.filter(({ verdict }) => verdict === 'refused').map((one) => `${one.path} ${one.reason}`),
      ],
    })),
  };
}

const rank = ({ triggers }: InspectedFunction): number =>
  triggers.some(({ kind }) => kind === 'http-api' || kind === 'function-url') ? 1 : 0;

/** `OrdersApi/Worker` is the worker; where two end alike, a number follows. */
function namesOf(functions: readonly InspectedFunction[]): readonly string[] {
  const given: string[] = [];
  for (const { path } of functions) {
    const name = slug(path.split('/').at(-1) ?? path, 'function').slice(0, 28);
    const same = given.filter((one) => one === name || one.startsWith(`${name}-`)).length;
    given.push(same === 0 ? name : `${name}-${same + 1}`);
  }
  return given;
}

/** `OrderWorker` → `order-worker`: what a declaration takes as a name; `otherwise` where nothing is left. */
function slug(text: string, otherwise: string): string {
  const name = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '');
  return name || otherwise;
}

/** What service.yaml takes as a name, of what a package or a directory is called. */
export const serviceNameFrom = (text: string): string => slug(text, 'service').slice(0, 31).padEnd(2, 'x');

/** JSON is YAML, also where a word would mean something else. */
const quoted = (text: string) => JSON.stringify(text);

function serviceText(
  { name, app, inputs }: Repository,
  stacks: Inspection['stacks'],
  components: readonly string[],
): string {
  return `# What SoundBite needs to know of this service.

version: 1
name: ${serviceNameFrom(name)}

# A release is made of these, of this file and of environments.yaml. A change of anything else makes no new release.
inputs:
${inputs.map((input) => `  - ${quoted(input)}`).join('\n')}

# The CDK app. It runs once for each environment; {environment} may stand in a word.
app: [${app.map(quoted).join(', ')}]
${stacksText(stacks)}
# What is promoted, in the order in which traffic moves forward. Other functions are deployed as they are.
components:
${components.join('\n')}

# A program of yours that tries a new version before users meet it. Write one, and name the gate \`smoke\` in environments.yaml.
# smoke:
#   directory: smoke
#   command: [node, main.mjs]
#   seconds: 60
`;
}

/** One stack goes without saying. */
const stacksText = (stacks: Inspection['stacks']): string =>
  stacks.length < 2
    ? ''
    : `
# Its stacks, in the order of their deployment: one comes after those from which it imports. One that is not listed is not delivered.
stacks: [${stacks.map(({ name }) => quoted(name)).join(', ')}]
`;

const environmentsText = `# The environments, in the order in which a release is promoted through them. Everything that differs between them stands here.

version: 1

environments:
  - name: dev
    cloud: { kind: emulated, account: "000000000001", region: us-east-1 }
    protected: false
    gates: [] # [smoke], as soon as service.yaml has one

  - name: production
    cloud: { kind: emulated, account: "000000000002", region: us-east-1 }
    protected: true # destroying it asks for its name
    gates: [{ watch: { seconds: 5, emulated: { minimumRequests: 0 } } }]
`;
