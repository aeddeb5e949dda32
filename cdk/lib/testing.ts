import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsNames, type Declaration, parseDeclaration } from '@soundbite/model';
import type { App } from 'aws-cdk-lib';
import { appFor } from './app-for.ts';
import { type DeclaredEnvironment, environmentOf } from './context.ts';

/** environments.yaml of this repository, without overrides. */
export function declaration(change: (text: string) => string = (text) => text): Declaration {
  const textOf = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const parsed = parseDeclaration((file) => (file === 'environments.yaml' ? change(textOf(file)) : textOf(file)));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.declaration;
}

/** A directory for the assemblies of one test file, with a stand-in for the bundle. */
export function workshop() {
  const directory = mkdtempSync(join(tmpdir(), 'soundbite-cdk-'));
  const serviceZip = join(directory, 'service.zip');
  writeFileSync(serviceZip, 'no zip, but bytes to be named by');
  let apps = 0;
  return {
    serviceZip,
    /** The app of an environment, as a cut makes it. */
    async app(name: string, declared: Declaration = declaration()): Promise<App> {
      // The schema of the settings holds them to what constructs read.
      const environments = declared.environments as unknown as DeclaredEnvironment[];
      const context = { environments, serviceZip };
      const app = await appFor(environmentOf(context, name));
      return app(context, join(directory, `${name}-${apps++}`));
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Synthesises an app and reads its one template. */
export function templateOf(app: App, name: string): Record<string, Record<string, TemplateResource>> {
  return app.synth().getStackByName(awsNames(name).stack).template;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into templates
  readonly Properties: any;
}
