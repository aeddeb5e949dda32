import type { Retry } from '../packages/model/src/error-codes/row.ts';
import { errorCodes } from '../packages/model/src/error-codes.ts';

const again: Readonly<Record<Retry, string>> = {
  soon: 'in a moment',
  once: 'once',
  'after-fix': 'after a fix',
  never: 'no',
};

/** docs/reference/errors.md: every code with its row, by name. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(
      ([code, { exit, verdict, retry, source, meaning, hint }]) =>
        `| \`${code}\` | ${exit} | ${verdict} | ${again[retry]} | ${source === 'user' ? 'you' : 'who runs it'} | ${cell(meaning)} | ${cell(hint)} |`,
    );
  return `${head}${rows.join('\n')}\n`;
}

/** What looks like a tag is none. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/<([\w -]+)>/g, '&lt;$1&gt;');

const head = `# Error codes

Written by \`npm run schema\` from the registry (\`packages/model/src/error-codes.ts\`). With \`--json\` an error is \`{"error":{"code","message","hint"}}\`;
its code is stable and decides everything else:

* **exit**: how a command ends: 1 the rules said no or something was found, 2 wrong usage or declaration, 3 the machinery broke.
* **verdict**: what a step of a promotion that meets it says: \`release\` and \`request\` make it *failed*, \`machinery\` makes it *errored*, which is no word about the release.
* **again**: whether another try of the same work may succeed. *No* for the machinery means that a person has to act on the environment first.
* **who**: who can fix it.

An error often has a better hint than the one here. Why it is so: [0030](../decisions/0030-verdict-and-remedy.md).

| code | exit | verdict | again | who | meaning | usual hint |
|---|---|---|---|---|---|---|
`;
