import type { CommandEntry } from './command-entry.ts';

/** Commands that only read take any number of environments. */
export const several =
  'Without a name: all environments. With --json, one named environment gives one document; several or all give {"environments": […]}, each in the same form.';

/** The commands that look at what runs, in the order of the help. */
export const runningCommands: readonly CommandEntry[] = [
  {
    name: 'validate',
    args: '[environment...]',
    summary: 'declaration, account, stack, running digest and endpoints of environments',
    more: several,
    examples: [
      'soundbite validate {middle}',
      './scripts/validate-environment.sh {middle}',
      'soundbite validate',
      'soundbite validate {middle} {last} --json',
    ],
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'health',
    args: '[environment...]',
    summary: 'liveness, readiness, dependencies, jobs, digest, and what it lives on: memory, disk, credentials',
    more: 'One verdict whatever the runtime: how each process, container or function is, what it used at most of its memory and whether it was killed for it, how long the oldest job waits, room on the disk, when credentials end. A ? is what nobody can tell; that and WARN fail nothing. Exit 1: one is degraded or down. `validate` finds the same, and looks at the account besides.',
    examples: ['soundbite health', 'soundbite health {middle} {last}', 'soundbite health {last} --json'],
    load: () => import('./commands/health.ts'),
  },
  {
    name: 'traffic',
    args: '[environment]',
    summary: 'what users asked in the last hour, and what they got: requests, errors, p95, and which release answered',
    more: 'Read where requests are recorded: by the edge of this machine, in CloudWatch of a real account. What SoundBite asks itself does not count. A time of which nobody knows is no time without requests: it is a ?, and the reason stands below. With --json and an environment, each release has its requests in steps of ten seconds, for the last quarter of an hour.',
    examples: ['soundbite traffic', 'soundbite traffic {last}', 'soundbite traffic {last} --json'],
    load: () => import('./commands/traffic.ts'),
  },
  {
    name: 'logs',
    args: '[environment...]',
    summary: 'logs of the service there, or in all',
    more: several,
    options: [
      ['-f, --follow', 'continue until Ctrl-C'],
      ['--since <time>', 'a span (90s, 10m, 2h, 1d) or a time (2026-01-31T12:00Z); 10m when absent'],
      [
        '--level <level>',
        'that bad or worse: debug, info, warn, error. Lines that say no level by their form (stack traces, Lambda’s REPORT) are left out',
      ],
    ],
    examples: [
      'soundbite logs {middle}',
      'soundbite logs {middle} --since 2h',
      'soundbite logs {middle} --level warn',
      'soundbite logs --follow',
      'soundbite logs {middle} {last} --follow',
    ],
    load: () => import('./commands/logs.ts'),
  },
];
