import { asList, asRecord, type Json } from '../template.ts';
import type { FoundComponent } from './components.ts';

/** Logical id of the version on which a component's alias stands at first. */
export const versionIdOf = ({ alias }: Pick<FoundComponent, 'alias'>): string => `${alias}Version`;

/** The number of that version. */
export const firstVersion = (component: Pick<FoundComponent, 'alias'>): Json => ({
  'Fn::GetAtt': [versionIdOf(component), 'Version'],
});

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
      ...condition,
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
