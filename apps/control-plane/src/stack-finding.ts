import type { FindingView } from '@soundbite/client';
import {
  type ChangedMember,
  type Digest,
  type EnvironmentRecord,
  resourceChanges,
  type StackMember,
  type StackState,
  shortDigest,
} from '@soundbite/model';
import { isSame } from '@soundbite/model/template.ts';

/** Whether an environment's stack is what the records say it is (`released`: the template of the release that is recorded, if it is here); if not, what is wrong and the exact next command. */
export function stackFinding(
  environment: string,
  stack: StackState | null,
  { liveRelease, infrastructureRelease }: Pick<EnvironmentRecord, 'liveRelease' | 'infrastructureRelease'>,
  released: unknown = null,
): Omit<FindingView, 'name'> {
  if (!stack)
    return {
      ok: liveRelease === null,
      detail: liveRelease === null ? 'there is none' : 'there is none: somebody deleted it',
      mend: liveRelease === null ? `soundbite promote ${environment}` : `soundbite repair ${environment}`,
    };
  const { status, release, wayOut } = stack;
  if (wayOut !== null) return { ok: false, detail: `${status}: it takes no deploy`, mend: wayOut };
  if (status.endsWith('_IN_PROGRESS'))
    return { ok: false, detail: `${status}: an operation is under way`, mend: `soundbite validate ${environment}` };
  if (release === infrastructureRelease && released !== null && !isSame(stack.template, released)) {
    const what = resourceChanges(released, stack.template).map(({ id }) => id);
    return {
      ok: false,
      detail: `${status}; somebody deployed another template than ${named(release)} has${what.length > 0 ? `: ${what.join(', ')}` : ''}`,
      mend: `soundbite repair ${environment}`,
    };
  }
  if (release === infrastructureRelease) return { ok: true, detail: `${status}, ${named(release)}` };
  return {
    ok: false,
    detail: `${status}, of ${named(release)}; the infrastructure that is recorded is of ${named(infrastructureRelease)}`,
    mend: liveRelease
      ? `soundbite promote ${environment} --release ${liveRelease}`
      : `soundbite promote ${environment}`,
  };
}

/** Whether all that a stack counts as its own is in the account. */
export function membersFinding(environment: string, missing: readonly StackMember[]): Omit<FindingView, 'name'> {
  if (missing.length === 0) return { ok: true, detail: 'all that the stack counts as its own is there' };
  const what = missing.map(({ id, physicalId }) => `${id} (${physicalId})`).join(', ');
  return { ok: false, detail: `somebody deleted ${what}`, mend: `soundbite repair ${environment}` };
}

/** Whether what the stack deployed has the settings that it deployed. */
export function settingsFinding(environment: string, changed: readonly ChangedMember[]): Omit<FindingView, 'name'> {
  if (changed.length === 0) return { ok: true, detail: 'all settings are as they were deployed' };
  const what = changed.map(({ id, differences }) => `${id} (${differences.join(', ')})`).join('; ');
  return { ok: false, detail: `somebody changed ${what}`, mend: `soundbite repair ${environment}` };
}

const named = (release: string | null) => (release ? shortDigest(release as Digest) : 'no release');
