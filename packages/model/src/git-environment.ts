/**
 * The variables of a program that asks git about a repository which it names. A hook or a CI job sets GIT_DIR, GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY and
 * others, which would answer for another repository, or write into it. Configuration stays: it may say which directories are safe.
 */
export const gitEnvironment = (env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG') || name === 'GIT_EXEC_PATH',
    ),
  );
