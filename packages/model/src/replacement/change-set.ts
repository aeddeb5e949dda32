import { isSame, readTemplate, type Template } from '../template.ts';
import type { Removal } from '../template-changes.ts';
import { permissionTypes } from '../template-permissions.ts';
import { referencesIn, type TemplateReference } from '../template-references.ts';
import { restSnapshot, watchers } from '../watchers.ts';
import { type Deciding, isFixedAttribute, sentences } from './recreation.ts';
import { takenOutOf } from './taken-out.ts';

/** What a change set says it does to one resource. Source: CloudFormation's `ResourceChange`, in its own words. */
export interface ChangeSetEntry {
  readonly id: string;
  readonly type: string;
  /** Add, Modify, Remove, Import, SyncWithActual or Dynamic. */
  readonly action: string;
  /** True, False or Conditional. */
  readonly replacement?: string | undefined;
  /** What becomes of a physical resource that leaves: Delete, Retain, ReplaceAndRetain, … */
  readonly policy?: string | undefined;
  readonly details: readonly ChangeSetDetail[];
}

/** Why a resource changes. Source: CloudFormation's `ResourceChangeDetail`. */
export interface ChangeSetDetail {
  /** Properties, Metadata, Tags, … */
  readonly attribute?: string | undefined;
  readonly property?: string | undefined;
  /** Always, Conditionally or Never. */
  readonly recreation?: string | undefined;
  /** Static: the new value is known now. Dynamic: it is known once what it refers to has changed. */
  readonly evaluation?: string | undefined;
  /** DirectModification, ParameterReference, ResourceReference, ResourceAttribute, Automatic, … */
  readonly source?: string | undefined;
  /** The parameter or resource that it comes from: `Queue`, `Queue.Arn`. */
  readonly cause?: string | undefined;
}

