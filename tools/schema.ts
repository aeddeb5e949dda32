import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openApiDocument } from '../packages/client/src/openapi.ts';
import { declarationJsonSchema } from '../packages/model/src/declaration/json-schema.ts';

/**
 * The files of docs/reference: what editors know of environments.yaml, and the contract of the control plane. `npm run schema` writes them,
 * `--check` says whether they are fresh.
 */
const references: Readonly<Record<string, () => unknown>> = {
  'docs/reference/environments.schema.json': declarationJsonSchema,
  'docs/reference/control-plane.openapi.json': openApiDocument,
};

const place = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));

export const textOf = (file: string): string => `${JSON.stringify(references[file]?.(), null, 2)}\n`;

/** The files that are not what the code says. */
export const oldReferences = (): string[] => Object.keys(references).filter((file) => read(file) !== textOf(file));

function read(file: string): string {
  try {
    return readFileSync(place(file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const old = oldReferences();
  if (!process.argv.includes('--check')) {
    for (const file of old) {
      mkdirSync(dirname(place(file)), { recursive: true });
      writeFileSync(place(file), textOf(file));
    }
  } else if (old.length > 0) {
    console.error(`${old.join(', ')}: not what the code says; write it anew: npm run schema`);
    process.exitCode = 1;
  }
}
