import { serviceJsonSchema } from '../packages/model/src/service-declaration/json-schema.ts';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** docs/reference/service.md: each key of service.yaml. */
export const servicePage = (): string => `${head}${rowsOf(serviceJsonSchema() as Schema).join('\n')}\n${foot}`;

function rowsOf({ properties = {}, required = [] }: Schema, around = ''): string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = around ? `${around}.${key}` : key;
    const row = `| \`${name}\` | ${required.includes(key) ? 'yes' : 'no'} | ${schema.description ?? 'the form of this file: 1'} |`;
    return [row, ...rowsOf(schema, name), ...(schema.items ? rowsOf(schema.items, `${name}[]`) : [])];
  });
}

const head = `# service.yaml

Written by \`npm run schema\` from \`packages/model/src/service-declaration/shape.ts\`. The file lies at the root of the service's repository, beside
\`environments.yaml\`, and says what SoundBite needs to know of the service. Paths are relative to it. What is wrong is told with line, path and what to do, all
at once, before anything is made.

| key | needed | what it says |
|---|---|---|
`;

const foot = `
## The app

Its assembly goes where \`CDK_OUTDIR\` says, as with the CDK's own CLI. \`cdk.json\` and \`cdk.context.json\`, if they are inputs, give the context; besides, it has

| context | variable | |
|---|---|---|
| \`soundbite:environment\` | \`SOUNDBITE_ENVIRONMENT\` | the name of the environment |
| \`soundbite:settings\` | | its settings |
| \`@aws-cdk/core:bootstrapQualifier\` | | the environment's own bootstrap |
| | \`SOUNDBITE_ENVIRONMENTS\` | path of a JSON list of all environments, with settings |
| | \`SOUNDBITE_SERVICE_ZIP\` | path of the bundle, if there is a \`process\` |

An app that runs once for all has the last two only. An app has ten minutes, no credentials, and a clean environment with \`PATH\` and \`HOME\`. It makes one stack, or those
that \`stacks\` lists, and they name no account. A single one is delivered as \`soundbite-<environment>\`, with an alias for each component (the app’s own, else \`live\`), triggers that call it ([which](triggers.md)), and roles within the environment's boundary
([0047](../decisions/0047-the-cut-delivers-any-stack.md)).

## The service contract

A component, or a service that runs as processes, may keep more than its own health. With \`contract: true\` each answer names the release by the header \`x-soundbite-release\`, \`GET /health\` answers 2xx if it lives, \`GET /version\` says the release as \`release\`,
\`GET /ready\` says what the service depends on, and \`/\` and \`/openapi.json\` answer. \`health\` shows all of it, and the watch counts no request at \`/health\`, \`/ready\`, \`/version\` and \`/metrics\`. Without it a function is known by the version that Lambda executed, a process by the
code that it runs, and both are looked at by their health alone.

## Processes

The bundle is what \`bundle.json\` of \`directory\` says: \`{"entry": "src/main.ts", "assets": [{"from": "…", "to": "…"}]}\`. \`entry\` becomes one module, \`index.mjs\`; an asset is a file of the directory or of a package it
depends on, and lies beside it. With \`"debug": false\` an asset that is a WebAssembly module has no debug sections in the bundle, which nothing but a debugger reads.
With \`"gzip": true\` it lies there compressed, and the service unpacks it.

In an environment with \`runtime: process\` nothing is promoted but these: each one runs as \`node index.mjs <name>\` in the unpacked bundle, with a clean environment:

| variable | |
|---|---|
| \`SOUNDBITE_PORT\` | where it listens, on 127.0.0.1 |
| \`SOUNDBITE_ENVIRONMENT\`, \`SOUNDBITE_RELEASE\` | the environment, and the digest of its release |
| \`SOUNDBITE_SETTINGS\` | the settings, as JSON |
| \`SOUNDBITE_CONTROL_TOKEN\` | who shows it is SoundBite: \`authorization: Bearer <token>\`, and on rehearsals \`x-soundbite-rehearsal: <token>\` |
| \`SOUNDBITE_CONSUMING\` | \`true\`: it takes messages from its start on; only where it takes events |
| those under \`environment\` | the values of outputs of the stack |
| \`AWS_REGION\`, \`AWS_ENDPOINT_URL\`, \`AWS_CONTAINER_…\` | how the AWS SDK reaches the account, as the declared role: its trust policy names \`soundbite-<environment>-controller\` |
| \`SOUNDBITE_SHOWN_ENDPOINT\` | where users reach an emulated account, only where that is not \`AWS_ENDPOINT_URL\` (a house of containers at another address): sign links that you give them for this one |

One that takes events answers \`PUT /consuming\` (\`{"consuming": false}\`) when it has begun or stopped to take messages, says at \`GET /ready\` whether it does (\`{"consuming": true}\`), and answers an
event that is sent to \`POST /invoke\` as a function would. Messages are taken by the processes of the live release alone; SoundBite tells each one when that changes. SIGTERM ends a process: it finishes its work before.

\`soundbite dev\` runs the same processes from the working tree: the \`entry\` of bundle.json instead of \`index.mjs\`, started anew when a file below \`directory\` changes.

## Programs and settings

A release holds the files below \`smoke.directory\` byte for byte, without tests (\`*.test.ts\`) and Markdown; the directory must be part of an input.
\`tests\`, \`migration\` and \`compatibility\` are kept in the same way. What the programs are told and what they print:
[the smoke program, and tests](smoke-program.md), [migration and compatibility](migration-and-compatibility.md). How settings are declared and checked:
[environments of your own](../guides/your-own-environments.md#settings).
`;
