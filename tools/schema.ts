import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openApiDocument } from '../packages/client/src/openapi.ts';
import { declarationJsonSchema } from '../packages/model/src/declaration/json-schema.ts';
import { serviceJsonSchema } from '../packages/model/src/service-declaration/json-schema.ts';
import { factLineJsonSchema } from '../packages/model/src/service-program.ts';
import { errorsPage } from './errors-page.ts';
import { gatesPage } from './gates-page.ts';
import { resourceTypesPage } from './resource-types-page.ts';
import { servicePage } from './service-page.ts';
import { triggersPage } from './triggers-page.ts';

/**
 * The files of docs/reference: what editors know of environments.yaml and service.yaml, the keys of service.yaml, the contract of the control plane, the codes of errors, the gates, the tables of triggers and of types of resources, and
 * what programs that a service brings may print. `npm run schema`
 * writes them, `--check` says whether they are fresh.
 */
const references: Readonly<Record<string, () => string>> = {
  'docs/reference/environments.schema.json': () => jsonOf(declarationJsonSchema()),
  'docs/reference/service.schema.json': () => jsonOf(serviceJsonSchema()),
  'docs/reference/service.md': servicePage,
  'docs/reference/control-plane.openapi.json': () => jsonOf(openApiDocument()),
  'docs/reference/errors.md': errorsPage,
  'docs/reference/gates.md': gatesPage,
  'docs/reference/triggers.md': triggersPage,
  'docs/reference/resource-types.md': resourceTypesPage,
  'docs/reference/fact-line.schema.json': () => jsonOf(factLineJsonSchema()),
};

const jsonOf = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

const place = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));

export const referenceText = (file: string): string => references[file]?.() ?? '';

/** The files that are not what the code says. */
export const oldReferences = (): string[] =>
  Object.keys(references).filter((file) => read(file) !== referenceText(file));

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
      writeFileSync(place(file), referenceText(file));
    }
  } else if (old.length > 0) {
    console.error(`${old.join(', ')}: not what the code says; write it anew: npm run schema`);
    process.exitCode = 1;
  }
}
