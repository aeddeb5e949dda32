import { describe, expect, it } from 'vitest';
import { CutLabels, ciRunOf } from './cut-origin.ts';

const github = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'example/shop',
  GITHUB_RUN_ID: '1658821493',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REF_NAME: 'main',
  GITHUB_HEAD_REF: '',
  GITHUB_ACTOR: 'ana',
  GITHUB_TRIGGERING_ACTOR: 'ben',
};
const gitlab = {
  GITLAB_CI: 'true',
  CI_PIPELINE_ID: '77',
  CI_PIPELINE_URL: 'https://gitlab.example.com/shop/-/pipelines/77',
  CI_COMMIT_BRANCH: 'main',
  GITLAB_USER_LOGIN: 'ana',
};

describe('the run of a CI', () => {
  it('of GitHub Actions has its attempt, and who started that', () => {
    expect(ciRunOf(github)).toEqual({
      system: 'github-actions',
      run: '1658821493',
      url: 'https://github.com/example/shop/actions/runs/1658821493/attempts/2',
      branch: 'main',
      pullRequest: null,
      actor: 'ben',
    });
  });

  it('of a pull request has its number and its own branch; of a tag no branch', () => {
    const pull = { GITHUB_REF: 'refs/pull/12/merge', GITHUB_REF_NAME: '12/merge', GITHUB_HEAD_REF: 'fix' };
    expect(ciRunOf({ ...github, ...pull })).toMatchObject({ branch: 'fix', pullRequest: '12' });
    expect(ciRunOf({ ...github, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' })).toMatchObject({ branch: null });
    const { CI_COMMIT_BRANCH: _, ...without } = gitlab;
    const merge = { CI_MERGE_REQUEST_IID: '5', CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'fix' };
    expect(ciRunOf({ ...without, ...merge })).toMatchObject({ branch: 'fix', pullRequest: '5' });
  });

  it('of GitLab is its pipeline', () => {
    expect(ciRunOf(gitlab)).toEqual({
      system: 'gitlab',
      run: '77',
      url: gitlab.CI_PIPELINE_URL,
      branch: 'main',
      pullRequest: null,
      actor: 'ana',
    });
  });

  it('is none elsewhere, nor where the variables say nothing that can be kept', () => {
    expect(ciRunOf({ CI: 'true', GITHUB_RUN_ID: '1' })).toBeNull();
    expect(ciRunOf({ GITHUB_ACTIONS: 'true' })).toBeNull();
    expect(ciRunOf({ ...gitlab, CI_PIPELINE_URL: 'javascript:alert(1)' })).toBeNull();
  });
});

it('labels are words with a text each', () => {
  expect(CutLabels.safeParse({ 'team/a.b_c-d': 'x y', Z9: '' }).success).toBe(true);
  for (const bad of ['', ' a', '-a', 'a b', 'a'.repeat(64)])
    expect(CutLabels.safeParse({ [bad]: 'x' }).success).toBe(false);
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`l${index}`, '']));
  expect(CutLabels.safeParse(many).success).toBe(false);
});
