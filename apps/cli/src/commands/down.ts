import type { CommandAction } from '../command-entry.ts';
import { readJournal } from '../demo/journal-file.ts';
import { stopHost } from '../host.ts';
import type { Shell } from '../shell.ts';

export const run: CommandAction = async (shell, _args, options) => {
  const purge = options.purge === true;
  const original = await stopHost(shell, purge);
  const demo = original === null ? await leftByDemo(shell) : null;
  return {
    document: {
      ...{ stopped: true, purged: purge },
      ...(original === null ? {} : { copyOf: original }),
      ...(demo === null ? {} : { demoLeft: demo }),
    },
    text: `${original === null ? ended(purge) : copyEnded(shell.home, original, purge)}${demo === null ? '' : leftText(demo)}`,
  };
};

/** The environment in which a demo was cut short; null: none was. One that cannot be read is the next demo's to say. */
const leftByDemo = async ({ home }: Shell): Promise<string | null> =>
  (await readJournal(home).catch(() => null))?.environment ?? null;

const leftText = (environment: string) =>
  `\na demo was cut short, and ${environment} may have one of its releases: soundbite demo --clean puts back what was there`;

const ended = (purge: boolean) =>
  purge
    ? 'everything is stopped, and its state removed'
    : 'everything is stopped; its state is kept: soundbite up starts it again';

const copyEnded = (home: string, original: string, purge: boolean) =>
  `nothing ran here: ${home} is a copy of ${original}, which is left alone${purge ? '; the copy is removed' : ''}`;
