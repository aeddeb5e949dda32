import { afterAll, beforeAll } from 'vitest';
import { declaration, type TemplateResource, templateOf, workshop } from './testing.ts';

/** The stacks of all declared environments, synthesised once before the tests of a file. */
export function allStacks() {
  // nag.test.ts runs CDK's own validation; here it would only take time.
  process.env.CDK_VALIDATION = 'false';
  const shop = workshop();
  const declared = declaration();
  const environments = declared.environments.map(({ name }) => name);
  const templates: Record<string, Record<string, Record<string, TemplateResource>>> = {};
  beforeAll(async () => {
    for (const name of environments) templates[name] = templateOf(await shop.app(name), name);
  });
  afterAll(shop.remove);

  const resources = (name: string) => templates[name]?.Resources ?? {};
  const properties = (name: string, id: string) => {
    const found = resources(name)[id];
    if (!found) throw new Error(`${name} has no ${id}; it has ${Object.keys(resources(name)).join(', ')}`);
    return found.Properties;
  };
  /** What a role may do, one statement a line. */
  const permissions = (name: string, role: string) =>
    properties(name, role).Policies[0].PolicyDocument.Statement.map((statement: Record<string, unknown>) =>
      [statement.Action, '→', shortExpression(statement.Resource)].flat(3).join(' '),
    );
  return { shop, declared, environments, templates, resources, properties, permissions };
}

/** `{"Fn::GetAtt":["Table","Arn"]}` → `Table.Arn`, joins → text: what a policy says, in short. */
export function shortExpression(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortExpression);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return argument;
  if (name === 'Fn::GetAtt') return (argument as string[]).join('.');
  if (name === 'Fn::Join') return ((argument as [string, unknown[]])[1] ?? []).map(shortExpression).join('');
  return value;
}
