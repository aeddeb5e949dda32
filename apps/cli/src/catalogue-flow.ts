import type { CommandEntry } from './command-entry.ts';

/** The commands that keep releases from entering an environment, in the order of the help. */
export const flowCommands: readonly CommandEntry[] = [
  {
    name: 'freeze add',
    args: '<environment>',
    summary: 'let nothing enter an environment until a time; rollbacks go',
    more: 'What wants to enter waits, says so, and goes when the freeze is over or removed. What was let in before goes on. --override does not pass it. Prints the freezes that are in force there.',
    options: [
      ['--until <time>', 'a span (90m, 2h, 3d) or a time (2026-12-01T08:00Z, 2026-12-01T09:00+01:00)'],
      ['--reason <text>', 'why; shown to whoever waits'],
    ],
    examples: [
      'soundbite freeze add {last} --until 2026-12-01T08:00Z --reason "release night"',
      'soundbite freeze add {middle} --until 2h --reason "load test" --json',
    ],
    load: () => import('./commands/freeze-add.ts'),
  },
  {
    name: 'freeze list',
    args: '[environment]',
    summary: 'freezes in force, newest first',
    examples: ['soundbite freeze list', 'soundbite freeze list {last} --json'],
    load: () => import('./commands/freeze-list.ts'),
  },
  {
    name: 'freeze remove',
    args: '<freeze>',
    summary: 'end a freeze before its time; what waited for it goes',
    more: 'Prints the freezes that are still in force there.',
    examples: ['soundbite freeze remove 6f1ed002-ab55-4a2d-9b6c-3c2f0d8f7a10'],
    load: () => import('./commands/freeze-remove.ts'),
  },
  {
    name: 'hold',
    args: '<environment>',
    summary: 'let nothing enter an environment until it is resumed; rollbacks go',
    more: 'What wants to enter waits, and says so. With --scope automatic only what comes by itself waits (what follows with --through, what up brings); a rollback makes such a hold, which ends with the next release that a person promotes there. Prints the holds that are in force there.',
    options: [
      ['--reason <text>', 'why; shown to whoever waits'],
      ['--scope <scope>', 'all (when absent), or automatic'],
      ['--until <time>', 'end by itself after a span (90m, 2h, 3d) or at a time (2026-12-01T08:00Z)'],
    ],
    examples: [
      'soundbite hold {last} --reason "looking into the outage"',
      'soundbite hold {middle} --scope automatic --until 3d --reason "load test" --json',
    ],
    load: () => import('./commands/hold.ts'),
  },
  {
    name: 'resume',
    args: '<environment>',
    summary: 'end your holds of an environment; what waited for them goes',
    more: 'Another one’s hold ends only an admin, by its name. Prints the holds that are still in force there.',
    options: [['--hold <hold>', 'end this one, as soundbite hold, resume and status --json name it']],
    examples: ['soundbite resume {last}', 'soundbite resume {last} --hold 6f1ed002-ab55-4a2d-9b6c-3c2f0d8f7a10'],
    load: () => import('./commands/resume.ts'),
  },
  {
    name: 'taint list',
    args: '[environment]',
    summary: 'environments that were changed outside of promotions',
    more: 'What a promotion’s look found (drift), and dev sessions: what is open, and what ended within a day. What is live there goes on to the next environment when it has ended: by a promotion into the changed one, such as a repair, or by taint accept.',
    examples: ['soundbite taint list', 'soundbite taint list {first} --json'],
    load: () => import('./commands/taint-list.ts'),
  },
  {
    name: 'taint accept',
    args: '<environment>',
    summary: 'let what is live in a changed environment go on to the next one',
    more: 'Who may promote into the next environment may. The same changes are not raised again until something is promoted into the changed one; others are.',
    options: [
      ['--reason <text>', 'why; recorded'],
      ['--taint <taint>', 'accept this one only, as taint list names it; all that are open when absent'],
    ],
    examples: ['soundbite taint accept {first} --reason "the timeout of today is meant"'],
    load: () => import('./commands/taint-accept.ts'),
  },
  {
    name: 'block',
    args: '<release>',
    summary: 'keep a release from going anywhere further, at once',
    more: 'What is under way with it is stopped and rolled back, and nobody rolls back to it. Where it is live it stays, may be restored, and may be rolled back from. --override does not pass it.',
    options: [['--reason <text>', 'why; shown to whoever is refused']],
    examples: ['soundbite block 0123456789ab --reason "wrong prices"'],
    load: () => import('./commands/block.ts'),
  },
  {
    name: 'unblock',
    args: '<release>',
    summary: 'let a blocked release go on again; promote it anew',
    options: [['--reason <text>', 'why; recorded']],
    examples: ['soundbite unblock 0123456789ab', 'soundbite unblock 0123456789ab --json'],
    load: () => import('./commands/unblock.ts'),
  },
];
