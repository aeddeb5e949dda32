import { asRecord, type Json } from '../template.ts';
import type { FoundComponent } from './components.ts';

/** Logical id of the version on which a component's alias stands at first. */
export const versionIdOf = ({ alias }: Pick<FoundComponent, 'alias'>): string => `${alias}Version`;

const suffix = 'Adopted';

/** The parameter that says of an alias, or of a queue's mapping, what was live when the stack was adopted; empty: the stack was not. */
export const adoptedId = (id: string): string => `${id}${suffix}`;

/** The condition that the stack was not adopted, so that nothing was live. */
export const isNewId = (id: string): string => `${id}IsNew`;

/** Whether a parameter says what was live at the adoption: every later deployment keeps its value. */
export const isAdoptedParameter = (name: string): boolean => name.endsWith(suffix);

/** The parameter and the condition of an alias or a mapping. */
export const adoption = (id: string): { readonly parameters: Json; readonly conditions: Json } => ({
  parameters: {
    [adoptedId(id)]: {
      Type: 'String',
      Default: '',
      Description: 'What was live when the stack was adopted, if it was',
    },
  },
  conditions: { [isNewId(id)]: { 'Fn::Equals': [{ Ref: adoptedId(id) }, ''] } },
});

/** One value where nothing was live, another one where something was. */
export const ifNew = (id: string, isNew: unknown, otherwise: unknown): Json => ({
  'Fn::If': [isNewId(id), isNew, otherwise],
});

/** The version on which an alias stands at first: one that is published for it, or the one that was live. */
export const firstVersion = ({ alias }: Pick<FoundComponent, 'alias'>): Json =>
  ifNew(alias, { 'Fn::GetAtt': [versionIdOf({ alias }), 'Version'] }, { Ref: adoptedId(alias) });

/**
 * A component's alias on one static version: published at the first deployment and never again, because nothing of it changes. It only makes the alias possible; the controller
 * moves it from there. The version is retained, since the alias may still name it. An alias of the app's own keeps what it is, and is moved by nothing else any more.
 */
export function aliasOf({ id, alias, aliasName, aliasIs }: FoundComponent, resources: Json): Json {
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
    [versionIdOf({ alias })]: {
      Type: 'AWS::Lambda::Version',
      Properties: { FunctionName: { Ref: id } },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Condition: isNewId(alias),
    },
    [alias]: { ...rest, Properties: { ...asRecord(Properties), FunctionVersion: firstVersion({ alias }) } },
  };
}

/** The condition that a function's version is to be published: nothing was live, and the function is there at all. */
export function conditionsOf({ id, alias, aliasIs }: FoundComponent, resources: Json): Json {
  if (aliasIs === 'own') return {};
  const { Condition } = asRecord(resources[id]);
  const isNew = asRecord(adoption(alias).conditions[isNewId(alias)]);
  return { [isNewId(alias)]: Condition === undefined ? isNew : { 'Fn::And': [{ Condition }, isNew] } };
}