/** A change set and the templates that it is between. */
export interface JudgedChangeSet {
  readonly entries: readonly ChangeSetEntry[];
  /** The template of the stack as it stands. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Whether an entry takes nothing away, whatever the templates say. A version that leaves a stack and stays can be called as before. */
const isHarmless = ({ type, action, replacement, policy }: ChangeSetEntry): boolean =>
  (type === 'AWS::Lambda::Version' && action === 'Remove' && policy === 'Retain') ||
  watchers.has(type) ||
  permissionTypes.has(type) ||
  ['Add', 'Import', 'SyncWithActual'].includes(action) ||
  (action === 'Remove' && type === restSnapshot) ||
  (action === 'Modify' && replacement === 'False' && type !== nestedStack);

const nestedStack = 'AWS::CloudFormation::Stack';

/** Whether a change set may take something away: only then `losses` has something to judge. */
export const mayLose = (entries: readonly ChangeSetEntry[]): boolean => !entries.every(isHarmless);

/**
 * What a change set takes away: what it removes, replaces, or of which CloudFormation cannot say whether it does. In order of ids. Two things are
 * certain although CloudFormation calls them conditional or a replacement: an ARN does not change while its resource stays, and what a repair took
 * out and this change set creates again was gone before.
 */
export function losses(judged: JudgedChangeSet): Removal[] {
  const excused = excusedIn(judged);
  return judged.entries
    .filter((entry) => !isHarmless(entry) && !excused.has(entry.id))
    .map((entry): Removal => {
      const what = entry.action === 'Remove' ? 'resource' : 'replacement';
      return { id: entry.id, what, detail: detailOf(entry) };
    })
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function detailOf({ type, action, replacement, policy, details }: ChangeSetEntry): string {
  const retained = policy?.endsWith('Retain') ? '; CloudFormation leaves the old one in the account' : '';
  if (action === 'Remove') return `${type} is removed${retained}`;
  if (action !== 'Modify') return `CloudFormation cannot say what happens to ${type} (${action || 'no action'})`;
  if (type === nestedStack) return `${type} changes, and nobody can say what that changes inside it`;
  const deciding = decidingOf(details);
  if (replacement === 'True') return `${sentences.certain(type, namesOf(certainOf(deciding)))}${retained}`;
  if (replacement === 'Conditional') return sentences.possible(type, namesOf(deciding));
  return `CloudFormation does not say whether ${type} is replaced`;
}

/** The details that CloudFormation's answer comes from. */
const decidingOf = (details: readonly ChangeSetDetail[]) =>
  details.filter(({ attribute, recreation }) => attribute === 'Properties' && recreation !== 'Never');

function certainOf(deciding: readonly ChangeSetDetail[]): readonly ChangeSetDetail[] {
  const certain = deciding.filter(({ recreation, evaluation }) => recreation === 'Always' && evaluation === 'Static');
  return certain.length > 0 ? certain : deciding;
}

function namesOf(details: readonly ChangeSetDetail[]): Deciding[] {
  const byProperty = Map.groupBy(details, ({ property = 'a property' }) => property);
  return [...byProperty].map(([property, all]) => ({
    property,
    through: [...new Set(all.flatMap(({ cause }) => (cause === undefined ? [] : [cause])))],
  }));
}

/** The ids of entries that are harmless for what the whole change set and the templates say. */
function excusedIn(judged: JudgedChangeSet): ReadonlySet<string> {
  const { entries, before } = judged;
  const restored = new Set(takenOutOf(before));
  const kept = new Set(entries.filter((one) => one.action === 'Modify' && isUnmoved(one)).map(({ id }) => id));
  const { isFixed, isRestored } = readingOf(judged, kept, restored);
  const excused = new Set<string>();
  const open = entries.filter((entry) => entry.action === 'Modify' && entry.type !== nestedStack && !isUnmoved(entry));
  // One may rest on another: until none is added.
  for (let size = -1; size !== excused.size; ) {
    size = excused.size;
    for (const entry of open.filter(({ id }) => !excused.has(id))) {
      if (isFixed(entry)) kept.add(entry.id);
      else if (isRestored(entry)) restored.add(entry.id);
      else continue;
      excused.add(entry.id);
    }
  }
  return excused;
}

/** How an entry is read that CloudFormation does not call harmless, while `kept` and `restored` grow. */
function readingOf(
  { entries, before, after }: JudgedChangeSet,
  kept: ReadonlySet<string>,
  restored: ReadonlySet<string>,
) {
  const [old, fresh] = [readTemplate(before), readTemplate(after)];
  const types = new Map(entries.map(({ id, type }) => [id, type]));
  const expression = (from: Template, id: string, property = '') => from.resources.get(id)?.properties[property];
  const isFixedCause = (cause: string) => {
    const [owner = '', ...attribute] = cause.split('.');
    return kept.has(owner) && isFixedAttribute(types.get(owner) ?? '', attribute.join('.'));
  };
  return {
    /** Everything that decides is the ARN of a resource that stays. CloudFormation may call the same property modified, too: then it is spelled as before. */
    isFixed: ({ id, replacement, details }: ChangeSetEntry) =>
      replacement === 'Conditional' &&
      isEach([...Map.groupBy(decidingOf(details), ({ property }) => property)], ([property, all]) => {
        const [direct, through] = [all.filter(isDirect), all.filter((one) => !isDirect(one))];
        const isAsBefore = isSame(expression(old, id, property), expression(fresh, id, property));
        return (
          all.every(({ evaluation }) => evaluation === 'Dynamic') &&
          (direct.length === 0 || isAsBefore) &&
          isEach(through, ({ source, cause = '' }) => source === 'ResourceAttribute' && isFixedCause(cause))
        );
      }),
    /** Everything that decides refers to what was deleted by hand and is created again, here or in the stack that exports it. */
    isRestored: ({ id, details }: ChangeSetEntry) =>
      isEach(decidingOf(details), ({ property }) =>
        [...referencesIn(expression(fresh, id, property))].some((one) => isTakenOut(one, restored)),
      ),
  };
}

const isTakenOut = (reference: TemplateReference, restored: ReadonlySet<string>): boolean =>
  (reference.is === 'local' && restored.has(reference.id)) ||
  (reference.is === 'import' && restored.has(reference.name));

const isDirect = ({ source }: ChangeSetDetail) => source === 'DirectModification';

/** Whether CloudFormation says that a resource stays as it is, but for its settings. */
const isUnmoved = ({ replacement }: ChangeSetEntry) => replacement === 'False';

/** Each, and at least one. */
const isEach = <T>(list: readonly T[], test: (one: T) => boolean) => list.length > 0 && list.every(test);
