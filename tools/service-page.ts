import { serviceJsonSchema } from '../packages/model/src/service-declaration/json-schema.ts';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** docs/reference/service.md: each key of service.yaml. */
export const servicePage = (): string => `${head}${rowsOf(serviceJsonSchema() as Schema).join('\n')}\n${foot}`;

function rowsOf({ properties = {}, required = [] }: Schema, around = ''): string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = around ? `${around}.${key}` : key;
    const row = `| \`${name}\` | ${required.includes(key) ? 'yes' : 'no'} | ${schema.description ?? 'the form of this file: 1'} |`;
    return [row, ...rowsOf(schema, name)];
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
A release holds the files below \`smoke.directory\` byte for byte, without tests (\`*.test.ts\`) and Markdown; the directory must be part of an input.
What the program is told and what it prints: [the smoke program](smoke-program.md). How settings are declared and checked:
[environments of your own](../guides/your-own-environments.md#settings).
`;
