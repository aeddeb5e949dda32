import { z } from 'zod';

const Text = z.string().min(1).max(500);

/** The run of a CI in which a release was cut, as its variables say it. */
export const CiRun = z.strictObject({
  system: z.enum(['github-actions', 'gitlab']),
  run: Text,
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable(),
  branch: Text.nullable(),
  /** Its number; GitLab calls it a merge request. */
  pullRequest: Text.nullable(),
  /** Who started it there. */
  actor: Text.nullable(),
});
export type CiRun = z.infer<typeof CiRun>;

/** What a team says of a cut in its own words. */
export const CutLabels = z
  .record(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/, 'is not a label; use letters, digits and . _ / -'),
    z.string().max(500),
  )
  .refine((labels) => Object.keys(labels).length <= 50, 'has more than 50 labels');

/**
 * Where and by whom a release was cut. It is no part of the release: the same inputs make the same release wherever they are cut, and a release that was cut
 * again has several.
 */
export interface CutOrigin {
  readonly by: string;
  readonly ci: CiRun | null;
  readonly labels: Readonly<Record<string, string>>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The run that these variables are of: GitHub Actions' or GitLab's. What is no run that can be kept is none. */
export function ciRunOf(variables: Variables): CiRun | null {
  const run =
    variables.GITHUB_ACTIONS === 'true'
      ? ofGitHub(variables)
      : variables.GITLAB_CI === 'true'
        ? ofGitLab(variables)
        : null;
  return CiRun.safeParse(run).data ?? null;
}

function ofGitHub(of: Variables) {
  const {
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: run,
    GITHUB_RUN_ATTEMPT: attempt,
  } = of;
  const attempts = attempt ? `/attempts/${attempt}` : '';
  const branch = of.GITHUB_HEAD_REF || (of.GITHUB_REF_TYPE === 'branch' ? of.GITHUB_REF_NAME : '');
  return {
    system: 'github-actions',
    run,
    url: server && repository ? `${server}/${repository}/actions/runs/${run}${attempts}` : null,
    branch: branch || null,
    pullRequest: /^refs\/pull\/(\d+)\//.exec(of.GITHUB_REF ?? '')?.[1] ?? null,
    actor: of.GITHUB_TRIGGERING_ACTOR || of.GITHUB_ACTOR || null,
  };
}

const ofGitLab = (of: Variables) => ({
  system: 'gitlab',
  run: of.CI_PIPELINE_ID,
  url: of.CI_PIPELINE_URL || null,
  branch: of.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME || of.CI_COMMIT_BRANCH || null,
  pullRequest: of.CI_MERGE_REQUEST_IID || null,
  actor: of.GITLAB_USER_LOGIN || null,
});
