import { gateSchema } from '../packages/model/src/gates/declared.ts';
import { type GateName, gateNames, gates } from '../packages/model/src/gates/map.ts';

/** docs/reference/gates.md: every gate, when it is asked, when it passes, and its options. */
export const gatesPage = (): string => `${head}${gateNames.map(sectionOf).join('\n')}`;

interface Described {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
}

function sectionOf(name: GateName): string {
  const { moments, passes } = gates[name];
  const schema = gateSchema(name);
  const rows = Object.entries(schema.properties ?? {}).map(([key, one]) => {
    const { description = '', default: usual, type = '' } = one as Described;
    const absent = schema.required?.includes(key) ? 'has to be said' : usual === undefined ? '' : `\`${usual}\``;
    return `| \`${key}\` | ${type} | ${absent} | ${description} |`;
  });
  const table = rows.length > 0 ? `\n| option | kind | when absent | |\n|---|---|---|---|\n${rows.join('\n')}\n` : '';
  return `## \`${name}\`\n\nAsked at ${moments.map((one) => `*${one}*`).join(' and ')}. Passes when ${passes}.\n${table}`;
}

const head = `# Gates

Written by \`npm run schema\` from \`packages/model/src/gates\`, where each gate has a folder. An environment lists its gates in environments.yaml:

\`\`\`yaml
gates: [smoke, { watch: { seconds: 5, emulated: { minimumRequests: 0 } } }]
\`\`\`

* **entry**: asked before anything changes.
* **version**: asked of the new version, before it has any traffic.
* **traffic**: asked while the new version has the traffic, before the promotion is final.

A gate passes, waits or fails, with its reasons. At entry a failure refuses the promotion; later it undoes what the promotion did. \`--override --reason\` overrides the gates of entry, and those of later moments where their \`override\` names a role, and the record says so. The order of the environments is no gate: it always counts, and so does the rollback floor.
Under \`emulated:\` stands what is relaxed where the environment's cloud is emulated; \`plan\`, the promotion's record and its history say it with each gate, and what it would be elsewhere.
A rollback passes no gate.

`;
