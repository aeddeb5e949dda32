import type { FindingView } from '@soundbite/client';
import {
  type ChangedMember,
  type Digest,
  differingParameters,
  type EnvironmentRecord,
  keptParameters,
  type ParameterValues,
  resourceChanges,
  type StackMember,
  type StackState,
  shortDigest,
} from '@soundbite/model';
import { isSame } from '@soundbite/model/template.ts';

/** A release's side of an environment's stack: its template, and the values of all parameters after its deploy. */
interface Released {
  readonly template: unknown;
  readonly parameters: ParameterValues;
}

/**
 * Whether an environment's stack is what the records say it is (`released`: of the release that is recorded, if it is here); if not, what is wrong and
 * the exact next command.
 */
export function stackFinding(
  environment: string,
  stack: StackState | null,
  { liveRelease, infrastructureRelease }: Pick<EnvironmentRecord, 'liveRelease' | 'infrastructureRelease'>,
  released: Released | null = null,
): Omit<FindingView, 'name'> {
  if (!stack)
    return {
      ok: liveRelease === null,
      detail: liveRelease === null ? 'there is none' : 'there is none: somebody deleted it',
      hint: liveRelease === null ? `soundbite promote ${environment}` : `soundbite repair ${environment}`,
    };
  const { status, release, wayOut } = stack;
  if (wayOut !== null) return { ok: false, detail: `${status}: it accepts no deploy`, hint: wayOut };
  if (status.endsWith('_IN_PROGRESS'))
    return { ok: false, detail: `${status}: an operation is under way`, hint: `soundbite validate ${environment}` };
  const otherwise = release === infrastructureRelease && released ? deployedOtherwise(stack, released) : [];
  if (otherwise.length > 0)
    return {
      ok: false,
      detail: `${status}; somebody deployed ${named(release)} ${otherwise.join(', and ')}`,
      hint: `soundbite repair ${environment}`,
    };
  if (release === infrastructureRelease) return { ok: true, detail: `${status}, ${named(release)}` };
  return {
    ok: false,
    detail: `${status}, of ${named(release)}; the recorded infrastructure is of ${named(infrastructureRelease)}`,
    hint: liveRelease
      ? `soundbite promote ${environment} --release ${liveRelease}`
      : `soundbite promote ${environment}`,
  };
}

/** In what a stack is not as its release is deployed. Values are not repeated: a parameter may be secret. */
function deployedOtherwise({ template, parameters }: StackState, released: Released): string[] {
  const changed = isSame(template, released.template) ? null : resourceChanges(released.template, template);
  const ids = changed?.map(({ id }) => id) ?? [];
  const wanted = { ...released.parameters, ...keptParameters(released.template, parameters) };
  const differing = differingParameters(parameters, wanted);
  return [
    ...(changed ? [`with another template than it has${ids.length > 0 ? ` (${ids.join(', ')})` : ''}`] : []),
    ...(differing.length > 0 ? [`with other parameters than a promotion gives (${differing.join(', ')})`] : []),
  ];
}

/** Whether all that a stack counts as its own is in the account. */
export function membersFinding(environment: string, missing: readonly StackMember[]): Omit<FindingView, 'name'> {
  if (missing.length === 0) return { ok: true, detail: 'all resources of the stack exist' };
  const what = missing.map(({ id, physicalId }) => `${id} (${physicalId})`).join(', ');
  return { ok: false, detail: `somebody deleted ${what}`, hint: `soundbite repair ${environment}` };
}

/** Whether what the stack deployed has the settings that it deployed. */
export function settingsFinding(environment: string, changed: readonly ChangedMember[]): Omit<FindingView, 'name'> {
  if (changed.length === 0) return { ok: true, detail: 'all settings are as deployed' };
  const what = changed.map(({ id, differences }) => `${id} (${differences.join(', ')})`).join('; ');
  return { ok: false, detail: `somebody changed ${what}`, hint: `soundbite repair ${environment}` };
}

const named = (release: string | null) => (release ? shortDigest(release as Digest) : 'no release');
