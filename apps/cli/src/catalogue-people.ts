import type { CommandEntry } from './command-entry.ts';

/** The commands of who may ask, and who did, in the order of the help. */
export const peopleCommands: readonly CommandEntry[] = [
  {
    name: 'approve',
    args: '<promotion|environment>',
    summary: 'say yes to a promotion that waits for people',
    more: 'It counts for this promotion and its release, once for each person, as long as the token is in force. Who asked for it cannot; where the environment declares self, to ask was to say yes. The last word counts, until it is let in.',
    options: [
      ['--reason <text>', 'why; recorded'],
      ['--link', 'say nothing yet: print a link to a page where you say yes or no, once, within a day'],
      ['--for <e-mail>', 'with --link: for this person instead; an admin makes it'],
    ],
    examples: [
      'soundbite approve {last}',
      'soundbite approve {last} --reason "tried on staging" --json',
      'soundbite approve {last} --link --for ana@example.com',
    ],
    load: () => import('./commands/approve.ts'),
  },
  {
    name: 'reject',
    args: '<promotion|environment>',
    summary: 'say no to a promotion that waits for people: it ends',
    options: [['--reason <text>', 'why; recorded']],
    examples: ['soundbite reject {last} --reason "not on Friday"'],
    load: () => import('./commands/reject.ts'),
  },
  {
    name: 'token create',
    args: '<name>',
    summary: 'make a token for a person or a program; it is printed once',
    more: 'A viewer looks; a deployer cuts, promotes and rolls back; an approver says yes or no; an admin does all that, and prepares and destroys environments. With --environment the role holds there, and the token only looks elsewhere. It is used as SOUNDBITE_TOKEN. What somebody asks for is recorded under the person, or under the token’s name.',
    options: [
      ['--role <role>', 'viewer, deployer, approver or admin'],
      ['--person <e-mail>', 'whose it is; without it, it is a program’s'],
      ['--days <days>', 'how long it lasts, at most 366 (90)'],
    ],
    lists: [['--environment <environment>', 'where the role holds; everywhere without it (repeatable)']],
    examples: [
      'soundbite token create ana --person ana@example.com --role approver --environment {last}',
      'soundbite token create ci --role deployer --environment {first} --days 30 --json',
    ],
    load: () => import('./commands/token-create.ts'),
  },
  {
    name: 'token list',
    summary: 'tokens, newest first: whose they are, what they are for, when they were last used',
    examples: ['soundbite token list'],
    load: () => import('./commands/token-list.ts'),
  },
  {
    name: 'token revoke',
    args: '<name>',
    summary: 'take a token back, from now on',
    examples: ['soundbite token revoke ana'],
    load: () => import('./commands/token-revoke.ts'),
  },
  {
    name: 'audit',
    summary: 'who asked for what, newest first: reads and refusals, too',
    more: 'What one asks for several times within a minute is one line. That somebody only looked is kept for 30 days.',
    options: [
      ['--actor <name>', 'of one person or program alone'],
      ['--refused', 'only what was refused'],
      ['--limit <lines>', 'at most so many (100)'],
    ],
    examples: ['soundbite audit', 'soundbite audit --refused --json'],
    load: () => import('./commands/audit.ts'),
  },
];
