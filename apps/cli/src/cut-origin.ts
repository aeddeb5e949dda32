import { type CiRun, CutLabels, ciRunOf } from '@soundbite/model/cut-origin.ts';
import { usageError } from './exits.ts';
import type { Shell } from './shell.ts';

/** What is recorded of a cut: the run of the CI whose variables this shell has, and what the caller says. Error `usage`. */
export function cutOriginOf(
  { host }: Shell,
  labels: unknown,
): { readonly ci: CiRun | null; readonly labels: Record<string, string> } {
  const given = Array.isArray(labels) ? (labels as readonly string[]).map(pairOf) : [];
  const said = CutLabels.safeParse(Object.fromEntries(given));
  if (said.success) return { ci: ciRunOf(host.env), labels: said.data };
  const [issue] = said.error.issues;
  const why = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
  throw usageError(`--label ${issue?.path.join('.') ?? ''}: ${why}`, 'soundbite release cut --label team=shop');
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw usageError(`--label ${text} is not a name and a value`, 'soundbite release cut --label team=shop');
}
