import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { declarationJsonSchema } from '../packages/model/src/declaration/json-schema.ts';

/** docs/reference/environments.schema.json: what editors know of environments.yaml. `npm run schema` writes it, `--check` says whether it is fresh. */
export const schemaFile = fileURLToPath(new URL('../docs/reference/environments.schema.json', import.meta.url));

export const schemaText = (): string => `${JSON.stringify(declarationJsonSchema(), null, 2)}\n`;

function read(): string {
  try {
    return readFileSync(schemaFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

export const isFresh = (): boolean => read() === schemaText();

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(schemaFile), { recursive: true });
    writeFileSync(schemaFile, schemaText());
  } else if (!isFresh()) {
    console.error('docs/reference/environments.schema.json is old; write it anew: npm run schema');
    process.exitCode = 1;
  }
}
