import { adoptedSuffix } from '../stack-parameters.ts';
import { asList, asRecord, type Json } from '../template.ts';
import type { FoundComponent } from './found-component.ts';

/** Logical id of the version on which a component's alias stands at first. */
export const versionIdOf = ({ alias }: Pick<FoundComponent, 'alias'>): string => `${alias}Version`;

/** The parameter with the version that an alias had when its stack was adopted; empty: the stack was not. */
export const adoptedId = (alias: string): string => `${alias}${adoptedSuffix}`;

/** The condition that nothing was live before the first deployment of a release. */
const isNewId = (alias: string): string => `${alias}IsNew`;

/** One value where nothing was live, another one where something was. */
export const ifNew = ({ alias }: Pick<FoundComponent, 'alias'>, isNew: unknown, otherwise: unknown): Json => ({
  'Fn::If': [isNewId(alias), isNew, otherwise],
});

/** The number of that version: it is published for the alias, or was live when the stack was adopted. */
export const firstVersion = (component: Pick<FoundComponent, 'alias'>): Json =>
  ifNew(component, { 'Fn::GetAtt': [versionIdOf(component), 'Version'] }, { Ref: adoptedId(component.alias) });

/** The parameter that says what was live when a stack was adopted, and the condition that nothing was. */
export function adoptionOf(
  { id, alias, aliasIs }: FoundComponent,
  resources: Json,
): { readonly parameters: Json; readonly conditions: Json } {
  if (aliasIs === 'own') return { parameters: {}, conditions: {} };
  const { Condition } = asRecord(resources[id]);
  const isNew = { 'Fn::Equals': [{ Ref: adoptedId(alias) }, ''] };
  const Description = 'The version that was live when the stack was adopted';
  return {
    parameters: { [adoptedId(alias)]: { Type: 'String', Default: '', Description } },
    conditions: { [isNewId(alias)]: Condition === undefined ? isNew : { 'Fn::And': [{ Condition }, isNew] } },
  };
}

/**
 * A component's alias on one static version: published at the first deployment and never again, because nothing of it changes. It only makes the alias possible; the controller
 * moves it from there. The version is retained, since the alias may still name it. An alias of the app's own keeps what it is, and nothing else moves it any more.
 */
export function aliasOf(component: FoundComponent, resources: Json): Json {
  const { id, alias, aliasName, aliasIs } = component;
  if (aliasIs === 'own') return {};
  const { Condition } = asRecord(resources[id]);
  const condition = Condition === undefined ? {} : { Condition };
  const { UpdatePolicy: _mover, ...own } = asRecord(resources[alias]);
  const added = {
    Type: 'AWS::Lambda::Alias',
    Properties: { Name: aliasName, FunctionName: { Ref: id } },
    ...condition,
  };
  const { Properties, ...rest } = aliasIs === 'frozen' ? own : added;
  return {
    [versionIdOf(component)]: {
      Type: 'AWS::Lambda::Version',
      Properties: { FunctionName: { Ref: id } },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Condition: isNewId(alias),
    },
    [alias]: { ...rest, Properties: { ...asRecord(Properties), FunctionVersion: firstVersion(component) } },
  };
}

/** The resources of a stack without some of them, which others need not wait for any more: the CDK has whatever depends on a function wait for its version, too. */
export function withoutThese(ids: ReadonlySet<string>, resources: Json): Json {
  const kept = Object.entries(resources).filter(([id]) => !ids.has(id));
  return Object.fromEntries(kept.map(([id, resource]) => [id, waitingNotFor(ids, asRecord(resource))]));
}

function waitingNotFor(ids: ReadonlySet<string>, resource: Json): Json {
  const { DependsOn, ...rest } = resource;
  const before = typeof DependsOn === 'string' ? [DependsOn] : asList(DependsOn);
  const left = before.filter((id) => !ids.has(String(id)));
  if (left.length === before.length) return resource;
  return left.length === 0 ? rest : { ...rest, DependsOn: left };
}
